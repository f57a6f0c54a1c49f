/** Whether probabilities mean what they say. */
import { logisticRegression } from './logistic.ts';
import { waldInterval, wilson, type Interval, type Proportion } from './proportion.ts';

/**
 * Mean squared distance of the probability from what happened (G. W. Brier, 1950): 0 is best, 0.25 says nothing.
 *
 * @throws RangeError of nothing, or unless there is a truth for each
 */
export function brier(probabilities: readonly number[], truths: readonly boolean[]): number {
  checkPairs(probabilities, truths);
  const sum = probabilities.reduce((total, p, i) => total + (p - (truths[i]! ? 1 : 0)) ** 2, 0);
  return sum / probabilities.length;
}

/** Brier's own score of several classes, summed over them: 0 is best, 2 worst. For two classes twice `brier`. */
export function brierOfClasses(
  probabilities: readonly (readonly number[])[],
  truths: readonly number[],
): number {
  checkPairs(probabilities, truths);
  const sum = probabilities.reduce(
    (total, row, i) => total + row.reduce((square, p, k) => square + (p - (k === truths[i] ? 1 : 0)) ** 2, 0),
    0,
  );
  return sum / probabilities.length;
}

export interface ReliabilityBin {
  /** Mean confidence of the cases in the bin. */
  readonly confidence: number;
  /** Share of them that were right. */
  readonly share: Proportion;
  readonly n: number;
}

/**
 * Confidence against share right in bins of equal width over [0, 1]; empty bins are left out.
 *
 * @throws RangeError unless confidences are within [0, 1] with a verdict each, and `bins` a count
 */
export function reliabilityCurve(
  confidences: readonly number[],
  right: readonly boolean[],
  bins: number,
): ReliabilityBin[] {
  checkPairs(confidences, right);
  if (!Number.isInteger(bins) || bins < 1) throw new RangeError(`${String(bins)} bins`);
  const filled = Array.from({ length: bins }, () => ({ sum: 0, right: 0, n: 0 }));
  confidences.forEach((confidence, i) => {
    if (!(confidence >= 0 && confidence <= 1)) throw new RangeError(`${String(confidence)} is no confidence`);
    const bin = filled[Math.min(bins - 1, Math.floor(confidence * bins))]!;
    bin.sum += confidence;
    bin.n++;
    if (right[i]!) bin.right++;
  });
  return filled.flatMap(({ sum, right: rights, n }) =>
    n === 0 ? [] : [{ confidence: sum / n, share: wilson(rights, n), n }],
  );
}

/**
 * Mean gap between confidence and share right over the bins of `reliabilityCurve`, weighted by their cases (Naeini
 * 2015; Guo 2017). It falls with the number of bins and never to 0 in a finite sample: compare equal n and bins only.
 */
export function expectedCalibrationError(
  confidences: readonly number[],
  right: readonly boolean[],
  bins: number,
): number {
  return reliabilityCurve(confidences, right, bins).reduce(
    (sum, { confidence, share, n }) => sum + (n / confidences.length) * Math.abs(confidence - share.estimate),
    0,
  );
}

/** Nearest that a probability may come to 0 or 1 before its log odds are taken. */
const leastProbability = 2 ** -52;

/**
 * Logistic recalibration of the log odds (D. R. Cox, Biometrika 1958; 45: 562; Van Calster 2016) with Wald's
 * intervals: `slope` 1 and `intercept` 0 are perfect, a slope below 1 is overconfidence; `inTheLarge` is the intercept
 * with the slope held at 1, above 0 where the probabilities are too low on the whole.
 *
 * @returns null for what has no finite answer: the slope and its intercept where the probabilities separate the
 *   classes or are all one, all three where one class is missing
 * @throws RangeError as `brier`
 */
export function calibrationSlope(
  probabilities: readonly number[],
  truths: readonly boolean[],
): {
  readonly slope: Interval | null;
  readonly intercept: Interval | null;
  readonly inTheLarge: Interval | null;
} {
  checkPairs(probabilities, truths);
  const logits = probabilities.map((p) => {
    const kept = Math.min(1 - leastProbability, Math.max(leastProbability, p));
    return Math.log(kept / (1 - kept));
  });
  const line = logisticRegression(logits, truths);
  const level = logisticRegression(null, truths, logits);
  return {
    slope: line && waldInterval(line.slope, line.slopeError),
    intercept: line && waldInterval(line.intercept, line.interceptError),
    inTheLarge: level && waldInterval(level.intercept, level.interceptError),
  };
}

function checkPairs(values: readonly unknown[], truths: readonly unknown[]): void {
  if (values.length === 0 || values.length !== truths.length) {
    throw new RangeError(`${String(values.length)} probabilities for ${String(truths.length)} truths`);
  }
}
