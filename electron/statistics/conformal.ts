/**
 * Split conformal prediction sets with a promise for each class: of new cases of class k, at least 1 − miscoverage have
 * k in their set, whatever the network, as long as they are exchangeable with the calibration cases of k (Vovk 2012,
 * 'Mondrian'; Sadinle, Lei and Wasserman, JASA 2019; 114: 223).
 */
import { mean } from './bootstrap.ts';
import { wilsonOrNull, type Proportion } from './proportion.ts';

/**
 * @param probabilities one row a calibration case, which the network must not have learned from
 * @param truths class of each
 * @param miscoverage share of cases whose set may miss the truth, in (0, 1)
 * @returns for each class the probability from which it is in a set; 0, so always, where there are too few cases of it
 *   to promise more
 * @throws RangeError when a truth is no class or `miscoverage` no share
 */
export function conformalThresholds(
  probabilities: readonly (readonly number[])[],
  truths: readonly number[],
  classes: number,
  miscoverage: number,
): number[] {
  if (!(miscoverage > 0 && miscoverage < 1)) throw new RangeError(`${String(miscoverage)} is no share`);
  const ofTruth: number[][] = Array.from({ length: classes }, () => []);
  probabilities.forEach((row, i) => {
    const [of, p] = [ofTruth[truths[i]!], row[truths[i]!]];
    if (of === undefined || p === undefined) throw new RangeError(`${String(truths[i])} is no class`);
    of.push(p);
  });
  return ofTruth.map((values) => {
    values.sort((a, b) => a - b);
    // The ⌈(n + 1)(1 − miscoverage)⌉-th smallest of 1 − p, counted from the other end; a product such as 0.1 · 70
    // must not fall short of its whole number by rounding.
    const place = Math.floor((values.length + 1) * miscoverage + 1e-9);
    return place === 0 ? 0 : values[Math.min(place, values.length) - 1]!;
  });
}

/** The classes whose probability reaches their threshold: none, one or more. */
export function predictionSet(probabilities: readonly number[], thresholds: readonly number[]): number[] {
  return thresholds.flatMap((threshold, k) => (probabilities[k]! >= threshold ? [k] : []));
}

export interface Coverage {
  /** Share of the cases whose set holds the truth. */
  readonly overall: Proportion | null;
  readonly byClass: readonly (Proportion | null)[];
  readonly meanSize: number;
  /** Share of the cases with a set of one class: those a station would answer. The others it leaves to a person. */
  readonly single: Proportion | null;
  /** Of those the share that is right. */
  readonly rightOfSingle: Proportion | null;
}

/** @throws RangeError unless there is a set for each truth */
export function coverage(
  sets: readonly (readonly number[])[],
  truths: readonly number[],
  classes: number,
): Coverage {
  if (sets.length !== truths.length) {
    throw new RangeError(`${String(sets.length)} sets for ${String(truths.length)} truths`);
  }
  const cases = sets.map((set, i) => ({
    size: set.length,
    truth: truths[i]!,
    holds: set.includes(truths[i]!),
  }));
  const share = (of: typeof cases): Proportion | null =>
    wilsonOrNull(of.filter(({ holds }) => holds).length, of.length);
  const single = cases.filter(({ size }) => size === 1);
  return {
    overall: share(cases),
    byClass: Array.from({ length: classes }, (_, k) => share(cases.filter(({ truth }) => truth === k))),
    meanSize: mean(cases.map(({ size }) => size)),
    single: wilsonOrNull(single.length, cases.length),
    rightOfSingle: share(single),
  };
}

/**
 * Leaving cases of little confidence to a person: what is answered, and how often that is right.
 *
 * @param least confidence from which a case is answered
 */
export function abstention(
  confidences: readonly number[],
  right: readonly boolean[],
  least: number,
): { readonly answered: Proportion | null; readonly rightOfAnswered: Proportion | null } {
  const answered = right.filter((_, i) => confidences[i]! >= least);
  return {
    answered: wilsonOrNull(answered.length, right.length),
    rightOfAnswered: wilsonOrNull(answered.filter(Boolean).length, answered.length),
  };
}
