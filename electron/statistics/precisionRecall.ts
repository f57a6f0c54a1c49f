import { countBoth, stepsDown } from './roc.ts';

export interface PrecisionRecallPoint {
  /** A case is called positive when its score is at least this. */
  readonly threshold: number;
  readonly recall: number;
  readonly precision: number;
}

/**
 * One point a distinct score, from the highest; there is none for 'nothing is positive', which has no precision.
 *
 * @throws RangeError as `rocCurve`
 */
export function precisionRecallCurve(
  scores: readonly number[],
  truths: readonly boolean[],
): PrecisionRecallPoint[] {
  const [positives] = countBoth(scores, truths);
  return stepsDown(scores, truths).map(({ threshold, truePositives, falsePositives }) => ({
    threshold,
    recall: truePositives / positives,
    precision: truePositives / (truePositives + falsePositives),
  }));
}

/**
 * Mean precision over the positives, Σ (R_i − R_{i−1}) P_i with equal scores taken together: the area under the curve
 * without interpolation, which between the points would promise too much (Davis and Goadrich, ICML 2006).
 *
 * @throws RangeError as `rocCurve`
 */
export function averagePrecision(scores: readonly number[], truths: readonly boolean[]): number {
  let [sum, last] = [0, 0];
  for (const { recall, precision } of precisionRecallCurve(scores, truths)) {
    sum += (recall - last) * precision;
    last = recall;
  }
  return sum;
}
