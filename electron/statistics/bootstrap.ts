import type { Interval } from './proportion.ts';

/**
 * Percentile bootstrap of any statistic, drawing whole clusters (patients) with replacement, so that several
 * hips of one patient count as what they are (Efron and Tibshirani 1993, 13.3; Field and Welsh 2007 for
 * clusters). 95 %. For many patients and a statistic of weighted cases `weightedBootstrap` is many times faster.
 *
 * @param clusters one entry a patient: what was measured on that patient
 * @param statistic of the pooled measurements; a draw for which it is not finite is left out
 * @param uniform numbers in [0, 1)
 * @throws RangeError without clusters
 */
export function clusterBootstrap<T>(
  clusters: readonly (readonly T[])[],
  statistic: (pooled: readonly T[]) => number,
  uniform: () => number,
  draws = 2000,
): Interval {
  if (clusters.length === 0) throw new RangeError('nothing to draw from');
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const pooled: T[] = [];
    for (let i = 0; i < clusters.length; i++) {
      pooled.push(...clusters[Math.floor(uniform() * clusters.length)]!);
    }
    values.push(statistic(pooled));
  }
  return percentiles(statistic(clusters.flat()), values);
}

/** A statistic of cases of which each counts `weights[i]` times; NaN where it is not defined. */
export type WeightedStatistic = (weights: Float64Array) => number;

export interface DrawOptions {
  readonly draws?: number;
  /**
   * Stratum of each case, the same for all cases of a cluster: as many clusters of each stratum are drawn as there are
   * (Davison and Hinkley 1997, 3.2). For a sample whose strata were fixed by design, as so many of each class.
   */
  readonly strata?: readonly (string | number)[];
}

/**
 * `clusterBootstrap` of a statistic that takes weights instead of copies: nothing is copied or sorted again.
 *
 * @param clusters which patient each case belongs to, any label
 * @throws RangeError without cases, or when a cluster lies in two strata
 */
export function weightedBootstrap(
  clusters: readonly (string | number)[],
  statistic: WeightedStatistic,
  uniform: () => number,
  options: DrawOptions = {},
): Interval {
  const values: number[] = [];
  eachDraw(clusters, uniform, options, (weights) => values.push(statistic(weights)));
  return percentiles(statistic(new Float64Array(clusters.length).fill(1)), values);
}

/**
 * Difference of two statistics (the first less the second) on the same draws of patients, so that what both find hard
 * cancels. `p` is two-sided: twice the smaller share of the draws on either side of 0, ties counting half, never below
 * 1 / (draws + 1).
 *
 * @throws RangeError as `weightedBootstrap`
 */
export function pairedClusterBootstrap(
  clusters: readonly (string | number)[],
  first: WeightedStatistic,
  second: WeightedStatistic,
  uniform: () => number,
  options: DrawOptions = {},
): Interval & { readonly p: number } {
  const values: number[] = [];
  eachDraw(clusters, uniform, options, (weights) => values.push(first(weights) - second(weights)));
  const whole = new Float64Array(clusters.length).fill(1);
  const finite = values.filter(Number.isFinite);
  const below = finite.reduce((sum, value) => sum + (value < 0 ? 1 : value === 0 ? 0.5 : 0), 0);
  const p = (2 * (Math.min(below, finite.length - below) + 0.5)) / (finite.length + 1);
  return { ...percentiles(first(whole) - second(whole), finite), p: Math.min(1, p) };
}

/** Calls back with how often each case was drawn; the array is used again for the next draw. */
function eachDraw(
  clusters: readonly (string | number)[],
  uniform: () => number,
  { draws = 2000, strata }: DrawOptions,
  use: (weights: Float64Array) => void,
): void {
  if (clusters.length === 0) throw new RangeError('nothing to draw from');
  const { places, groups } = clustersByStratum(clusters, strata);
  const drawn = new Float64Array(places.reduce((most, place) => Math.max(most, place), 0) + 1);
  const weights = new Float64Array(clusters.length);
  for (let draw = 0; draw < draws; draw++) {
    drawn.fill(0);
    for (const group of groups) {
      for (let i = 0; i < group.length; i++) drawn[group[Math.floor(uniform() * group.length)]!]! += 1;
    }
    for (let i = 0; i < weights.length; i++) weights[i] = drawn[places[i]!]!;
    use(weights);
  }
}

/** A number for each cluster in the order of appearance, and the clusters of each stratum. */
function clustersByStratum(
  clusters: readonly (string | number)[],
  strata: readonly (string | number)[] | undefined,
): { places: Uint32Array; groups: number[][] } {
  const numbers = new Map<string | number, number>();
  const stratumOf: (string | number)[] = [];
  const groups = new Map<string | number, number[]>();
  const places = Uint32Array.from(clusters, (cluster, i) => {
    const stratum = strata?.[i] ?? 0;
    const known = numbers.get(cluster);
    if (known !== undefined) {
      if (stratumOf[known] !== stratum) throw new RangeError(`cluster ${String(cluster)} lies in two strata`);
      return known;
    }
    const place = numbers.size;
    numbers.set(cluster, place);
    stratumOf.push(stratum);
    const group = groups.get(stratum) ?? [];
    group.push(place);
    groups.set(stratum, group);
    return place;
  });
  return { places, groups: [...groups.values()] };
}

function percentiles(estimate: number, drawn: readonly number[]): Interval {
  const values = drawn.filter(Number.isFinite).sort((a, b) => a - b);
  return { estimate, low: quantile(values, 0.025), high: quantile(values, 0.975), level: 0.95 };
}

/**
 * Quantile of sorted numbers by linear interpolation (type 7 of Hyndman and Fan, Am Stat 1996; the default of
 * R and NumPy). NaN of nothing.
 */
export function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return NaN;
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
