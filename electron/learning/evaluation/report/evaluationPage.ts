/** The report of an evaluation as one page that needs nothing else. */
import type { Estimate, EvaluationReport } from '../../../contract/evaluation.ts';
import { tablesOf, untoldSubgroups, type ReportTable } from '../evaluateTables.ts';
import { counted, membersInWords, percent, ratio } from '../evaluateWords.ts';
import { confusionHtml } from './confusion.ts';
import { errorsHtml } from './errors.ts';
import type { ErrorPicture } from './errorPictures.ts';
import { precisionRecallFigure, reliabilityFigure, rocFigure } from './figures.ts';
import { escaped, figure, page, paragraph, section, tableHtml } from './html.ts';
import { forest, type ForestRow } from './plot.ts';

/** @param pictures of `report.errors`, in their order */
export function evaluationPage(report: EvaluationReport, pictures: readonly (ErrorPicture | null)[]): string {
  const tables = tablesOf(report);
  const all = (of: readonly ReportTable[]): string => of.map((table) => tableHtml(table)).join('\n');
  const { model, snapshot } = report;
  return page(`${model.name}: evaluation on ${snapshot.name}`, report.warning, [
    paragraph(`${membersInWords(report.test)}, read end to end as films from outside are read.`),
    paragraph(report.independence.sentence),
    paragraph(
      'Brackets hold the 95 % confidence interval and what was counted. Intervals of measures come from 2,000 draws of whole patients, those of shares from Wilson by hip, unless they are named otherwise.',
      'note',
    ),
    cards(report),
    section('ranking', 'Fracture or none', [
      `<div class="figures">${rocFigure(report)}${precisionRecallFigure(report)}</div>`,
      all(tables.areas),
      all(tables.thresholds),
    ]),
    section('classes', 'The three classes', [
      all(tables.classifier),
      confusionHtml(report, tables.confusion[0]!),
      all(tables.classes),
      '<h3>Right class, by Garden grade</h3>',
      figure(
        forest('Share of hips with the right class, by grade', gradeRows(report), percent),
        'Share of the hips of each grade that got the right class.',
        all(tables.grades),
      ),
      all(tables.agreement),
    ]),
    section('localizer', 'Finding the hips', [tableHtml(tables.localizer[0]!, false)]),
    section('calibration', 'Probabilities', [
      all(tables.calibration),
      reliabilityFigure(report, all(tables.reliability)),
      all(tables.conformal),
    ]),
    section('subgroups', 'Who is served worse', [
      paragraph(
        'Balanced accuracy of each part of the hips; the numbers stand in the tables below. Many comparisons are made here, so one difference in twenty is to be expected of chance.',
        'note',
      ),
      figure(
        forest(
          'Balanced accuracy by subgroup',
          subgroupRows(report),
          percent,
          [0, 1],
          report.classifier.balancedAccuracy.estimate,
        ),
        'The dotted line is the balanced accuracy of all hips. Left out where a class is missing.',
      ),
      ...[untoldSubgroups(report)].flatMap((sentence) => (sentence === null ? [] : [paragraph(sentence)])),
      all(tables.subgroups),
    ]),
    section('errors', 'The worst errors, to be looked at', [errorsHtml(report, pictures)]),
    section('about', 'How this was made', [about(report)]),
  ]);
}

function cards({ localizer, classifier, fracture }: EvaluationReport): string {
  const shown: [string, Estimate | null, (value: Estimate | null) => string][] = [
    ['Mean box overlap', localizer.meanOverlap, ratio],
    ['Three classes, top-1', classifier.topOneByPatient, percent],
    ['Balanced accuracy', classifier.balancedAccuracy, percent],
    ['Macro AUC, hips found', classifier.macroArea.foundByPatient, ratio],
    ['AUC of fracture, hips found', fracture.area.foundByPatient, ratio],
  ];
  return `<div class="cards">${shown.map(([name, value, inWords]) => card(name, value, inWords(value))).join('')}</div>`;
}

function card(name: string, value: Estimate | null, words: string): string {
  const [estimate, interval] = value === null ? [words, ''] : words.split(/ \((.*); n = .*$/);
  const below =
    value === null ? '' : `<span>${escaped(interval ?? '')}</span><span>${escaped(counted(value))}</span>`;
  return `<div><span>${escaped(name)}</span><b>${escaped(estimate ?? '')}</b>${below}</div>`;
}

const gradeRows = ({ classifier }: EvaluationReport): ForestRow[] =>
  classifier.byGrade.map(({ grade, right }) => ({
    name: grade === 'none' ? 'none' : `Garden ${grade}`,
    value: right,
  }));

const subgroupRows = ({ subgroups }: EvaluationReport): ForestRow[] =>
  subgroups.flatMap(({ by, groups }) => [
    { name: by, value: null, isHeading: true },
    ...groups.map(({ name, balancedAccuracy, differs }) => ({
      name: differs ? `▲ ${name}` : name,
      value: balancedAccuracy,
    })),
  ]);

function about({
  model,
  snapshot,
  study,
  software,
  backend,
  readAt,
  tune,
  consistency,
}: EvaluationReport): string {
  const rows: [string, string][] = [
    ['Model', `${model.name}, SHA-256 ${model.hash}`],
    ['Snapshot', `${snapshot.name} (${study}), SHA-256 ${snapshot.hash}`],
    ['Fixed on', `${membersInWords(tune)} of the tuning patients: thresholds, temperature, sets of classes`],
    ['Read', `${readAt}, by Calcar ${software} on ${backend}`],
    ['Check', consistency.sentence],
  ];
  return `<dl>${rows.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`;
}
