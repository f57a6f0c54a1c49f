/** Decisions at a threshold. A case is called positive when its score is at least the threshold. */
import { z95 } from './normal.ts';
import { wilsonOrNull, type Interval, type Proportion } from './proportion.ts';
import { rocCurve } from './roc.ts';

export interface BinaryCounts {
  readonly truePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly falsePositives: number;
}

/** Shares with Wilson's intervals, each null where there is no case to have a share of. */
export interface BinaryShares {
  readonly sensitivity: Proportion | null;
  readonly specificity: Proportion | null;
  /** At the share of positives among these cases; see `predictiveValues` for another. */
  readonly ppv: Proportion | null;
  readonly npv: Proportion | null;
  readonly accuracy: Proportion | null;
  readonly counts: BinaryCounts;
}

/** @throws RangeError unless there are as many scores as truths and no NaN */
export function atThreshold(
  scores: readonly number[],
  truths: readonly boolean[],
  threshold: number,
): BinaryShares {
  if (scores.length !== truths.length || scores.some(Number.isNaN) || Number.isNaN(threshold)) {
    throw new RangeError('a score for each truth, please, and each a number');
  }
  const counts = { truePositives: 0, falseNegatives: 0, trueNegatives: 0, falsePositives: 0 };
  scores.forEach((score, i) => {
    if (truths[i]!) counts[score >= threshold ? 'truePositives' : 'falseNegatives']++;
    else counts[score >= threshold ? 'falsePositives' : 'trueNegatives']++;
  });
  return sharesOf(counts);
}

export function sharesOf(counts: BinaryCounts): BinaryShares {
  const { truePositives: tp, falseNegatives: fn, trueNegatives: tn, falsePositives: fp } = counts;
  return {
    sensitivity: wilsonOrNull(tp, tp + fn),
    specificity: wilsonOrNull(tn, tn + fp),
    ppv: wilsonOrNull(tp, tp + fp),
    npv: wilsonOrNull(tn, tn + fn),
    accuracy: wilsonOrNull(tp + tn, tp + fn + tn + fp),
    counts,
  };
}

/**
 * Predictive values at a prevalence that is not the sample's, by Bayes, with the logit interval of Mercaldo, Lau and
 * Zhou, Stat Med 2007; 26: 2170-2183. Where a sensitivity or specificity is 0 or 1 the interval is their adjusted one
 * (half of z² successes and failures added to each), because a logit of 0 or 1 has none.
 *
 * @param prevalence between 0 and 1, taken as known
 * @throws RangeError when it is not
 */
export function predictiveValues(
  prevalence: number,
  sensitivity: Proportion,
  specificity: Proportion,
): { readonly ppv: Interval; readonly npv: Interval } {
  if (!(prevalence > 0 && prevalence < 1)) throw new RangeError(`${String(prevalence)} is no prevalence`);
  const odds = prevalence / (1 - prevalence);
  const plain = [sensitivity.estimate, specificity.estimate];
  const extreme = plain.some((share) => share === 0 || share === 1);
  const extra = extreme ? z95 ** 2 : 0;
  const [se, sp] = [sensitivity, specificity].map(({ successes, trials }) => ({
    share: (successes + extra / 2) / (trials + extra),
    trials: trials + extra,
  })) as [{ share: number; trials: number }, { share: number; trials: number }];
  return {
    ppv: logitInterval(
      (odds * sensitivity.estimate) / (odds * sensitivity.estimate + (1 - specificity.estimate)),
      Math.log((odds * se.share) / (1 - sp.share)),
      Math.sqrt((1 - se.share) / (se.share * se.trials) + sp.share / ((1 - sp.share) * sp.trials)),
    ),
    npv: logitInterval(
      specificity.estimate / (specificity.estimate + odds * (1 - sensitivity.estimate)),
      Math.log(sp.share / (odds * (1 - se.share))),
      Math.sqrt(se.share / ((1 - se.share) * se.trials) + (1 - sp.share) / (sp.share * sp.trials)),
    ),
  };
}

function logitInterval(estimate: number, logit: number, standardError: number): Interval {
  const share = (x: number): number => 1 / (1 + Math.exp(-x));
  return {
    estimate,
    // The adjusted interval leans towards a half and may leave the estimate outside.
    low: Math.min(estimate, share(logit - z95 * standardError)),
    high: Math.max(estimate, share(logit + z95 * standardError)),
    level: 0.95,
  };
}

/**
 * The threshold of the largest sensitivity + specificity (W. J. Youden, Cancer 1950); the highest among equals.
 *
 * @throws RangeError as `rocCurve`
 */
export function youdenThreshold(scores: readonly number[], truths: readonly boolean[]): number {
  return rocCurve(scores, truths).reduce((best, point) =>
    // Sums of fractions that differ in the last digit only are equal.
    point.sensitivity + point.specificity > best.sensitivity + best.specificity + 1e-12 ? point : best,
  ).threshold;
}

/** The highest threshold with a sensitivity of at least `least`; ∞ for `least` = 0. */
export function thresholdForSensitivity(
  scores: readonly number[],
  truths: readonly boolean[],
  least: number,
): number {
  checkShare(least);
  return rocCurve(scores, truths).find(({ sensitivity }) => sensitivity >= least - 1e-12)!.threshold;
}

/** The lowest threshold with a specificity of at least `least`; ∞ when only calling nothing positive has it. */
export function thresholdForSpecificity(
  scores: readonly number[],
  truths: readonly boolean[],
  least: number,
): number {
  checkShare(least);
  return rocCurve(scores, truths).findLast(({ specificity }) => specificity >= least - 1e-12)!.threshold;
}

function checkShare(share: number): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`${String(share)} is no share`);
}
