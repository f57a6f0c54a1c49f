/** How far the answers agree with the truth beyond chance, in the measure that readers of Garden grades are reported by. */
import type { EvaluationReport } from '../../contract/evaluation.ts';
import { cohenKappa } from '../../statistics/kappa.ts';
import { weightedTable } from './evaluateClassifier.ts';
import { estimateOf, notFound } from './evaluateSample.ts';
import type { GradedCase, PatientDraws, Sample } from './evaluateSample.ts';

export function agreementReport({ graded }: Sample, draws: PatientDraws): EvaluationReport['agreement'] {
  const found = graded.filter(({ probabilities }) => probabilities !== null);
  const broken = found.filter(({ truth, answer }) => truth !== 0 && answer !== 0);
  const kappa = (cases: readonly GradedCase[], from: number): EvaluationReport['agreement']['threeClasses'] =>
    estimateOf(
      draws.interval(cases, (weights) => {
        const table = weightedTable(cases, weights)
          .slice(from, notFound)
          .map((row) => row.slice(from, notFound));
        return table.flat().some((count) => count > 0) ? cohenKappa(table).estimate : NaN;
      }),
      cases.length,
      'patient-bootstrap',
    );
  return { threeClasses: kappa(found, 0), displacement: kappa(broken, 1) };
}
