/** Sequential tests that watch whether numbers still come from where they came from. */
import { z95 } from './normal.ts';
import { wilson } from './proportion.ts';

/** What a number was: mean and standard deviation of `n` independent values. */
export interface DriftReference {
  readonly mean: number;
  readonly deviation: number;
  readonly n: number;
}

export interface DriftWatch {
  /** The larger of the two one-sided sums after the last value, and where it alarms. */
  readonly statistic: number;
  readonly limit: number;
  readonly alarm: boolean;
  /** Index of the value at which the alarm that lasts was raised; null where there is none. */
  readonly since: number | null;
  /** Which of the two sums is the larger. */
  readonly direction: 'up' | 'down';
}

/** Values in a row whose mean is taken as one: a mean of so many is nearly normal, whatever the values are. */
export const valuesInGroup = 5;
/** Halfway to the shift that is looked for, one standard deviation of a group's mean, the cumulative sum is quickest. */
const halfShift = 0.5;
/** The rise or fall of the odds of a share that is looked for. */
const oddsShift = 2;
/** A sum is held at so many limits, so that an alarm ends some time after its cause. */
const mostLimits = 2;

/**
 * Average run length of a one-sided cumulative sum of standard normal values (D. Siegmund, Sequential Analysis, 1985;
 * D. C. Montgomery, Introduction to Statistical Quality Control, 9.1.3).
 *
 * @param limit where the sum alarms, in standard deviations
 * @param allowance what is taken off each value
 * @param shift the true mean of the values, in standard deviations
 */
export function cusumRunLength(limit: number, allowance: number, shift = 0): number {
  const drift = shift - allowance;
  const barrier = limit + 1.166;
  if (Math.abs(drift) < 1e-9) return barrier * barrier;
  return (Math.exp(-2 * drift * barrier) + 2 * drift * barrier - 1) / (2 * drift * drift);
}

/** The limit of a two-sided cumulative sum, each side with this allowance, that alarms falsely once in `runLength` values. */
export function cusumLimit(runLength: number, allowance: number): number {
  let [low, high] = [0, 1];
  while (cusumRunLength(high, allowance) / 2 < runLength) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (cusumRunLength(middle, allowance) / 2 < runLength) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Watches a mean by a two-sided cumulative sum over groups of values. A difference that the reference's own interval
 * still explains is no drift, so it is taken off too.
 *
 * @param values independent of each other, in their order
 * @param runLength values to one false alarm on average, where nothing drifts
 * @throws RangeError where the reference has no spread
 */
export function watchMean(
  values: readonly number[],
  reference: DriftReference,
  runLength: number,
): DriftWatch {
  if (!hasSpread(reference)) throw new RangeError('a reference without spread cannot be drifted from');
  const spread = reference.deviation / Math.sqrt(valuesInGroup);
  const allowance = halfShift + z95 * Math.sqrt(valuesInGroup / reference.n);
  const sums = new TwoSums(cusumLimit(runLength / valuesInGroup, halfShift));
  for (let start = 0; start + valuesInGroup <= values.length; start += valuesInGroup) {
    const z = (meanOf(values.slice(start, start + valuesInGroup)) - reference.mean) / spread;
    sums.add(z - allowance, -z - allowance, start + valuesInGroup - 1);
  }
  return sums.watch();
}

/**
 * Watches a share by two cumulative sums of log-likelihood ratios, for doubled and for halved odds. Where nothing
 * drifts a sum with limit h runs for exp(h) values at least (G. Lorden, Ann Math Stat 1971; 42: 1897-1908); a value
 * between 0 and 1, the share of several answers that belong together, only makes it longer, by Jensen's inequality. The odds
 * start from the ends of the reference's own interval.
 *
 * @param values in 0..1, independent of each other, in their order
 * @param runLength values to one false alarm on average, where nothing drifts
 */
export function watchShare(
  values: readonly number[],
  reference: DriftReference,
  runLength: number,
): DriftWatch {
  const { low, high } = wilson(Math.min(reference.n, Math.max(0, reference.mean * reference.n)), reference.n);
  const up = likelihoodRatio(high, oddsShift);
  const down = likelihoodRatio(low, 1 / oddsShift);
  const sums = new TwoSums(Math.log(2 * runLength));
  for (const [index, value] of values.entries()) sums.add(up(value), down(value), index);
  return sums.watch();
}

/** Log-likelihood ratio of a value between odds that are `times` as large and those of `share`; 0 where they are the same. */
function likelihoodRatio(share: number, times: number): (value: number) => number {
  if (share === 0 || share === 1) return () => 0;
  const shifted = (times * share) / (1 - share + times * share);
  const [one, none] = [Math.log(shifted / share), Math.log((1 - shifted) / (1 - share))];
  return (value) => value * one + (1 - value) * none;
}

class TwoSums {
  private up = 0;
  private down = 0;
  private since: number | null = null;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(up: number, down: number, index: number): void {
    const held = (sum: number): number => Math.min(mostLimits * this.limit, Math.max(0, sum));
    this.up = held(this.up + up);
    this.down = held(this.down + down);
    if (Math.max(this.up, this.down) <= this.limit) this.since = null;
    else this.since ??= index;
  }

  watch(): DriftWatch {
    return {
      statistic: Math.max(this.up, this.down),
      limit: this.limit,
      alarm: this.since !== null,
      since: this.since,
      direction: this.up >= this.down ? 'up' : 'down',
    };
  }
}

/** Whether anything can be told from a reference: of values that were all the same, up to rounding, nothing can. */
export const hasSpread = ({ mean, deviation, n }: DriftReference): boolean =>
  n > 1 && deviation > 1e-9 * Math.max(1, Math.abs(mean));

/** Mean and standard deviation of values; the deviation is 0 where there is one only. */
export function referenceOf(values: readonly number[]): DriftReference {
  const n = values.length;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : 0, n };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
