/** A report as tables of words: the same for a terminal and a page. Every value carries its interval and n. */
import type { EvaluationReport, RankingArea } from '../../contract/evaluation.ts';
import { gradeGroups } from '../../contract/finding.ts';
import { subgroupNames } from './evaluateSubgroups.ts';
import { percent, ratio } from './evaluateWords.ts';
import { gardenReaders } from './report/humanReaders.ts';

export interface ReportTable {
  readonly title: string;
  /** What the numbers are, and what they are not. */
  readonly notes: readonly string[];
  /** The heading of the rows, then those of the values. */
  readonly columns: readonly [string, ...string[]];
  readonly rows: readonly (readonly [name: string, ...values: string[]])[];
}

export type TableName =
  | 'localizer'
  | 'classifier'
  | 'areas'
  | 'classes'
  | 'confusion'
  | 'grades'
  | 'agreement'
  | 'thresholds'
  | 'calibration'
  | 'reliability'
  | 'conformal'
  | 'subgroups';

/** In the order in which they are read; a name may have several. */
export function tablesOf(report: EvaluationReport): Record<TableName, readonly ReportTable[]> {
  return {
    localizer: [localizerTable(report)],
    classifier: [classifierTable(report)],
    areas: [areaTable(report)],
    classes: [classTable(report)],
    confusion: [confusionTable(report)],
    grades: [gradeTable(report)],
    agreement: [agreementTable(report)],
    thresholds: [thresholdTable(report)],
    calibration: [calibrationTable(report)],
    reliability: [reliabilityTable(report)],
    conformal: [conformalTable(report)],
    subgroups: report.subgroups.map(subgroupTable),
  };
}

const whole = (count: number): string => count.toLocaleString('en');

function localizerTable({ localizer, refusals, millisecondsPerFilm }: EvaluationReport): ReportTable {
  return {
    title: 'Finding the hips',
    notes: [
      'Overlap is intersection over union with the true box; a hip that was not found counts 0. A box counts for a hip from an overlap of 0.1. A film that the quality gate refuses has no boxes, so its hips count as not found.',
    ],
    columns: ['Measure', 'Value'],
    rows: [
      ['Mean overlap', ratio(localizer.meanOverlap)],
      ['Overlap above 0.7', percent(localizer.overlapAbove07)],
      ['Hips found', percent(localizer.found)],
      ['Boxes where no hip is, a film', ratio(localizer.falseBoxesPerFilm)],
      ['Films with such a box', percent(localizer.filmsWithFalseBox)],
      ['Side right, of hips found', percent(localizer.rightSide)],
      ...refusals.map(({ kind, films }): [string, string] => [`Films refused (${kind})`, percent(films)]),
      ['Milliseconds a film', ratio(millisecondsPerFilm, 0)],
    ],
  };
}

function classifierTable({ classifier, abstention, fracture }: EvaluationReport): ReportTable {
  return {
    title: 'Three classes',
    notes: [
      'A hip that was not found counts as a wrong answer wherever all hips are counted. Top-1 is the share of hips whose likeliest class is the true one; balanced accuracy is the mean of the shares right in each class. A hip is left to a human where its set of classes is not the likeliest class alone, where the film is in doubt, or where the hip was not found. Mean one-versus-rest accuracy is what the paper of 2020 calls accuracy; it is higher than top-1 wherever there is an error.',
    ],
    columns: ['Measure', 'Value'],
    rows: [
      ['Top-1, by hip', percent(classifier.topOne)],
      ['Top-1, by patient', percent(classifier.topOneByPatient)],
      ['Top-1 of hips found', percent(classifier.topOneOfFound)],
      ['Balanced accuracy', percent(classifier.balancedAccuracy)],
      ['Macro specificity, hips found', percent(classifier.macroSpecificity)],
      ['Mean one-versus-rest accuracy, found', percent(classifier.meanOneVersusRest)],
      ['Left to a human', percent(abstention.needsHuman)],
      ['Top-1 of the others', percent(abstention.rightOfAnswered)],
      ['Share of broken hips, found', percent(fracture.prevalence)],
    ],
  };
}

