/** What is watched on every film, and how a film answers: the same for a reference and for a station. */
import * as z from 'zod';
import { named } from './evaluation.ts';
import type { GradeGroup, Probabilities } from './finding.ts';
import { study } from './snapshot.ts';

export const driftSignals = [
  { id: 'grey', name: 'Mean grey', kind: 'input', unit: null, scale: 'mean' },
  { id: 'contrast', name: 'Contrast', kind: 'input', unit: null, scale: 'mean' },
  { id: 'sharpness', name: 'Sharpness', kind: 'input', unit: null, scale: 'mean' },
  { id: 'noise', name: 'Noise', kind: 'input', unit: null, scale: 'mean' },
  { id: 'exposed', name: 'Exposed share of the film', kind: 'input', unit: null, scale: 'mean' },
  { id: 'aspect', name: 'Width over height', kind: 'input', unit: null, scale: 'mean' },
  { id: 'refused', name: 'Films refused', kind: 'refusal', unit: 'share', scale: 'share' },
  { id: 'doubted', name: 'Films doubted', kind: 'refusal', unit: 'share', scale: 'share' },
  { id: 'presence', name: "Localizer's score", kind: 'answers', unit: null, scale: 'mean' },
  { id: 'probability', name: 'Probability of the answer', kind: 'answers', unit: null, scale: 'mean' },
  { id: 'right', name: 'Right where a person read it', kind: 'calibration', unit: 'share', scale: 'share' },
  { id: 'overconfidence', name: 'Right less probable', kind: 'calibration', unit: null, scale: 'mean' },
] as const;
export type DriftSignalId = (typeof driftSignals)[number]['id'];

/** What a film says to the signals. */
export interface WatchedFilm {
  readonly refused: boolean;
  readonly doubted: boolean;
  readonly input: Readonly<Record<string, number>> | null;
  readonly hips: readonly {
    readonly presence: number;
    /** As the network gives them. */
    readonly probabilities: Probabilities;
    readonly answer: GradeGroup;
    /** Null where nobody knows. */
    readonly truth: GradeGroup | null;
  }[];
}

/** Mean over the films of one patient, or over their hips; undefined where they say nothing. */
export function patientValue(id: DriftSignalId, films: readonly WatchedFilm[]): number | undefined {
  const values = films.flatMap((film) => valuesOf(id, film));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function valuesOf(id: DriftSignalId, { refused, doubted, input, hips }: WatchedFilm): number[] {
  const known = hips.filter(({ truth }) => truth !== null);
  switch (id) {
    case 'refused':
      return [refused ? 1 : 0];
    case 'doubted':
      return refused ? [] : [doubted ? 1 : 0];
    case 'presence':
      return hips.map(({ presence }) => presence);
    case 'probability':
      return hips.map(likeliest);
    case 'right':
      return known.map(isRight);
    case 'overconfidence':
      return known.map((hip) => isRight(hip) - likeliest(hip));
    default: {
      const value = input?.[id];
      return value === undefined ? [] : [value];
    }
  }
}

type WatchedHip = WatchedFilm['hips'][number];
const isRight = ({ answer, truth }: WatchedHip): number => (answer === truth ? 1 : 0);
const likeliest = ({ probabilities }: WatchedHip): number => Math.max(...Object.values(probabilities));

const driftSignalId = z.enum(driftSignals.map(({ id }) => id));

/** `reference.json` of a models' folder: what the films that the models were tested on said to the signals. */
export const driftReference = z.strictObject({
  format: z.literal(1),
  /** Hash of the models that read them; with others it says nothing. */
  model: z.string().regex(/^[0-9a-f]{64}$/),
  snapshot: named,
  study,
  software: z.string(),
  films: z.number().int().nonnegative(),
  /** Over patients; a signal that no film answered, or all the same, is not there. */
  signals: z.partialRecord(
    driftSignalId,
    z.strictObject({
      mean: z.number(),
      deviation: z.number().nonnegative(),
      n: z.number().int().nonnegative(),
    }),
  ),
});
export type DriftReference = z.infer<typeof driftReference>;
