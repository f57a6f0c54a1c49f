/** Why a film should be labelled before others: what its machine reads say, without any truth. */
import { gradeGroups, type Finding, type HipFinding, type HumanReason } from '../../contract/finding.ts';
import type { LabellingQueue, QueueRow } from '../../contract/queue.ts';
import { combinedScores, inTurns, rankShares } from './combine.ts';
import { disagreement, entropy } from './uncertainty.ts';

type Reason = QueueRow['reasons'][number];

/** A film without a person's read that the current models have read. */
export interface UnlabelledFilm {
  readonly imageHash: string;
  readonly fileName: string;
  readonly patientId: string | null;
  readonly finding: Finding;
  /** The last read of each other model: a candidate that reads in the shadow, or models of before. */
  readonly others: readonly Finding[];
}

/** `Finding.input` of a film that a person has read. */
export type LabelledInput = NonNullable<Finding['input']>;

/** Fewer labelled films than this do not say what is usual. */
const leastLabelled = 10;

/**
 * Films in the order in which their labels should teach most. Films on which the machine found no hip are not among them:
 * nothing of theirs can be scored.
 *
 * The score is the mean of the ranks, among these films, by entropy, disagreement, novelty and 'needs a human'
 * (`combinedScores`); two films of one patient never follow each other while another patient is left (`inTurns`).
 *
 * @param most films in the answer
 */
export function labellingOrder(
  films: readonly UnlabelledFilm[],
  labelled: readonly LabelledInput[],
  most: number,
): LabellingQueue['rows'] {
  const readable = films.filter(({ finding }) => finding.hips.length > 0);
  const novelty = noveltyOf(labelled);
  const signals = readable.map((film) => [
    entropyReason(film.finding),
    disagreementReason(film),
    novelty(film.finding),
    humanReasonOf(film.finding),
  ]);
  const values = [0, 1, 2, 3].map((signal) => signals.map((each) => each[signal]?.value ?? null));
  const shares = values.map(rankShares);
  const scores = combinedScores(values);
  const scored = readable.map((film, i) => ({
    film,
    score: scores[i]!,
    patient: film.patientId ?? film.imageHash,
    reasons: strongest(
      signals[i]!,
      shares.map((share) => share[i]!),
    ),
  }));
  return inTurns(scored, most).map(({ film, score, reasons }, i) => ({
    imageHash: film.imageHash,
    fileName: film.fileName,
    patientId: film.patientId,
    rank: i + 1,
    score,
    reasons,
  }));
}

/** Those that lift the film above the middle, by how far; where none does, the one that comes nearest to it. */
function strongest(reasons: readonly (Reason | null)[], shares: readonly number[]): Reason[] {
  const ranked = reasons
    .flatMap((reason, i) => (reason === null ? [] : [{ reason, share: shares[i]! }]))
    .sort((a, b) => b.share - a.share);
  const above = ranked.filter(({ reason, share }) => share > 0.5 && reason.value > 0);
  return (above.length > 0 ? above : ranked.slice(0, 1)).map(({ reason }) => reason);
}

const inOrder = (hip: HipFinding): number[] =>
  gradeGroups.map((group) => (hip.certainty?.probabilities ?? hip.probabilities)[group]);
const percent = (share: number): string => `${String(Math.round(100 * share))} %`;
const words = { none: 'no fracture', 'I-II': 'Garden I–II', 'III-IV': 'Garden III–IV' } as const;
const sideOf = ({ laterality }: HipFinding): string =>
  laterality === 'unknown' ? 'this hip' : `the ${laterality} hip`;

/** Of the hip of which least is known. */
function entropyReason({ hips }: Finding): Reason {
  const [hip, value] = highest(hips, (each) => entropy(inOrder(each)));
  const [first, second] = gradeGroups
    .map((group, k) => ({ group, p: inOrder(hip)[k]! }))
    .sort((a, b) => b.p - a.p);
  return {
    reason: 'entropy',
    value: share(value),
    sentence: `Unsure of ${sideOf(hip)}: ${words[first!.group]} ${percent(first!.p)}, ${words[second!.group]} ${percent(second!.p)}.`,
  };
}

