/** The part of a model card that says how the models were tested. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import { evaluationReport, type EvaluationReport } from '../../contract/evaluation.ts';
import { gradeGroups } from '../../contract/finding.ts';
import { writeFailure } from '../writeFailure.ts';
import { membersInWords, percent, ratio } from './evaluateWords.ts';

/** `evaluation.<snapshot>.json` in a models folder; one a snapshot. */
const fileOf = (report: EvaluationReport): string => `evaluation.${report.snapshot.hash.slice(0, 12)}.json`;
const isReport = (name: string): boolean => /^evaluation\.[0-9a-f]{12}\.json$/.test(name);

/** Keeps a report beside the weights. @throws CalcarError 'disk-full', 'read-only' or 'internal' */
export function saveEvaluation(folder: string, report: EvaluationReport): void {
  const path = join(folder, fileOf(report));
  try {
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
  } catch (cause) {
    throw writeFailure(cause);
  }
}

/** The reports that a models folder holds, the latest first. @throws CalcarError 'invalid-input' for a damaged one */
export function savedEvaluations(folder: string): EvaluationReport[] {
  const reports = readdirSync(folder)
    .filter(isReport)
    .map((name) => {
      const path = join(folder, name);
      try {
        return evaluationReport.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch (cause) {
        throw new CalcarError(
          'invalid-input',
          `The evaluation ${path} is damaged or from another version. Delete it and evaluate the models again.`,
          cause,
        );
      }
    });
  return reports.sort((a, b) => b.readAt.localeCompare(a.readAt));
}

/** Markdown for the model card: the main table of every report in the folder. @throws CalcarError as `savedEvaluations` */
export function evaluationCard(folder: string): string[] {
  return savedEvaluations(folder).flatMap(cardLines);
}

const promised = ({ conformal }: EvaluationReport): string =>
  `${(100 * (1 - (conformal?.miscoverage ?? 0))).toFixed(0)} %`;

/** The main table of one report, in Markdown. */
export function cardLines(report: EvaluationReport): string[] {
  const { localizer, classifier, fracture } = report;
  return [
    `## Test on ${report.snapshot.name}`,
    '',
    ...(report.warning === null ? [] : [report.warning, '']),
    `${membersInWords(report.test)}, read end to end; snapshot \`${report.snapshot.hash.slice(0, 12)}\`. ${report.independence.sentence}`,
    'Thresholds were fixed on the tuning patients. 95 % intervals.',
    '',
    '| measure | value |',
    '| --- | --- |',
    `| mean box overlap (IoU) | ${ratio(localizer.meanOverlap)} |`,
    `| hips found | ${percent(localizer.found)} |`,
    `| boxes a film where no hip is | ${ratio(localizer.falseBoxesPerFilm)} |`,
    `| films with such a box | ${percent(localizer.filmsWithFalseBox)} |`,
    `| side right | ${percent(localizer.rightSide)} |`,
    `| three-class top-1 | ${percent(classifier.topOneByPatient)} |`,
    `| balanced accuracy | ${percent(classifier.balancedAccuracy)} |`,
    `| mean one-versus-rest accuracy (the paper's measure) | ${percent(classifier.meanOneVersusRest)} |`,
    `| macro AUC, found hips | ${ratio(classifier.macroArea.foundByPatient)} |`,
    ...classifier.byClass.map(
      ({ group, area }) => `| AUC of ${group} against the rest, found hips | ${ratio(area.foundByPatient)} |`,
    ),
    `| AUC of fracture against none, found hips | ${ratio(fracture.area.foundByPatient)} |`,
    ...fracture.operatingPoints.flatMap(({ name, sensitivity, specificity }) => [
      `| sensitivity for a fracture, ${name} threshold | ${percent(sensitivity)} |`,
      `| specificity for a fracture, ${name} threshold | ${percent(specificity)} |`,
    ]),
    ...classifier.byGrade.map(
      ({ grade, right }) => `| right class among grade ${grade} | ${percent(right)} |`,
    ),
    `| hips left to a human | ${percent(report.abstention.needsHuman)} |`,
    `| right class of the others | ${percent(report.abstention.rightOfAnswered)} |`,
    `| calibration error at the temperature | ${ratio(report.calibration.after?.expectedCalibrationError ?? null)} |`,
    ...(report.conformal?.coverageByClass ?? []).map(
      ({ group, coverage }) =>
        `| sets that hold the truth among ${group} (${promised(report)} asked) | ${percent(coverage)} |`,
    ),
    '',
    `Rows are truth (${gradeGroups.join(', ')}), columns the answer (${gradeGroups.join(', ')}, not found):`,
    '',
    '```',
    ...classifier.confusion.map((row) => row.map((n) => String(n).padStart(5)).join('')),
    '```',
    '',
  ];
}