function areaTable({ classifier, fracture }: EvaluationReport): ReportTable {
  const row = (name: string, area: RankingArea, precision: string): [string, ...string[]] => [
    name,
    ratio(area.foundByPatient),
    area.foundByDeLong === null ? 'not defined' : ratio(area.foundByDeLong),
    ratio(area.allByPatient),
    precision,
  ];
  return {
    title: 'Ranking (areas under the curves)',
    notes: [
      'The area under the ROC curve is the chance that a hip of the class scores above one of the others. Drawing whole patients (2,000 times) counts the hips of one patient as what they are, alike; DeLong’s interval takes each hip for a patient of its own and has no such draw for the mean of three areas. A hip that was not found has no score: it is left out first, and in ‘all hips’ it stands below every hip that was found.',
      'Where a class is told apart wholly the interval has no width, which says more of the sample than of the model.',
    ],
    columns: [
      'Class against the rest',
      'AUC, found',
      'AUC, found (DeLong)',
      'AUC, all hips',
      'Average precision',
    ],
    rows: [
      ...classifier.byClass.map(({ group, area, averagePrecision }) =>
        row(group, area, ratio(averagePrecision)),
      ),
      row('Mean of the three (macro)', classifier.macroArea, 'not defined'),
      row('Fracture against none', fracture.area, ratio(fracture.averagePrecision)),
    ],
  };
}

function classTable({ classifier: { byClass } }: EvaluationReport): ReportTable {
  return {
    title: 'Each class against the rest',
    notes: [
      'The likeliest class is the answer. A hip that was not found is in no predictive value and wrong in the others. Intervals are Wilson’s, by hip.',
    ],
    columns: ['Class', 'Sensitivity', 'Specificity', 'PPV', 'NPV', 'Accuracy'],
    rows: byClass.map(({ group, sensitivity, specificity, ppv, npv, accuracy }) => [
      group,
      ...[sensitivity, specificity, ppv, npv, accuracy].map((value) => percent(value)),
    ]),
  };
}

function confusionTable({ classifier: { confusion } }: EvaluationReport): ReportTable {
  return {
    title: 'Confusion table',
    notes: ['Hips that were counted, by what they are (rows) and what was answered (columns).'],
    columns: ['Truth', ...gradeGroups, 'not found', 'all'],
    rows: confusion.map((row, k) => [
      gradeGroups[k]!,
      ...row.map(whole),
      whole(row.reduce((sum, count) => sum + count, 0)),
    ]),
  };
}

function gradeTable({ classifier: { byGrade } }: EvaluationReport): ReportTable {
  return {
    title: 'Each Garden grade',
    notes: [
      'The classifier answers classes, not grades; here the hips of each grade are counted alone. ‘Fracture or none right’ is the decision at the Youden threshold.',
    ],
    columns: ['Grade', 'Found', 'Right class', 'Fracture or none right'],
    rows: byGrade.map(({ grade, found, right, fractureRight }) => [
      grade,
      percent(found),
      percent(right),
      percent(fractureRight),
    ]),
  };
}

function agreementTable({ agreement, warning }: EvaluationReport): ReportTable {
  const films = warning === null ? 'other films than these' : 'real films, unlike the simulated ones here';
  return {
    title: 'Agreement beyond chance (kappa)',
    notes: [
      `The model beside the truth, hips found; two groups of broken hips that were answered as broken. Readers beside each other, on ${films} and with no truth to hold them against: they show what is usual, and no comparison with the model holds.`,
    ],
    columns: ['Who', 'Kappa'],
    rows: [
      ['Model and truth, three classes', ratio(agreement.threeClasses)],
      ['Model and truth, I-II or III-IV', ratio(agreement.displacement)],
      ...gardenReaders.map(({ who, kappa, source }): [string, string] => [
        `${who} (${source})`,
        `${kappa.toFixed(2)}, no interval in our source`,
      ]),
    ],
  };
}

function thresholdTable({ fracture: { operatingPoints } }: EvaluationReport): ReportTable {
  const [first] = operatingPoints;
  const share = first === undefined ? '' : ` ${(100 * first.atPrevalence.prevalence).toFixed(0)} %`;
  return {
    title: 'Fracture or none',
    notes:
      first === undefined
        ? ['No threshold could be fixed: the tuning patients lack broken or whole hips.']
        : [
            `Thresholds on the probability of any fracture were fixed on ${whole(first.fixedOn.hips)} hips of ${whole(first.fixedOn.patients)} tuning patients before a test film was opened. A hip that was not found counts as wrong. Predictive values depend on how many hips are broken: they are given for this test and for a share of${share}, the latter with the interval of Mercaldo.`,
            ...operatingPoints.map(({ name, rule }) => `${name}: ${rule}.`),
          ],
    columns: ['Threshold', 'Sensitivity', 'Specificity', 'PPV', 'NPV', `PPV at${share}`, `NPV at${share}`],
    rows: operatingPoints.map(({ name, threshold, sensitivity, specificity, ppv, npv, atPrevalence }) => [
      `${name} (${threshold.toFixed(3)})`,
      ...[sensitivity, specificity, ppv, npv, atPrevalence.ppv, atPrevalence.npv].map((value) =>
        percent(value),
      ),
    ]),
  };
}

