/** What the evaluation room says, in words. */
import type { Estimate, EvaluationReport, NamedError } from '../../electron/contract/evaluation.ts';
import { gradeGroups } from '../../electron/contract/finding.ts';

/** "0.923 (0.911 to 0.934)": no estimate goes without its interval. */
export const withInterval = (value: Estimate | null): string =>
  value === null
    ? 'too little to say'
    : `${value.estimate.toFixed(3)} (${value.low.toFixed(3)} to ${value.high.toFixed(3)})`;

/** "3,012 hips". */
export const counted = ({ n, of }: Estimate): string => `${n.toLocaleString()} ${of}`;

export interface MeasureRow {
  readonly name: string;
  readonly value: Estimate | null;
}

/** What a report says first. */
export function headline({ localizer, classifier, fracture }: EvaluationReport): MeasureRow[] {
  const point = fracture.operatingPoints.find(({ name }) => name === 'Youden');
  return [
    { name: 'Mean box overlap (IoU)', value: localizer.meanOverlap },
    { name: 'Hips found', value: localizer.found },
    { name: 'Three-class top-1, by patient', value: classifier.topOneByPatient },
    { name: 'Balanced accuracy', value: classifier.balancedAccuracy },
    { name: 'Macro AUC, all hips', value: classifier.macroArea.allByPatient },
    { name: 'AUC of fracture or none, all hips', value: fracture.area.allByPatient },
    { name: 'Sensitivity for a fracture', value: point?.sensitivity ?? null },
    { name: 'Specificity', value: point?.specificity ?? null },
    ...classifier.byGrade.map(({ grade, right }) => ({
      name: grade === 'none' ? 'Right among whole hips' : `Right among Garden ${grade}`,
      value: right,
    })),
  ];
}

const truthWords = ({ grade, laterality }: NamedError): string =>
  `${grade === 'none' ? 'No fracture' : `Garden ${grade}`}, ${laterality} hip`;

/** What the hip is, what was answered, and whose it is. */
export function errorWords(error: NamedError): { readonly truth: string; readonly answer: string } {
  const { answer, probabilities, patient, film } = error;
  const whose = `${patient}, film ${String(film + 1)}`;
  return {
    truth: truthWords(error),
    answer:
      probabilities === null
        ? `Not found. ${whose}`
        : `Answered ${answer ?? ''}: ${gradeGroups.map((group) => `${group} ${(100 * probabilities[group]).toFixed(0)} %`).join(', ')}. ${whose}`,
  };
}

/** p as it is printed: never 0. */
export const chanceWords = (p: number | null): string =>
  p === null ? 'not defined' : p < 0.001 ? '< 0.001' : p.toFixed(3);
