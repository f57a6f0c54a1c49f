/** An estimate with its confidence interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Confidence level, as a share. */
  readonly level: number;
}

/** Quantile of the standard normal distribution for two-sided 95 %. */
const z95 = 1.959963984540054;

/**
 * Wilson's score interval of a proportion at 95 % (E. B. Wilson, J Am Stat Assoc 1927; 22: 209-212).
 *
 * @throws RangeError unless 0 ≤ successes ≤ trials and trials > 0
 */
export function wilson(successes: number, trials: number): Interval {
  if (!(trials > 0 && successes >= 0 && successes <= trials)) {
    throw new RangeError(`${String(successes)} of ${String(trials)} is no proportion`);
  }
  const p = successes / trials;
  const square = z95 * z95;
  const centre = p + square / (2 * trials);
  const half = z95 * Math.sqrt((p * (1 - p)) / trials + square / (4 * trials * trials));
  const scale = 1 + square / trials;
  return {
    estimate: p,
    low: Math.max(0, (centre - half) / scale),
    high: Math.min(1, (centre + half) / scale),
    level: 0.95,
  };
}