function calibrationTable({
  calibration: { temperature, before, after, fixedOn },
}: EvaluationReport): ReportTable {
  const row = (name: string, of: Exclude<keyof typeof before, 'reliability'>): [string, ...string[]] => [
    name,
    ratio(before[of]),
    ...(after === null ? [] : [ratio(after[of])]),
  ];
  return {
    title: 'Do the probabilities mean what they say?',
    notes: [
      temperature === null
        ? 'No temperature could be fitted: the tuning patients lack a class.'
        : `The temperature ${temperature.toFixed(3)} was fitted on ${whole(fixedOn.hips)} hips of the tuning patients; above 1 it makes the answers less sure. Calcar shows the probabilities at this temperature.`,
      'Calibration error is the mean gap between confidence and share right in ten bins; it is never 0 in a finite sample. Brier’s score is summed over the classes, from 0 to 2. Slope, intercept and level are those of the probability of a fracture: 1, 0 and 0 are perfect, a slope below 1 is overconfidence.',
    ],
    columns: ['Measure', 'As answered', ...(after === null ? [] : ['At the temperature'])],
    rows: [
      row('Expected calibration error', 'expectedCalibrationError'),
      row('Brier score', 'brier'),
      row('Slope', 'slope'),
      row('Intercept', 'intercept'),
      row('Level (calibration in the large)', 'inTheLarge'),
    ],
  };
}

function reliabilityTable({ calibration: { before, after } }: EvaluationReport): ReportTable {
  const rows = (name: string, bins: typeof before.reliability): [string, ...string[]][] =>
    bins.map(({ confidence, right }) => [name, `${(100 * confidence).toFixed(1)} %`, percent(right)]);
  return {
    title: 'Reliability',
    notes: ['Hips in ten bins of how sure the answer was: mean confidence, and how many were right.'],
    columns: ['Probabilities', 'Mean confidence', 'Right'],
    rows: [
      ...rows('as answered', before.reliability),
      ...(after === null ? [] : rows('at the temperature', after.reliability)),
    ],
  };
}

function conformalTable({ conformal }: EvaluationReport): ReportTable {
  const title = 'Sets of classes that hold the truth';
  if (conformal === null)
    return {
      title,
      notes: ['No sets could be fixed: the tuning patients lack a class.'],
      columns: ['Measure', 'Value'],
      rows: [],
    };
  const promised = `${(100 * (1 - conformal.miscoverage)).toFixed(0)} %`;
  return {
    title,
    notes: [
      `Split conformal sets, fixed on ${whole(conformal.fixedOn.hips)} hips of the tuning patients, that are to hold the truth for ${promised} of the hips of each class. A set of the likeliest class alone is an answer; any other leaves the hip to a human.`,
    ],
    columns: ['Measure', 'Value'],
    rows: [
      ['Sets that hold the truth', percent(conformal.coverage)],
      ...conformal.coverageByClass.map(({ group, coverage }): [string, string] => [
        `Sets that hold the truth, ${group}`,
        percent(coverage),
      ]),
      ['Mean number of classes', ratio(conformal.meanSetSize)],
      ...conformal.setSizes.map((share, size): [string, string] => [
        `Sets of ${['no class', 'one class', 'two classes', 'three classes'][size]!}`,
        percent(share),
      ]),
      ['Right, of sets of one class', percent(conformal.rightOfSingle)],
    ],
  };
}

function subgroupTable({ by, groups }: EvaluationReport['subgroups'][number]): ReportTable {
  const different = groups.filter(({ differs }) => differs).map(({ name }) => name);
  return {
    title: `By ${by}`,
    notes: [
      'The gap is the balanced accuracy of a part less that of all others, on the same draws of patients. Sensitivity and specificity are at the Youden threshold.',
      different.length === 0
        ? 'No part differs from the others by more than the interval of the difference.'
        : `Differs from the others by more than chance would (95 %, one comparison at a time): ${different.join(', ')}.`,
    ],
    columns: [
      by,
      'Mean overlap',
      'Found',
      'Top-1',
      'Balanced accuracy',
      'Sensitivity',
      'Specificity',
      'AUC of fracture',
      'Gap',
    ],
    rows: groups.map((group) => [
      group.name,
      ratio(group.meanOverlap),
      ...[group.found, group.topOne, group.balancedAccuracy, group.sensitivity, group.specificity].map(
        percent,
      ),
      ratio(group.area),
      `${percent(group.gap)}${group.differs ? ' differs' : ''}`,
    ]),
  };
}

/** What the films do not tell, or are all alike in; null when every subgroup could be told. */
export function untoldSubgroups({ subgroups }: EvaluationReport): string | null {
  const told = new Set(subgroups.map(({ by }) => by));
  const untold = subgroupNames.filter((by) => !told.has(by));
  return untold.length === 0
    ? null
    : `Not told apart, because the films do not say or are all alike: ${untold.join(', ')}.`;
}
