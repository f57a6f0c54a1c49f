/** A model judged on the held-out films of a snapshot: read once, counted as often as one likes. */
import { CalcarError } from '../../contract/errors.ts';
import type { EvaluationReport, FilmOutcome, Outcomes } from '../../contract/evaluation.ts';
import type { SnapshotManifest } from '../../contract/snapshot.ts';
import type { Reader } from '../../reading/reader.ts';
import { fixOn } from './confidence.ts';
import { abstentionReport, calibrationReport, conformalReport } from './evaluateCalibration.ts';
import { agreementReport } from './evaluateAgreement.ts';
import { classifierReport } from './evaluateClassifier.ts';
import { consistencyReport } from './evaluateConsistency.ts';
import { worstErrors } from './evaluateErrors.ts';
import { fixThresholds, fractureProbability, fractureReport } from './evaluateFracture.ts';
import { defined, localizerReport } from './evaluateLocalizer.ts';
import { readPatient, type PatientFilms } from './evaluateReading.ts';
import { drawPatients, estimateOf, sampleOf, shareOf, weightedMean } from './evaluateSample.ts';
import type { GradedCase, PatientDraws, Sample } from './evaluateSample.ts';
import { subgroupReport } from './evaluateSubgroups.ts';
import { warningOf } from './evaluateWords.ts';

export interface HeldOutFilms {
  readonly manifest: Pick<SnapshotManifest, 'name' | 'hash' | 'study'>;
  readonly tune: Iterable<PatientFilms>;
  readonly test: Iterable<PatientFilms>;
}

export interface ReadAbout {
  readonly independence: Outcomes['independence'];
  /** Version of Calcar. */
  readonly software: string;
  readonly backend: string;
}

/**
 * Reads the tuning and the test patients end to end, one film in memory at a time.
 *
 * @param report is told after each patient how many were read
 * @throws CalcarError as the reader and the films do
 */
export async function readOutcomes(
  reader: Reader,
  films: HeldOutFilms,
  about: ReadAbout,
  report: (patientsDone: number) => void = () => undefined,
): Promise<Outcomes> {
  let done = 0;
  const read = async (patients: Iterable<PatientFilms>): Promise<FilmOutcome[]> => {
    const outcomes: FilmOutcome[] = [];
    for (const patient of patients) {
      outcomes.push(...(await readPatient(reader, patient)));
      done += 1;
      report(done);
    }
    return outcomes;
  };
  const { study, name, hash } = films.manifest;
  return {
    format: 1,
    study,
    model: { name: reader.modelName, hash: reader.modelHash },
    snapshot: { name, hash },
    ...about,
    at: new Date().toISOString(),
    tune: await read(films.tune),
    test: await read(films.test),
  };
}

export interface CountOptions {
  /** Share of broken hips among those that a station will see, for PPV and NPV there. */
  readonly prevalence: number;
  /** Draws of patients for an interval. */
  readonly draws?: number;
}

/**
 * Every statistic of what was read. Thresholds, temperature and conformal sets are fixed on the tuning patients and
 * judged on the test patients.
 *
 * @throws CalcarError 'invalid-input' when no hip of the test has a class
 */
export function evaluateOutcomes(outcomes: Outcomes, { prevalence, draws }: CountOptions): EvaluationReport {
  const tune = sampleOf(outcomes.tune);
  const test = sampleOf(outcomes.test);
  if (test.graded.length === 0)
    throw new CalcarError(
      'invalid-input',
      'No hip of the test films has a grade, so there is nothing to judge the classifier by. Choose a snapshot with graded test patients.',
    );
  const drawn = drawPatients(test.patients, 2000, draws);
  const thresholds = fixThresholds(tune);
  const isFractureCalled = decisionAt(thresholds[0]?.threshold ?? null);
  const fixed = fixOn(tune);
  const classifier = classifierReport(test, drawn, isFractureCalled);
  const fracture = fractureReport(test, drawn, thresholds, prevalence);
  return {
    format: 3,
    warning: warningOf(outcomes.study),
    study: outcomes.study,
    model: outcomes.model,
    snapshot: outcomes.snapshot,
    independence: outcomes.independence,
    software: outcomes.software,
    backend: outcomes.backend,
    readAt: outcomes.at,
    tune: membersOf(tune),
    test: membersOf(test),
    millisecondsPerFilm: timeOf(test, drawn),
    refusals: refusalsOf(test),
    localizer: localizerReport(test, drawn),
    classifier,
    fracture,
    calibration: calibrationReport(tune, test, drawn, fixed),
    conformal: conformalReport(tune, test, drawn, fixed),
    abstention: abstentionReport(test, drawn, fixed),
    subgroups: subgroupReport(test, drawn, isFractureCalled),
    agreement: agreementReport(test, drawn),
    consistency: consistencyReport(classifier, fracture),
    errors: worstErrors(test),
  };
}

/** 'Fracture' where its probability reaches the threshold; a missed hip is never called. */
function decisionAt(threshold: number | null): ((hip: GradedCase) => boolean) | null {
  return threshold === null ? null : (hip) => (fractureProbability(hip) ?? -Infinity) >= threshold;
}

function membersOf({ patients, films, hips, graded }: Sample): EvaluationReport['test'] {
  return { patients, films: films.length, hips: hips.length, graded: graded.length };
}

function timeOf({ films }: Sample, draws: PatientDraws): EvaluationReport['millisecondsPerFilm'] {
  const cases = films.map(({ place, milliseconds }) => ({ patient: place, milliseconds }));
  const mean = weightedMean(cases.map(({ milliseconds }) => milliseconds));
  return defined(estimateOf(draws.interval(cases, mean), cases.length, 'patient-bootstrap', 'films'));
}

function refusalsOf({ films }: Sample): EvaluationReport['refusals'] {
  const kinds = [...new Set(films.flatMap(({ refusal }) => refusal ?? []))].sort();
  return kinds.map((kind) => ({
    kind,
    films: defined(shareOf(films, ({ refusal }) => refusal === kind, 'films')),
  }));
}
