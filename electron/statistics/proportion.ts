import { z95 } from './normal.ts';

/** An estimate with its confidence interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Confidence level, as a share. */
  readonly level: number;
}

/** An interval of a share, with what it is a share of. */
export interface Proportion extends Interval {
  readonly successes: number;
  readonly trials: number;
}

/**
 * Wilson's score interval of a proportion at 95 % (E. B. Wilson, J Am Stat Assoc 1927; 22: 209-212).
 *
 * @throws RangeError unless 0 ≤ successes ≤ trials and trials > 0
 */
export function wilson(successes: number, trials: number): Proportion {
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
    low: successes === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: successes === trials ? 1 : Math.min(1, (centre + half) / scale),
    level: 0.95,
    successes,
    trials,
  };
}

/** Wilson's interval, or null where there is nothing to have a share of. */
export function wilsonOrNull(successes: number, trials: number): Proportion | null {
  return trials === 0 ? null : wilson(successes, trials);
}

/** Wald's interval at 95 %, kept within what the estimate can be. */
export function waldInterval(
  estimate: number,
  standardError: number,
  least = -Infinity,
  most = Infinity,
): Interval {
  return {
    estimate,
    low: Math.max(least, estimate - z95 * standardError),
    high: Math.min(most, estimate + z95 * standardError),
    level: 0.95,
  };
}

/** Standard normal quantile for a power of 80 %. */
const z80 = 0.8416212335729142;

/** Smallest true difference that 80 of 100 such samples would show at 5 %, from the interval of the one seen. */
export function detectableDifference({ low, high }: Interval): number {
  return ((z95 + z80) * (high - low)) / (2 * z95);
}
