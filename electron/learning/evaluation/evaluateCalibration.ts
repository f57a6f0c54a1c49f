/** Whether probabilities mean what they say, sets of groups that hold the truth, and leaving a hip to a human. */
import type { CalibrationReport, Estimate, EvaluationReport } from '../../contract/evaluation.ts';
import { gradeGroups, leastSure } from '../../contract/finding.ts';
import { calibrationSlope, reliabilityCurve } from '../../statistics/calibration.ts';
import { conformalThresholds, predictionSet } from '../../statistics/conformal.ts';
import { fitTemperature, softmaxAt } from '../../statistics/temperature.ts';
import { isBroken } from './evaluateFracture.ts';
import { estimateOf, meanByPatient, shareOf } from './evaluateSample.ts';
import type { GradedCase, PatientDraws, Sample } from './evaluateSample.ts';

/** Share of hips whose set may miss the truth. */
const miscoverage = 0.1;
const bins = 10;

/** A found hip with its probabilities, as they are or after temperature scaling. */
export interface Answered extends GradedCase {
  readonly probabilities: readonly number[];
}

export function answeredOf(sample: Sample): Answered[] {
  return sample.graded.flatMap((hip) =>
    hip.probabilities === null ? [] : [{ ...hip, probabilities: hip.probabilities }],
  );
}

/** Logits up to a constant, which is all that a softmax knows of them. */
const logitsOf = ({ probabilities }: Answered): number[] =>
  probabilities.map((p) => Math.log(Math.max(p, Number.MIN_VALUE)));

const hasEveryClass = (hips: readonly Answered[]): boolean =>
  gradeGroups.every((_, k) => hips.some(({ truth }) => truth === k));

/** @returns null when the tuning patients lack a class */
export function temperatureOf(tune: Sample): number | null {
  const hips = answeredOf(tune);
  if (!hasEveryClass(hips)) return null;
  return fitTemperature(
    hips.map(logitsOf),
    hips.map(({ truth }) => truth),
  );
}

export const atTemperature =
  (temperature: number | null) =>
  (hip: Answered): Answered =>
    temperature === null ? hip : { ...hip, probabilities: softmaxAt(logitsOf(hip), temperature) };

export function calibrationReport(
  tune: Sample,
  test: Sample,
  draws: PatientDraws,
  temperature: number | null,
): EvaluationReport['calibration'] {
  const hips = answeredOf(test);
  return {
    temperature,
    fixedOn: { patients: tune.patients, hips: answeredOf(tune).length },
    before: calibrationOf(hips, draws),
    after: temperature === null ? null : calibrationOf(hips.map(atTemperature(temperature)), draws),
  };
}

function calibrationOf(hips: readonly Answered[], draws: PatientDraws): CalibrationReport {
  const confidences = hips.map(({ probabilities }) => Math.max(...probabilities));
  const right = hips.map(({ truth, answer }) => truth === answer);
  const truths = hips.map(isBroken);
  const both = truths.includes(true) && truths.includes(false);
  const slope = both
    ? calibrationSlope(
        hips.map(({ probabilities }) => Math.min(1, probabilities[1]! + probabilities[2]!)),
        truths,
      )
    : null;
  const regression = (interval: Parameters<typeof estimateOf>[0]): Estimate | null =>
    estimateOf(interval, hips.length, 'regression');
  return {
    expectedCalibrationError: estimateOf(
      draws.interval(hips, (weights) => calibrationError(confidences, right, weights)),
      hips.length,
      'patient-bootstrap',
    ),
    brier: meanByPatient(draws, hips, ({ probabilities, truth }) =>
      probabilities.reduce((sum, p, k) => sum + (p - (k === truth ? 1 : 0)) ** 2, 0),
    ),
    slope: regression(slope?.slope ?? null),
    intercept: regression(slope?.intercept ?? null),
    inTheLarge: regression(slope?.inTheLarge ?? null),
    reliability: (hips.length === 0 ? [] : reliabilityCurve(confidences, right, bins)).flatMap(
      ({ confidence, share, n }) => {
        const estimate = estimateOf(share, n, 'wilson');
        return estimate === null ? [] : [{ confidence, right: estimate }];
      },
    ),
  };
}

/** Mean over equal bins of confidence of |share right − mean confidence|, weighted by the hips in a bin. */
function calibrationError(
  confidences: readonly number[],
  right: readonly boolean[],
  weights: Float64Array,
): number {
  const gaps = new Float64Array(bins);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    const bin = Math.min(bins - 1, Math.floor(confidences[i]! * bins));
    gaps[bin]! += weights[i]! * ((right[i]! ? 1 : 0) - confidences[i]!);
    total += weights[i]!;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
}

export function conformalReport(
  tune: Sample,
  test: Sample,
  draws: PatientDraws,
  temperature: number | null,
): EvaluationReport['conformal'] {
  const fixedOn = answeredOf(tune).map(atTemperature(temperature));
  if (!hasEveryClass(fixedOn)) return null;
  const thresholds = conformalThresholds(
    fixedOn.map(({ probabilities }) => probabilities),
    fixedOn.map(({ truth }) => truth),
    gradeGroups.length,
    miscoverage,
  );
  const hips = answeredOf(test)
    .map(atTemperature(temperature))
    .map((hip) => ({ ...hip, set: predictionSet(hip.probabilities, thresholds) }));
  const holds = ({ set, truth }: (typeof hips)[number]): boolean => set.includes(truth);
  return {
    miscoverage,
    fixedOn: { patients: tune.patients, hips: fixedOn.length },
    coverage: meanByPatient(draws, hips, (hip) => (holds(hip) ? 1 : 0)),
    coverageByClass: gradeGroups.map((group, k) => ({
      group,
      coverage: shareOf(
        hips.filter(({ truth }) => truth === k),
        holds,
      ),
    })),
    meanSetSize: meanByPatient(draws, hips, ({ set }) => set.length),
    setSizes: Array.from({ length: gradeGroups.length + 1 }, (_, size) =>
      shareOf(hips, ({ set }) => set.length === size),
    ),
    rightOfSingle: shareOf(
      hips.filter(({ set }) => set.length === 1),
      holds,
    ),
  };
}

/** What a station leaves to a human: hips that no group has two of three chances for. */
export function abstentionReport(test: Sample): EvaluationReport['abstention'] {
  const answered = answeredOf(test).filter(({ probabilities }) => Math.max(...probabilities) >= leastSure);
  return {
    below: leastSure,
    answered: shareOf(test.graded, ({ probabilities }) =>
      probabilities === null ? false : Math.max(...probabilities) >= leastSure,
    ),
    topOneOfAnswered: shareOf(answered, ({ truth, answer }) => truth === answer),
  };
}
