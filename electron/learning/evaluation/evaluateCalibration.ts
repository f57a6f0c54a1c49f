/** Whether probabilities mean what they say, sets of groups that hold the truth, and leaving a hip to a human. */
import type { CalibrationReport, Estimate, EvaluationReport } from '../../contract/evaluation.ts';
import { gradeGroups, type GradeGroup } from '../../contract/finding.ts';
import { atTemperature, certaintyOf, humanReasonsOf, type FixedConfidence } from '../../reading/certainty.ts';
import { calibrationSlope, reliabilityCurve } from '../../statistics/calibration.ts';
import { isBroken } from './evaluateFracture.ts';
import { estimateOf, meanByPatient, shareOf } from './evaluateSample.ts';
import type { GradedCase, PatientDraws, Sample } from './evaluateSample.ts';

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

export function calibrated(hip: Answered, temperature: number): Answered {
  const [none, undisplaced, displaced] = hip.probabilities;
  const after = atTemperature({ none: none!, 'I-II': undisplaced!, 'III-IV': displaced! }, temperature);
  return { ...hip, probabilities: gradeGroups.map((group) => after[group]) };
}

export function calibrationReport(
  tune: Sample,
  test: Sample,
  draws: PatientDraws,
  fixed: FixedConfidence | null,
): EvaluationReport['calibration'] {
  const hips = answeredOf(test);
  return {
    temperature: fixed?.temperature ?? null,
    fixedOn: { patients: tune.patients, hips: answeredOf(tune).length },
    before: calibrationOf(hips, draws),
    after:
      fixed &&
      calibrationOf(
        hips.map((hip) => calibrated(hip, fixed.temperature)),
        draws,
      ),
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

/** A graded hip as a station answers for it. */
interface JudgedHip {
  readonly patient: number;
  readonly truth: GradeGroup;
  readonly set: readonly GradeGroup[];
  readonly needsHuman: boolean;
  readonly isRight: boolean;
}

/** As the reader does it, of what was read: the same functions give the station's answers. */
function judgedHips(hips: readonly GradedCase[], fixed: FixedConfidence | null): JudgedHip[] {
  return hips.flatMap(({ patient, truth, answer, film, hip: { found } }) => {
    const gradeGroup = gradeGroups[answer];
    if (found === null || gradeGroup === undefined) return [];
    const certainty = fixed && certaintyOf(found.probabilities, fixed);
    const scope = found.scope && { scope: found.scope, probability: 1 };
    const reasons = humanReasonsOf(
      { probabilities: found.probabilities, gradeGroup, certainty, scope },
      film.doubts.length > 0,
    );
    return [
      {
        patient,
        truth: gradeGroups[truth]!,
        set: certainty?.set ?? [],
        needsHuman: reasons.length > 0,
        isRight: truth === answer,
      },
    ];
  });
}

export function conformalReport(
  tune: Sample,
  test: Sample,
  draws: PatientDraws,
  fixed: FixedConfidence | null,
): EvaluationReport['conformal'] {
  if (fixed === null) return null;
  const hips = judgedHips(test.graded, fixed);
  const holds = ({ set, truth }: JudgedHip): boolean => set.includes(truth);
  return {
    miscoverage: fixed.conformal.miscoverage,
    fixedOn: { patients: tune.patients, hips: answeredOf(tune).length },
    coverage: meanByPatient(draws, hips, (hip) => (holds(hip) ? 1 : 0)),
    coverageByClass: gradeGroups.map((group) => ({
      group,
      coverage: meanByPatient(
        draws,
        hips.filter(({ truth }) => truth === group),
        (hip) => (holds(hip) ? 1 : 0),
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

/** What a station leaves to a human, a hip that was not found among it, and how often it is right of the others. */
export function abstentionReport(
  { graded }: Sample,
  draws: PatientDraws,
  fixed: FixedConfidence | null,
): EvaluationReport['abstention'] {
  const missed = graded
    .filter(({ hip }) => hip.found === null)
    .map(({ patient }) => ({ patient, needsHuman: true }));
  const judged = judgedHips(graded, fixed);
  const answered = judged.filter(({ needsHuman }) => !needsHuman);
  return {
    needsHuman: meanByPatient(draws, [...judged, ...missed], ({ needsHuman }) => (needsHuman ? 1 : 0)),
    rightOfAnswered: meanByPatient(draws, answered, ({ isRight }) => (isRight ? 1 : 0)),
  };
}
