import type { Interval } from './proportion.ts';

/**
 * Percentile bootstrap of any statistic, drawing whole clusters (patients) with replacement, so that several
 * hips of one patient count as what they are (Efron and Tibshirani 1993, 13.3; Field and Welsh 2007 for
 * clusters). 95 %.
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
    const value = statistic(pooled);
    if (Number.isFinite(value)) values.push(value);
  }
  values.sort((a, b) => a - b);
  return {
    estimate: statistic(clusters.flat()),
    low: quantile(values, 0.025),
    high: quantile(values, 0.975),
    level: 0.95,
  };
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
