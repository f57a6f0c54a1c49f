/** Whether the numbers of a report can come from its own confusion table. */
import type { Estimate, EvaluationReport } from '../../contract/evaluation.ts';
import { gradeGroupOf, gradeGroups } from '../../contract/finding.ts';
import { notFound } from './evaluateSample.ts';

/** What is reported under a name, and what the table gives. */
type Pair = readonly [name: string, reported: number, counted: number];

const tolerance = 1e-9;

/** Counts everything again that the confusion table and the decisions' counts determine. */
export function consistencyReport(
  classifier: EvaluationReport['classifier'],
  fracture: EvaluationReport['fracture'],
): EvaluationReport['consistency'] {
  const pairs = [...fromTable(classifier), ...byGroup(classifier), ...fromDecisions(classifier, fracture)];
  const wrong = pairs.filter(([, reported, counted]) => !(Math.abs(reported - counted) <= tolerance));
  return wrong.length === 0
    ? {
        holds: true,
        sentence: `${String(pairs.length)} of the numbers were counted again from the confusion table, and all agree.`,
      }
    : {
        holds: false,
        sentence: `These numbers do not follow from the confusion table: ${wrong.map(([name]) => name).join(', ')}. Do not use this report, and tell the makers of Calcar.`,
      };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, n) => total + n, 0);

/** Nothing where nothing was reported. */
const pair = (name: string, value: Estimate | null, counted: number): Pair[] =>
  value === null ? [] : [[name, value.estimate, counted]];

function fromTable({
  confusion,
  topOne,
  topOneByPatient,
  balancedAccuracy,
  meanOneVersusRest,
  byClass,
}: EvaluationReport['classifier']): Pair[] {
  const all = sum(confusion.flat());
  const right = sum(confusion.map((row, k) => row[k]!));
  const found = all - sum(confusion.map((row) => row[notFound]!));
  const recalls = confusion.flatMap((row, k) => (sum(row) === 0 ? [] : [row[k]! / sum(row)]));
  return [
    ...pair('top-1', topOne, right / all),
    ...pair('top-1 by patient', topOneByPatient, right / all),
    ...pair('balanced accuracy', balancedAccuracy, sum(recalls) / recalls.length),
    // Every wrong answer of three is wrong in two of the three questions.
    ...pair('mean one-versus-rest accuracy', meanOneVersusRest, 1 - (2 * (found - right)) / (3 * found)),
    ...byClass.flatMap(({ group, accuracy, sensitivity, specificity, ppv, npv }, k): Pair[] => {
      const those = sum(confusion[k]!);
      const missedOthers = sum(confusion.map((row, i) => (i === k ? 0 : row[notFound]!)));
      const called = sum(confusion.map((row) => row[k]!));
      const hit = confusion[k]![k]!;
      const left = all - those - (called - hit) - missedOthers;
      return [
        ...pair(`accuracy of ${group}`, accuracy, (hit + left) / all),
        ...pair(`sensitivity of ${group}`, sensitivity, hit / those),
        ...pair(`specificity of ${group}`, specificity, left / (all - those)),
        ...pair(`PPV of ${group}`, ppv, hit / called),
        ...pair(`NPV of ${group}`, npv, left / (found - called)),
      ];
    }),
  ];
}

/** The grades of a class together are the class. */
function byGroup({ confusion, byGrade }: EvaluationReport['classifier']): Pair[] {
  return gradeGroups.flatMap((group, k): Pair[] => {
    const those = byGrade.filter(({ grade }) => gradeGroupOf(grade) === group);
    const right = sum(those.map(({ hips, right: share }) => hips * (share?.estimate ?? 0)));
    return [
      [`hips of the grades of ${group}`, sum(those.map(({ hips }) => hips)), sum(confusion[k]!)],
      [`right among the grades of ${group}`, right, confusion[k]![k]!],
    ];
  });
}

function fromDecisions(
  { confusion }: EvaluationReport['classifier'],
  { operatingPoints, prevalence }: EvaluationReport['fracture'],
): Pair[] {
  const [whole, ...broken] = confusion.map(sum) as [number, number, number];
  const [foundWhole, ...foundBroken] = confusion.map((row) => sum(row.slice(0, notFound))) as [
    number,
    number,
    number,
  ];
  return [
    ...pair('share of broken hips', prevalence, sum(foundBroken) / (foundWhole + sum(foundBroken))),
    ...operatingPoints.flatMap(({ name, counts, sensitivity, specificity, ppv, npv }): Pair[] => {
      const { truePositive, falseNegative, trueNegative, falsePositive } = counts;
      return [
        [`broken hips, ${name}`, truePositive + falseNegative, sum(broken)],
        [`whole hips, ${name}`, trueNegative + falsePositive, whole],
        ...pair(`sensitivity, ${name}`, sensitivity, truePositive / (truePositive + falseNegative)),
        ...pair(`specificity, ${name}`, specificity, trueNegative / (trueNegative + falsePositive)),
        ...pair(`PPV, ${name}`, ppv, truePositive / (truePositive + falsePositive)),
        ...pair(`NPV, ${name}`, npv, trueNegative / (trueNegative + falseNegative)),
      ];
    }),
  ];
}
