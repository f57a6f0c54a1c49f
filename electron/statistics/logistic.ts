export interface LogisticFit {
  readonly intercept: number;
  readonly interceptError: number;
  /** 0 without a covariate. */
  readonly slope: number;
  readonly slopeError: number;
}

/**
 * Maximum-likelihood logistic regression on one covariate or none, by Newton's method; standard errors from the
 * information at the maximum, as R's glm.
 *
 * @param covariate null for an intercept alone
 * @param offsets added to each case's log odds as they are
 * @returns null when there is no finite maximum: a class is missing, the covariate separates the classes or is constant
 */
export function logisticRegression(
  covariate: readonly number[] | null,
  truths: readonly boolean[],
  offsets?: readonly number[],
): LogisticFit | null {
  if (!truths.includes(true) || !truths.includes(false)) return null;
  if (covariate !== null && separates(covariate, truths)) return null;
  let [intercept, slope] = [0, 0];
  for (let round = 0; round < 200; round++) {
    const { logLikelihood, gradient, information } = derivatives(
      covariate,
      truths,
      offsets,
      intercept,
      slope,
    );
    const [aa, ab, bb] = information;
    const determinant = covariate === null ? aa : aa * bb - ab * ab;
    const step: [number, number] =
      covariate === null
        ? [gradient[0] / aa, 0]
        : [
            (bb * gradient[0] - ab * gradient[1]) / determinant,
            (aa * gradient[1] - ab * gradient[0]) / determinant,
          ];
    if (!step.every(Number.isFinite)) return null;
    if (Math.abs(step[0]) + Math.abs(step[1]) < 1e-12 * (1 + Math.abs(intercept) + Math.abs(slope))) {
      return {
        intercept,
        interceptError: Math.sqrt(covariate === null ? 1 / aa : bb / determinant),
        slope,
        slopeError: covariate === null ? 0 : Math.sqrt(aa / determinant),
      };
    }
    // Newton's step may overshoot far from the maximum; half of it, often enough, does not.
    let share = 1;
    const after = (): number =>
      derivatives(covariate, truths, offsets, intercept + share * step[0], slope + share * step[1])
        .logLikelihood;
    while (share > 1e-6 && after() < logLikelihood - 1e-12 * Math.abs(logLikelihood)) share /= 2;
    intercept += share * step[0];
    slope += share * step[1];
  }
  return null;
}

function derivatives(
  covariate: readonly number[] | null,
  truths: readonly boolean[],
  offsets: readonly number[] | undefined,
  intercept: number,
  slope: number,
): { logLikelihood: number; gradient: [number, number]; information: [number, number, number] } {
  let [logLikelihood, a, b, aa, ab, bb] = [0, 0, 0, 0, 0, 0];
  truths.forEach((truth, i) => {
    const x = covariate?.[i] ?? 0;
    const logOdds = intercept + slope * x + (offsets?.[i] ?? 0);
    const p = 1 / (1 + Math.exp(-logOdds));
    const signed = truth ? logOdds : -logOdds;
    logLikelihood -= Math.log1p(Math.exp(-Math.abs(signed))) + Math.max(0, -signed);
    const residual = (truth ? 1 : 0) - p;
    const weight = p * (1 - p);
    a += residual;
    b += residual * x;
    aa += weight;
    ab += weight * x;
    bb += weight * x * x;
  });
  return { logLikelihood, gradient: [a, b], information: [aa, ab, bb] };
}

/** One class lies wholly at or beyond the other, or all values are one. */
function separates(covariate: readonly number[], truths: readonly boolean[]): boolean {
  const range = (side: boolean): [number, number] =>
    covariate.reduce<[number, number]>(
      ([low, high], x, i) => (truths[i] === side ? [Math.min(low, x), Math.max(high, x)] : [low, high]),
      [Infinity, -Infinity],
    );
  const [positives, negatives] = [range(true), range(false)];
  return positives[0] >= negatives[1] || negatives[0] >= positives[1];
}
