import { binomialTail, chiSquareTail } from './normal.ts';

export interface McNemar {
  /** χ² with one degree of freedom, without continuity correction. */
  readonly statistic: number;
  readonly p: number;
  /** With Edwards' correction, which is what R's mcnemar.test prints unless told otherwise. */
  readonly correctedStatistic: number;
  readonly correctedP: number;
  /** Two-sided binomial: right for any number of disagreements, and the one to report when they are few. */
  readonly exactP: number;
}

/**
 * McNemar's test of two readers of the same cases (Q. McNemar, Psychometrika 1947; 12: 153). Without a disagreement
 * there is nothing to test: p = 1.
 *
 * @param onlyA cases that only the first got right
 * @param onlyB cases that only the second got right
 * @throws RangeError when either is no count
 */
export function mcNemar(onlyA: number, onlyB: number): McNemar {
  for (const count of [onlyA, onlyB]) {
    if (!Number.isInteger(count) || count < 0) throw new RangeError(`${String(count)} is no count`);
  }
  const all = onlyA + onlyB;
  if (all === 0) return { statistic: 0, p: 1, correctedStatistic: 0, correctedP: 1, exactP: 1 };
  const gap = Math.abs(onlyA - onlyB);
  const statistic = gap ** 2 / all;
  // As R does: no correction below zero.
  const correctedStatistic = Math.max(0, gap - 1) ** 2 / all;
  return {
    statistic,
    p: chiSquareTail(statistic, 1),
    correctedStatistic,
    correctedP: chiSquareTail(correctedStatistic, 1),
    exactP: Math.min(1, 2 * binomialTail(Math.min(onlyA, onlyB), all, 0.5)),
  };
}

/**
 * Holm's step-down adjustment for testing several hypotheses at once (S. Holm, Scand J Stat 1979; 6: 65): adjusted p,
 * in the order given.
 */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let least = 0;
  order.forEach((at, rank) => {
    least = Math.max(least, Math.min(1, (ps.length - rank) * ps[at]!));
    adjusted[at] = least;
  });
  return adjusted;
}
