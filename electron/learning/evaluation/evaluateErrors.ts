/** The worst mistakes, to be looked at: hips that were not found, and confident wrong answers, by what went wrong. */
import type { EvaluationReport, NamedError } from '../../contract/evaluation.ts';
import { gradeGroupOf, gradeGroups } from '../../contract/finding.ts';
import { notFound } from './evaluateSample.ts';
import type { GradedCase, Sample } from './evaluateSample.ts';

export const errorNames = [
  'hip not found',
  'fracture overlooked',
  'fracture seen where none is',
  'displacement misjudged',
] as const;
export type ErrorName = (typeof errorNames)[number];

/** How many of a kind are shown, so that one kind does not hide the others. */
const shownOfEach = 6;

/** Kind after kind, those first that gave the least to the truth. */
export function worstErrors({ graded }: Sample): NamedError[] {
  const wrong = graded
    .filter(({ truth, answer }) => answer !== truth)
    .sort((a, b) => (a.probabilities?.[a.truth] ?? 0) - (b.probabilities?.[b.truth] ?? 0))
    .map(named);
  return errorNames.flatMap((name) =>
    wrong.filter((error) => nameOfError(error) === name).slice(0, shownOfEach),
  );
}

export function nameOfError({ grade, answer }: Pick<NamedError, 'grade' | 'answer'>): ErrorName {
  if (answer === null) return 'hip not found';
  if (answer === 'none') return 'fracture overlooked';
  return gradeGroupOf(grade) === 'none' ? 'fracture seen where none is' : 'displacement misjudged';
}

/** How many errors of each kind there are in a confusion table. */
export function countErrors({
  confusion,
}: Pick<EvaluationReport['classifier'], 'confusion'>): Record<ErrorName, number> {
  const [none, undisplaced, displaced] = confusion as [number[], number[], number[]];
  return {
    'hip not found': none[notFound]! + undisplaced[notFound]! + displaced[notFound]!,
    'fracture overlooked': undisplaced[0]! + displaced[0]!,
    'fracture seen where none is': none[1]! + none[2]!,
    'displacement misjudged': undisplaced[2]! + displaced[1]!,
  };
}

function named({ film, hip, answer }: GradedCase): NamedError {
  return {
    patient: film.patient,
    film: film.film,
    image: film.image,
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
