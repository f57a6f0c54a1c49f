/** Normal, gamma and binomial distributions, to the last few digits of a double. */

/** Terms after which a series or fraction that has not settled is given up; none needs more than a few hundred. */
const mostTerms = 100_000;

/** Lanczos' coefficients for g = 7 (Numerical Recipes 3rd ed., 6.1; P. Godfrey 2001). */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function, x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const base = x + 6.5;
  const sum = lanczos.reduce(
    (total, coefficient, i) => total + (i === 0 ? coefficient : coefficient / (x - 1 + i)),
    0,
  );
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}

/**
 * Regularised upper incomplete gamma function Q(a, x): its series below a + 1, its continued fraction by Lentz'
 * method above (Numerical Recipes, 6.2).
 */
export function upperGamma(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) throw new RangeError(`no gamma tail of (${String(a)}, ${String(x)})`);
  if (x === 0) return 1;
  if (x === Infinity) return 0;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < mostTerms && term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - scale * sum;
  }
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < mostTerms; i++) {
    const an = -i * (i - a);
    b += 2;
    d = an * d + b;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return scale * fraction;
}

/** P(χ² ≥ x) with `degrees` degrees of freedom. */
export function chiSquareTail(x: number, degrees: number): number {
  return upperGamma(degrees / 2, x / 2);
}

/** P(Z ≤ z) of the standard normal distribution; its lower tail keeps its relative accuracy. */
export function normalCdf(z: number): number {
  const tail = upperGamma(0.5, (z * z) / 2) / 2;
  return z < 0 ? tail : 1 - tail;
}

/** P(|Z| ≥ |z|) of the standard normal distribution; NaN of NaN. */
export function twoSidedP(z: number): number {
  return Number.isNaN(z) ? NaN : upperGamma(0.5, (z * z) / 2);
}

/** The z below which a share `p` of the standard normal distribution lies; ∓∞ at 0 and 1. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${String(p)} is no probability`);
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  if (p > 0.5) return -normalQuantile(1 - p);
  // A start within 5e-4 (Abramowitz and Stegun 26.2.23), then Halley's steps.
  const t = Math.sqrt(-2 * Math.log(p));
  let z =
    -t + (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) {
    const density = Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
    const newton = (normalCdf(z) - p) / density;
    z -= newton / (1 + (z * newton) / 2);
  }
  return z;
}

/** Standard normal quantile for two-sided 95 %. */
export const z95 = 1.959963984540054;

/** P(X ≤ most) of `trials` tosses that succeed with probability `p`. */
export function binomialTail(most: number, trials: number, p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`${String(p)} is not between 0 and 1`);
  if (most >= trials) return 1;
  let sum = 0;
  for (let k = 0; k <= most; k++) {
    sum += Math.exp(
      logGamma(trials + 1) -
        logGamma(k + 1) -
        logGamma(trials - k + 1) +
        k * Math.log(p) +
        (trials - k) * Math.log1p(-p),
    );
  }
  return Math.min(1, sum);
}
