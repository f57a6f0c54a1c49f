/** How sure the machine is, and why it leaves a hip to a human, as every door says it. */
import {
  gradeGroups,
  type Certainty,
  type GradeGroup,
  type HipFinding,
  type HumanReason,
  type Probabilities,
} from './finding.ts';

/** The calibrated probabilities where there are some, else the network's own. */
export const shownProbabilities = ({ certainty, probabilities }: HipFinding): Probabilities =>
  certainty?.probabilities ?? probabilities;

/** Groups that have a claim on this hip: the prediction set, and the likeliest one. */
const openGroups = ({ certainty, gradeGroup }: HipFinding): GradeGroup[] =>
  gradeGroups.filter((group) => group === gradeGroup || certainty?.set.includes(group) === true);

const words: Record<GradeGroup, string> = {
  none: 'no fracture seen',
  'I-II': 'Garden I–II',
  'III-IV': 'Garden III–IV',
};

/** "Garden III–IV, Garden I–II or no fracture seen": the most severe first. */
export function groupsInWords(groups: readonly GradeGroup[]): string {
  const named = gradeGroups.toReversed().flatMap((group) => (groups.includes(group) ? [words[group]] : []));
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} or ${named.at(-1)!}`;
}

/** Why a human has to decide on this hip, a sentence each; empty where the machine answers for itself. */
export const reasonsInWords = (hip: HipFinding): string[] =>
  hip.needsHuman.map((reason) => sentences[reason](hip));

const sentences: Record<HumanReason, (hip: HipFinding) => string> = {
  'several-groups': (hip) => `It can be ${groupsInWords(openGroups(hip))}.`,
  'no-group': () => 'Its answer is unlike that of nine in ten hips of every group.',
  'low-probability': () => 'No group reaches two chances in three.',
  implant: () => 'This hip seems to carry an implant, which the machine does not grade.',
  'other-injury': () => 'This hip seems to have an injury other than a fracture of the femoral neck.',
  'doubtful-film': () => 'The film raises doubts; see the notes below.',
};

/** 'Any fracture' at the two operating points: what a reader who must miss none, or must alarm for none, would be told. */
export function pointsInWords({ fractureAtHighSensitivity, fractureAtHighSpecificity }: Certainty): string {
  if (fractureAtHighSensitivity && fractureAtHighSpecificity)
    return 'Fracture called at both operating points.';
  if (fractureAtHighSensitivity) return 'Fracture called at high sensitivity, not at high specificity.';
  if (fractureAtHighSpecificity) return 'Fracture called at high specificity, not at high sensitivity.';
  return 'Fracture called at neither operating point.';
}
