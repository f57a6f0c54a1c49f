/** Outcomes of films with one hip each, whose truth and answer are given, for tests of what is counted. */
import type { FilmOutcome, Outcomes } from '../../contract/evaluation.ts';
import type { Probabilities } from '../../contract/finding.ts';
import type { SnapshotGrade } from '../../contract/snapshot.ts';

const box = { x: 0, y: 0, width: 10, height: 10 };

/** @param probabilities null for a hip that was not found */
export const answered = (
  number: number,
  grade: SnapshotGrade,
  probabilities: Probabilities | null,
  site: string | null = null,
): FilmOutcome => ({
  patient: `p-${String(number)}`,
  sex: null,
  ageYears: null,
  film: 0,
  image: 'a'.repeat(64),
  source: 'film',
  look: null,
  view: 'pelvis',
  device: null,
  site,
  refusal: null,
  doubts: [],
  input: null,
  falseBoxes: 0,
  milliseconds: 10,
  hips: [
    {
      laterality: 'left',
      grade,
      implant: null,
      condition: null,
      box,
      found: probabilities && {
        box,
        overlap: 1,
        laterality: 'left',
        presence: 0.9,
        probabilities,
        scope: null,
        features: null,
      },
    },
  ],
});

export const sureOf = (group: keyof Probabilities): Probabilities => ({
  none: 0.1,
  'I-II': 0.1,
  'III-IV': 0.1,
  [group]: 0.8,
});

/** @param p of any fracture */
export const fractureAt = (p: number): Probabilities => ({ none: 1 - p, 'I-II': 0.6 * p, 'III-IV': 0.4 * p });

export const outcomesOf = (tune: FilmOutcome[], test: FilmOutcome[], model = 'm'): Outcomes => ({
  format: 1,
  study: 'real films',
  model: { name: model, hash: model },
  snapshot: { name: 's', hash: 's' },
  independence: { known: 'independent', tunedOnToo: 0, sentence: 'Independent.' },
  software: '0',
  backend: 'none',
  at: '2026-01-01T00:00:00.000Z',
  tune,
  test,
});
