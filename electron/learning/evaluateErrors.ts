/** The worst mistakes, to be looked at: hips that were not found, and confident wrong answers. */
import type { NamedError } from '../contract/evaluation.ts';
import { gradeGroups } from '../contract/finding.ts';
import type { GradedCase, Sample } from './evaluateSample.ts';

/** How many are shown; a quarter at most are missed hips, so that they do not hide the rest. */
const shown = 24;

/** Missed hips first, then wrong answers by how little the machine gave to the truth. */
export function worstErrors({ graded }: Sample): NamedError[] {
  const missed = graded.filter(({ probabilities }) => probabilities === null).slice(0, shown / 4);
  const wrong = graded
    .filter(({ truth, answer, probabilities }) => probabilities !== null && answer !== truth)
    .sort((a, b) => a.probabilities![a.truth]! - b.probabilities![b.truth]!);
  return [...missed, ...wrong].slice(0, shown).map(named);
}

function named({ film, hip, answer }: GradedCase): NamedError {
  return {
    patient: film.patient,
    film: film.film,
    laterality: hip.laterality,
    view: film.view,
    // A case that is graded has a grade.
    grade: hip.grade!,
    answer: gradeGroups[answer] ?? null,
    probabilities: hip.found?.probabilities ?? null,
    overlap: hip.found?.overlap ?? 0,
    implant: hip.implant,
    box: hip.box,
    answeredBox: hip.found?.box ?? null,
  };
}
