/** How sure a model is: fixed on tuning patients, judged on test patients. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfidence } from '../../contract/confidence.ts';
import type { EvaluationReport, Outcomes } from '../../contract/evaluation.ts';
import { gradeGroups } from '../../contract/finding.ts';
import { certaintyOf, fractureProbability, type FixedConfidence } from '../../reading/certainty.ts';
import { confidenceFile } from '../../reading/openReader.ts';
import { conformalThresholds } from '../../statistics/conformal.ts';
import { fitTemperature } from '../../statistics/temperature.ts';
import { thresholdForSensitivity, thresholdForSpecificity } from '../../statistics/threshold.ts';
import { writeJsonDurably } from '../training/durableFile.ts';
import { writeFailure } from '../writeFailure.ts';
import { answeredOf, calibrated } from './evaluateCalibration.ts';
import { isBroken } from './evaluateFracture.ts';
import { sampleOf, shareOf } from './evaluateSample.ts';
import type { GradedCase, Sample } from './evaluateSample.ts';

/** Share of the hips of each group whose set may miss the truth. */
const miscoverage = 0.1;
/** Sensitivity and specificity that the two operating points reach on the tuning patients. */
const wanted = 0.95;

/**
 * Temperature (Guo et al. 2017), a threshold for each group (`statistics/conformal.ts`) and two operating points, the
 * latter on calibrated probabilities.
 *
 * @returns null when the tuning patients lack a group, or are too few to say where a fracture is called
 */
export function fixOn(tune: Sample): FixedConfidence | null {
  const hips = answeredOf(tune);
  const truths = hips.map(({ truth }) => truth);
  if (!gradeGroups.every((_, k) => truths.includes(k))) return null;
  const temperature = fitTemperature(
    hips.map(({ probabilities }) => probabilities.map((p) => Math.log(Math.max(p, Number.MIN_VALUE)))),
    truths,
  );
  const probabilities = hips.map((hip) => calibrated(hip, temperature).probabilities);
  const [none, undisplaced, displaced] = conformalThresholds(
    probabilities,
    truths,
    gradeGroups.length,
    miscoverage,
  );
  const fractures = probabilities.map(([p, q, r]) =>
    fractureProbability({ none: p!, 'I-II': q!, 'III-IV': r! }),
  );
  const broken = hips.map(isBroken);
  const [sensitive, specific] = [
    thresholdForSensitivity(fractures, broken, wanted),
    thresholdForSpecificity(fractures, broken, wanted),
  ];
  if (![sensitive, specific].every((threshold) => threshold >= 0 && threshold <= 1)) return null;
  return {
    temperature,
    conformal: { miscoverage, least: { none: none!, 'I-II': undisplaced!, 'III-IV': displaced! } },
    highSensitivity: { threshold: sensitive, least: wanted },
    highSpecificity: { threshold: specific, least: wanted },
  };
}

/**
 * What is kept of an evaluation beside the weights, so that the models know how sure they are.
 *
 * @param report of these outcomes: how what was fixed did on the test patients
 * @returns null as `fixOn`
 */
export function fixConfidence(outcomes: Outcomes, report: EvaluationReport): ModelConfidence | null {
  const [tune, test] = [sampleOf(outcomes.tune), sampleOf(outcomes.test)];
  const fixed = fixOn(tune);
  if (fixed === null) return null;
  const { calibration, conformal, abstention } = report;
  const fixedOn = (of: Sample): ModelConfidence['fixedOn'] => ({
    snapshot: outcomes.snapshot,
    patients: of.patients,
    hips: answeredOf(of).length,
  });
  return {
    format: 1,
    model: outcomes.model.hash,
    study: outcomes.study,
    software: outcomes.software,
    fixedAt: outcomes.at,
    fixedOn: fixedOn(tune),
    ...fixed,
    judged: {
      on: fixedOn(test),
      expectedCalibrationError: calibration.after?.expectedCalibrationError ?? null,
      reliability: calibration.after?.reliability ?? [],
      coverage: conformal?.coverage ?? null,
      coverageByClass: conformal?.coverageByClass ?? [],
      highSensitivity: pointOn(test, fixed, 'fractureAtHighSensitivity'),
      highSpecificity: pointOn(test, fixed, 'fractureAtHighSpecificity'),
      ...abstention,
    },
  };
}

type Point = 'fractureAtHighSensitivity' | 'fractureAtHighSpecificity';

/** A hip that was not found has no answer and counts as wrong. */
function pointOn(
  { graded }: Sample,
  fixed: FixedConfidence,
  point: Point,
): NonNullable<ModelConfidence['judged']>['highSensitivity'] {
  const calls =
    (call: boolean) =>
    ({ hip: { found } }: GradedCase): boolean =>
      found !== null && certaintyOf(found.probabilities, fixed)[point] === call;
  return {
    sensitivity: shareOf(graded.filter(isBroken), calls(true)),
    specificity: shareOf(
      graded.filter((hip) => !isBroken(hip)),
      calls(false),
    ),
  };
}

/** Keeps it in a folder; null takes an earlier one away. @throws CalcarError 'disk-full', 'read-only' */
export function saveConfidence(folder: string, confidence: ModelConfidence | null): void {
  const path = join(folder, confidenceFile);
  try {
    if (confidence === null) rmSync(path, { force: true });
    else writeJsonDurably(path, confidence);
  } catch (error) {
    throw writeFailure(error);
  }
}
