/** How well hips are classed: three classes, each class against the rest, each Garden grade. */
import type { Estimate, EvaluationReport, RankingArea } from '../../contract/evaluation.ts';
import { gradeGroups } from '../../contract/finding.ts';
import { snapshotGrade } from '../../contract/snapshot.ts';
import { balancedAccuracy, meanOneVersusRestAccuracy } from '../../statistics/confusion.ts';
import { deLong } from '../../statistics/roc.ts';
import { defined } from './evaluateLocalizer.ts';
import { rankedArea, rankedPrecision } from './evaluateRanking.ts';
import { estimateOf, logOdds, meanByPatient, notFound, shareOf } from './evaluateSample.ts';
import type { GradedCase, PatientDraws, Sample, WeightedStatistic } from './evaluateSample.ts';

type Classes = (group: number) => boolean;

/** @param isFractureCalled the decision at the threshold that the report names first; null where none was fixed */
export function classifierReport(
  sample: Sample,
  draws: PatientDraws,
  isFractureCalled: ((hip: GradedCase) => boolean) | null,
): EvaluationReport['classifier'] {
  const { graded } = sample;
  const found = graded.filter(({ probabilities }) => probabilities !== null);
  const right = ({ truth, answer }: GradedCase): boolean => truth === answer;
  const byTable = (cases: readonly GradedCase[], statistic: (table: number[][]) => number): Estimate | null =>
    estimateOf(
      draws.interval(cases, (weights) => statistic(weightedTable(cases, weights))),
      cases.length,
      'patient-bootstrap',
    );
  return {
    topOne: defined(shareOf(graded, right)),
    topOneByPatient: defined(meanByPatient(draws, graded, (hip) => (right(hip) ? 1 : 0))),
    topOneOfFound: shareOf(found, right),
    balancedAccuracy: defined(byTable(graded, balancedAccuracy)),
    macroSpecificity: byTable(found, (table) => macroSpecificity(square(table))),
    meanOneVersusRest: byTable(found, (table) => meanOneVersusRestAccuracy(square(table))),
    macroArea: {
      foundByDeLong: null,
      foundByPatient: macroArea(draws, found),
      allByPatient: macroArea(draws, graded),
    },
    byClass: gradeGroups.map((group, k) => ({
      group,
      hips: graded.filter(({ truth }) => truth === k).length,
      ...oneVersusRest(graded, k),
      area: rankingArea(draws, graded, (other) => other === k),
      averagePrecision: areaOf(draws, found, (other) => other === k, rankedPrecision),
    })),
    byGrade: snapshotGrade.options.map((grade) => {
      const those = graded.filter(({ hip }) => hip.grade === grade);
      return {
        grade,
        hips: those.length,
        found: shareOf(those, ({ probabilities }) => probabilities !== null),
        right: shareOf(those, right),
        fractureRight:
          isFractureCalled &&
          shareOf(those, (hip) => hip.probabilities !== null && isFractureCalled(hip) === (hip.truth !== 0)),
      };
    }),
    confusion: weightedTable(graded, new Float64Array(graded.length).fill(1)).slice(0, gradeGroups.length),
  };
}

/** Truths by answers, with 'not found' as a fourth answer (and a fourth row that stays empty). */
export function weightedTable(cases: readonly GradedCase[], weights: Float64Array): number[][] {
  const table = Array.from({ length: notFound + 1 }, () => new Array<number>(notFound + 1).fill(0));
  for (let i = 0; i < cases.length; i++) table[cases[i]!.truth]![cases[i]!.answer]! += weights[i]!;
  return table;
}

/** Without the row and the column of hips that were not found. */
const square = (table: readonly (readonly number[])[]): number[][] =>
  table.slice(0, notFound).map((row) => row.slice(0, notFound));

function macroSpecificity(table: readonly (readonly number[])[]): number {
  const total = table.flat().reduce((sum, n) => sum + n, 0);
  const shares = table.map((row, k) => {
    const truths = row.reduce((sum, n) => sum + n, 0);
    const falsePositives = table.reduce((sum, other, i) => sum + (i === k ? 0 : other[k]!), 0);
    return 1 - falsePositives / (total - truths);
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** 'This class or another'; a missed hip counts as wrong wherever it is counted. */
function oneVersusRest(
  graded: readonly GradedCase[],
  k: number,
): Record<'accuracy' | 'sensitivity' | 'specificity' | 'ppv' | 'npv', Estimate | null> {
  const called = ({ answer }: GradedCase): boolean => answer === k;
  const answered = ({ answer }: GradedCase): boolean => answer !== notFound;
  const those = graded.filter(({ truth }) => truth === k);
  const others = graded.filter(({ truth }) => truth !== k);
  return {
    accuracy: shareOf(graded, (hip) => answered(hip) && called(hip) === (hip.truth === k)),
    sensitivity: shareOf(those, called),
    specificity: shareOf(others, (hip) => answered(hip) && !called(hip)),
    ppv: shareOf(graded.filter(called), ({ truth }) => truth === k),
    npv: shareOf(
      graded.filter((hip) => answered(hip) && !called(hip)),
      ({ truth }) => truth !== k,
    ),
  };
}

/** A missed hip has no rank of its own: it stands below every found one. */
export const scoreOf =
  (isOf: Classes) =>
  ({ probabilities }: GradedCase): number =>
    probabilities === null ? -Infinity : logOdds(probabilities, isOf);

function areaOf(
  draws: PatientDraws,
  cases: readonly GradedCase[],
  isOf: Classes,
  statistic: typeof rankedArea,
): Estimate | null {
  const weighted = statistic(
    cases.map(scoreOf(isOf)),
    cases.map(({ truth }) => isOf(truth)),
  );
  return estimateOf(draws.interval(cases, weighted), cases.length, 'patient-bootstrap');
}

/** Ranking AUC of some classes against the others. */
export function rankingArea(draws: PatientDraws, graded: readonly GradedCase[], isOf: Classes): RankingArea {
  const found = graded.filter(({ probabilities }) => probabilities !== null);
  const truths = found.map(({ truth }) => isOf(truth));
  // DeLong's variance needs two cases of each kind.
  const enough = truths.filter(Boolean).length > 1 && truths.filter((is) => !is).length > 1;
  return {
    foundByDeLong: enough
      ? estimateOf(deLong(found.map(scoreOf(isOf)), truths), found.length, 'delong')
      : null,
    foundByPatient: areaOf(draws, found, isOf, rankedArea),
    allByPatient: areaOf(draws, graded, isOf, rankedArea),
  };
}

/** Mean of the areas of each class against the rest. */
function macroArea(draws: PatientDraws, cases: readonly GradedCase[]): Estimate | null {
  return estimateOf(draws.interval(cases, macroAreaOf(cases)), cases.length, 'patient-bootstrap');
}

export function macroAreaOf(cases: readonly GradedCase[]): WeightedStatistic {
  const areas = gradeGroups.map((_, k) =>
    rankedArea(
      cases.map(scoreOf((group) => group === k)),
      cases.map(({ truth }) => truth === k),
    ),
  );
  return (weights) => areas.reduce((sum, area) => sum + area(weights), 0) / areas.length;
}