/** Of the hip on which the models differ most; null where no other model has found one of the hips. */
function disagreementReason({ finding, others }: UnlabelledFilm): Reason | null {
  const shared = finding.hips.flatMap((hip) => {
    const elsewhere = others.flatMap(({ hips }) => hips.find((other) => isSameHip(hip, other)) ?? []);
    return elsewhere.length === 0 ? [] : [{ hip, readings: [hip, ...elsewhere] }];
  });
  if (shared.length === 0) return null;
  const [{ hip }, value] = highest(shared, (each) => disagreement(each.readings.map(inOrder)));
  // Not what they say: a candidate in the shadow is for no reader's eyes.
  return {
    reason: 'disagreement',
    value: share(value),
    sentence: `Models do not agree on ${sideOf(hip)}.`,
  };
}

/** The middle of the one box lies in the other: two models never draw quite the same box. */
function isSameHip({ box }: HipFinding, other: HipFinding): boolean {
  const x = other.box.x + other.box.width / 2;
  const y = other.box.y + other.box.height / 2;
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/**
 * By the learned gate where it was asked. Else by the film's input numbers: its distance from the nearest labelled film in
 * standard deviations, as the share of labelled films that have a nearer neighbour among the others.
 */
function noveltyOf(labelled: readonly LabelledInput[]): (found: Finding) => Reason | null {
  const distance = distanceAmong(labelled);
  const usual = labelled.map((input, i) => distance(input, i));
  return ({ scope, input }) => {
    if (scope !== null)
      return {
        reason: 'novelty',
        value: share(1 - scope.familiarity),
        sentence: `Less familiar than ${percent(1 - scope.familiarity)} of the films that the gate was checked with.`,
      };
    if (input === null || labelled.length < leastLabelled) return null;
    const here = distance(input);
    const value = usual.filter((each) => each < here).length / usual.length;
    return {
      reason: 'novelty',
      value: share(value),
      sentence: `More unlike the films labelled here than ${percent(value)} of them are unlike each other.`,
    };
  };
}

/** Distance to the nearest labelled film over the numbers that both have; `except` leaves one of them out. */
function distanceAmong(
  labelled: readonly LabelledInput[],
): (input: LabelledInput, except?: number) => number {
  const names = [...new Set(labelled.flatMap((input) => Object.keys(input)))];
  const spread = new Map(
    names.map((name) => [name, deviation(labelled.flatMap((input) => input[name] ?? []))]),
  );
  return (input, except) => {
    const squares = labelled.flatMap((other, i) => {
      if (i === except) return [];
      let sum = 0;
      for (const [name, deviationOf] of spread) {
        const [here, there] = [input[name], other[name]];
        if (here !== undefined && there !== undefined && deviationOf > 0)
          sum += ((here - there) / deviationOf) ** 2;
      }
      return [sum];
    });
    return Math.sqrt(Math.min(...squares));
  };
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

const humanWords: Record<HumanReason, string> = {
  'several-groups': 'more than one group is possible',
  'no-group': 'no group fits',
  'low-probability': 'no group is likely enough',
  implant: 'an implant',
  'other-injury': 'another injury',
  'doubtful-film': 'a doubtful film',
};

/** Always known: value 0 says that the machine answers for itself. */
function humanReasonOf({ hips, outcome }: Finding): Reason {
  const reasons = new Set(hips.flatMap(({ needsHuman }) => needsHuman));
  if (outcome === 'doubtful') reasons.add('doubtful-film');
  return {
    reason: 'needs-human',
    value: reasons.size > 0 ? 1 : 0,
    sentence:
      reasons.size > 0
        ? `Left to a person: ${[...reasons].map((reason) => humanWords[reason]).join(', ')}.`
        : 'The machine answers for itself.',
  };
}

function highest<T>(items: readonly T[], valueOf: (item: T) => number): [item: T, value: number] {
  const valued = items.map((item): [T, number] => [item, valueOf(item)]);
  return valued.reduce((best, each) => (each[1] > best[1] ? each : best));
}

/** Rounding may leave a hair beyond 0 or 1. */
const share = (value: number): number => Math.min(1, Math.max(0, value));
