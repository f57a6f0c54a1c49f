/** Ranking: the ROC curve, the area under it, and DeLong's variance. A higher score speaks for a positive. */
import { twoSidedP, z95 } from './normal.ts';
import { waldInterval, type Interval } from './proportion.ts';

export interface RocPoint {
  /** A case is called positive when its score is at least this. */
  readonly threshold: number;
  readonly sensitivity: number;
  readonly specificity: number;
}

/**
 * One point a distinct score, from the strictest (∞: nothing is positive) to the most lenient (all is).
 *
 * @throws RangeError unless there are as many scores as truths, positives and negatives among them, and no NaN
 */
export function rocCurve(scores: readonly number[], truths: readonly boolean[]): RocPoint[] {
  const [positives, negatives] = countBoth(scores, truths);
  const points: RocPoint[] = [{ threshold: Infinity, sensitivity: 0, specificity: 1 }];
  for (const { threshold, truePositives, falsePositives } of stepsDown(scores, truths)) {
    points.push({
      threshold,
      sensitivity: truePositives / positives,
      specificity: (negatives - falsePositives) / negatives,
    });
  }
  return points;
}

/** Positives and negatives at or above each distinct score, from the highest. */
export function stepsDown(
  scores: readonly number[],
  truths: readonly boolean[],
): { threshold: number; truePositives: number; falsePositives: number }[] {
  const order = [...scores.keys()].sort((a, b) => descending(scores[a]!, scores[b]!));
  const steps = [];
  let [truePositives, falsePositives] = [0, 0];
  for (let i = 0; i < order.length; i++) {
    const threshold = scores[order[i]!]!;
    if (truths[order[i]!]!) truePositives++;
    else falsePositives++;
    const next = order[i + 1];
    if (next === undefined || scores[next] !== threshold)
      steps.push({ threshold, truePositives, falsePositives });
  }
  return steps;
}

/** Infinities of one sign are equal, which a difference would not tell. */
function descending(a: number, b: number): number {
  return a > b ? -1 : a < b ? 1 : 0;
}

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counting half (Mann and
 * Whitney; Bamber 1975).
 *
 * @throws RangeError as `rocCurve`
 */
export function areaUnderRoc(scores: readonly number[], truths: readonly boolean[]): number {
  const [positives, negatives] = countBoth(scores, truths);
  const ranks = midranks(scores);
  const sum = truths.reduce((total, truth, i) => total + (truth ? ranks[i]! : 0), 0);
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * DeLong's variance of the area (DeLong, DeLong and Clarke-Pearson, Biometrics 1988; 44: 837) by midranks (Sun and
 * Xu, IEEE Signal Process Lett 2014; 21: 1389), with a normal interval at 95 % kept within [0, 1] as pROC gives it.
 * Takes the cases for independent: with several hips of a patient use `clusteredArea`. Where the scores separate the
 * classes wholly the variance is 0 and the interval a point, which says more of the sample than of the scores.
 *
 * @throws RangeError as `rocCurve`, and with fewer than two positives or two negatives
 */
export function deLong(
  scores: readonly number[],
  truths: readonly boolean[],
): Interval & { readonly variance: number } {
  const placed = placements(scores, truths);
  const variance = covariance(placed, placed);
  return { ...waldInterval(placed.area, Math.sqrt(variance), 0, 1), variance };
}

/**
 * DeLong's test of two areas on the same cases. The difference is the first less the second.
 *
 * @throws RangeError as `deLong`
 */
export function deLongPaired(
  a: readonly number[],
  b: readonly number[],
  truths: readonly boolean[],
): { readonly difference: Interval; readonly z: number; readonly p: number } {
  const [first, second] = [placements(a, truths), placements(b, truths)];
  const variance = Math.max(
    0,
    covariance(first, first) + covariance(second, second) - 2 * covariance(first, second),
  );
  return testOfDifference(first.area - second.area, Math.sqrt(variance));
}

/** The same areas without spread, as of equal rankings, are no difference: z = 0, p = 1. */
export function testOfDifference(
  difference: number,
  standardError: number,
): { readonly difference: Interval; readonly z: number; readonly p: number } {
  // What is left of equal numbers after rounding is not a difference.
  const z = Math.abs(difference) < 1e-14 ? 0 : difference / standardError;
  return {
    difference: {
      estimate: difference,
      low: Math.max(-1, difference - z95 * standardError),
      high: Math.min(1, difference + z95 * standardError),
      level: 0.95,
    },
    z,
    p: twoSidedP(z),
  };
}

/** For each case the share of the other class that it stands on the right side of, ties counting half. */
export interface Placements {
  readonly area: number;
  /** In the order of the positives. */
  readonly ofPositives: Float64Array;
  /** In the order of the negatives. */
  readonly ofNegatives: Float64Array;
}

export function placements(scores: readonly number[], truths: readonly boolean[]): Placements {
  const [positives, negatives] = countBoth(scores, truths);
  const among = midranks(scores);
  const own = [true, false].map((side) => midranks(scores.filter((_, i) => truths[i] === side)));
  const ofPositives = new Float64Array(positives);
  const ofNegatives = new Float64Array(negatives);
  let [p, n] = [0, 0];
  truths.forEach((truth, i) => {
    if (truth) {
      ofPositives[p] = (among[i]! - own[0]![p]!) / negatives;
      p++;
    } else {
      ofNegatives[n] = 1 - (among[i]! - own[1]![n]!) / positives;
      n++;
    }
  });
  return { area: ofPositives.reduce((sum, value) => sum + value, 0) / positives, ofPositives, ofNegatives };
}

function covariance(a: Placements, b: Placements): number {
  return (
    sampleCovariance(a.ofPositives, b.ofPositives, a.area, b.area) / a.ofPositives.length +
    sampleCovariance(a.ofNegatives, b.ofNegatives, a.area, b.area) / a.ofNegatives.length
  );
}

function sampleCovariance(a: Float64Array, b: Float64Array, meanA: number, meanB: number): number {
  if (a.length < 2) throw new RangeError('a spread needs two cases of each class');
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum / (a.length - 1);
}

/** Ranks from 1, equal values sharing the mean of theirs. */
export function midranks(values: readonly number[]): Float64Array {
  const order = [...values.keys()].sort((a, b) => descending(values[b]!, values[a]!));
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end++;
    for (let i = first; i < end; i++) ranks[order[i]!] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

/** @returns how many positives and negatives, both at least one */
export function countBoth(scores: readonly number[], truths: readonly boolean[]): [number, number] {
  if (scores.length !== truths.length) {
    throw new RangeError(`${String(scores.length)} scores for ${String(truths.length)} truths`);
  }
  if (scores.some(Number.isNaN)) throw new RangeError('a score is not a number');
  const positives = truths.filter(Boolean).length;
  if (positives === 0 || positives === truths.length) {
    throw new RangeError('a ranking needs both positives and negatives');
  }
  return [positives, truths.length - positives];
}
