/** Fracture or none: thresholds fixed on the tuning patients, judged on the others. */
import type { EvaluationReport, OperatingPoint } from '../../contract/evaluation.ts';
import { atThreshold, predictiveValues } from '../../statistics/threshold.ts';
import {
  thresholdForSensitivity,
  thresholdForSpecificity,
  youdenThreshold,
} from '../../statistics/threshold.ts';
import { precisionRecallCurve } from '../../statistics/precisionRecall.ts';
import { quantile } from '../../statistics/bootstrap.ts';
import { rocCurve } from '../../statistics/roc.ts';
import { rankingArea, scoreOf } from './evaluateClassifier.ts';
import { rankedPrecision, sensitivitiesAt } from './evaluateRanking.ts';
import { estimateOf, shareOf } from './evaluateSample.ts';
import type { GradedCase, PatientDraws, Sample } from './evaluateSample.ts';

/** Sensitivity and specificity that the two one-sided thresholds reach on the tuning patients. */
const wanted = 0.95;

export const isBroken = ({ truth }: Pick<GradedCase, 'truth'>): boolean => truth !== 0;

/** Probability of any fracture; null for a missed hip. */
export const fractureProbability = ({ probabilities }: GradedCase): number | null =>
  probabilities && Math.min(1, probabilities[1]! + probabilities[2]!);

type Threshold = Pick<OperatingPoint, 'name' | 'rule' | 'threshold' | 'fixedOn'>;

/** Thresholds on the probability of a fracture; none when the tuning patients lack broken or whole hips. */
export function fixThresholds(tune: Sample): Threshold[] {
  const found = tune.graded.filter(({ probabilities }) => probabilities !== null);
  const truths = found.map(isBroken);
  if (!truths.includes(true) || !truths.includes(false)) return [];
  const scores = found.map((hip) => fractureProbability(hip)!);
  const fixedOn = { patients: tune.patients, hips: found.length };
  const goal = `${(100 * wanted).toFixed(0)} %`;
  const points: Threshold[] = [
    {
      name: 'Youden',
      rule: 'largest sum of sensitivity and specificity on the tuning patients',
      threshold: youdenThreshold(scores, truths),
      fixedOn,
    },
    {
      name: 'high sensitivity',
      rule: `highest threshold with a sensitivity of at least ${goal} on the tuning patients`,
      threshold: thresholdForSensitivity(scores, truths, wanted),
      fixedOn,
    },
    {
      name: 'high specificity',
      rule: `lowest threshold with a specificity of at least ${goal} on the tuning patients`,
      threshold: thresholdForSpecificity(scores, truths, wanted),
      fixedOn,
    },
  ];
  return points.filter(({ threshold }) => threshold >= 0 && threshold <= 1);
}

/** Steps of the band around the ROC curve. */
const bandShares = Array.from({ length: 51 }, (_, i) => i / 50);

export function fractureReport(
  test: Sample,
  draws: PatientDraws,
  thresholds: readonly Threshold[],
  prevalence: number,
): EvaluationReport['fracture'] {
  const { graded } = test;
  const found = graded.filter(({ probabilities }) => probabilities !== null);
  const scores = found.map(scoreOf((group) => group !== 0));
  const truths = found.map(isBroken);
  const both = truths.includes(true) && truths.includes(false);
  const roc = both
    ? rocCurve(scores, truths).map(({ sensitivity, specificity }): Point => [1 - specificity, sensitivity])
    : [];
  const turns = turnsOf(roc);
  return {
    area: rankingArea(draws, graded, (group) => group !== 0),
    averagePrecision: estimateOf(
      draws.interval(found, rankedPrecision(scores, truths)),
      found.length,
      'patient-bootstrap',
    ),
    operatingPoints: thresholds.map((threshold) => operatingPoint(graded, threshold, prevalence)),
    roc: turns.map((i) => roc[i]!),
    rocBand: both ? rocBand(draws, found, scores, truths) : [],
    precisionRecall: both ? precisionRecallAt(scores, truths, turns) : [],
    prevalence: shareOf(found, isBroken),
  };
}

type Point = [number, number];

/** Places where a curve of straight steps turns, with both ends: the curve without the points between. */
function turnsOf(curve: readonly Point[]): number[] {
  return [...curve.keys()].filter((i) => {
    const [before, at, after] = [curve[i - 1], curve[i]!, curve[i + 1]];
    if (before === undefined || after === undefined) return true;
    const bend = (at[0] - before[0]) * (after[1] - at[1]) - (at[1] - before[1]) * (after[0] - at[0]);
    return Math.abs(bend) > 1e-12;
  });
}

/** At the same thresholds as the turns of the ROC curve, whose first point, 'nothing is called', has no precision. */
function precisionRecallAt(
  scores: readonly number[],
  truths: readonly boolean[],
  turns: readonly number[],
): Point[] {
  const curve = precisionRecallCurve(scores, truths);
  return [...new Set([0, ...turns.map((i) => i - 1)])]
    .filter((i) => i >= 0)
    .map((i): Point => [curve[i]!.recall, curve[i]!.precision]);
}

function operatingPoint(
  graded: readonly GradedCase[],
  threshold: Threshold,
  prevalence: number,
): OperatingPoint {
  const truths = graded.map(isBroken);
  // A hip without an answer counts as wrong either way.
  const scores = graded.map((hip) => fractureProbability(hip) ?? (isBroken(hip) ? -Infinity : Infinity));
  const { sensitivity, specificity, ppv, npv, counts } = atThreshold(scores, truths, threshold.threshold);
  const { truePositives, falseNegatives, trueNegatives, falsePositives } = counts;
  const broken = truePositives + falseNegatives;
  const whole = trueNegatives + falsePositives;
  const values = sensitivity && specificity && predictiveValues(prevalence, sensitivity, specificity);
  return {
    ...threshold,
    sensitivity: estimateOf(sensitivity, broken, 'wilson'),
    specificity: estimateOf(specificity, whole, 'wilson'),
    ppv: estimateOf(ppv, truePositives + falsePositives, 'wilson'),
    npv: estimateOf(npv, trueNegatives + falseNegatives, 'wilson'),
    counts: {
      truePositive: truePositives,
      falseNegative: falseNegatives,
      trueNegative: trueNegatives,
      falsePositive: falsePositives,
    },
    atPrevalence: {
      prevalence,
      ppv: values && estimateOf(values.ppv, graded.length, 'logit'),
      npv: values && estimateOf(values.npv, graded.length, 'logit'),
    },
  };
}

function rocBand(
  draws: PatientDraws,
  cases: readonly GradedCase[],
  scores: readonly number[],
  truths: readonly boolean[],
): [number, number, number][] {
  const at = sensitivitiesAt(scores, truths, bandShares);
  const drawn: number[][] = bandShares.map(() => []);
  draws.each(cases, (weights) => {
    at(weights).forEach((sensitivity, i) => {
      if (Number.isFinite(sensitivity)) drawn[i]!.push(sensitivity);
    });
  });
  return bandShares.map((share, i) => {
    const sorted = drawn[i]!.sort((a, b) => a - b);
    return [share, quantile(sorted, 0.025), quantile(sorted, 0.975)];
  });
}
