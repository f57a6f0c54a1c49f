/** How sure the machine is of a hip, and why it leaves one to a human. */
import type { ModelConfidence } from '../contract/confidence.ts';
import {
  gradeGroups,
  leastSure,
  type Certainty,
  type HipFinding,
  type HumanReason,
  type Probabilities,
} from '../contract/finding.ts';

/** What tuning patients fix. */
export type FixedConfidence = Pick<
  ModelConfidence,
  'temperature' | 'conformal' | 'highSensitivity' | 'highSpecificity'
>;

/**
 * Logits are the logarithms of the probabilities up to a constant that the softmax takes out again, so dividing them by
 * the temperature (Guo et al., ICML 2017) is raising the probabilities to its inverse.
 */
export function atTemperature(raw: Probabilities, temperature: number): Probabilities {
  const raised = gradeGroups.map((group) => raw[group] ** (1 / temperature));
  const sum = raised.reduce((total, value) => total + value, 0);
  const [none, undisplaced, displaced] = raised.map((value) => value / sum);
  return { none: none!, 'I-II': undisplaced!, 'III-IV': displaced! };
}

/** Of any fracture. */
export const fractureProbability = (of: Probabilities): number => Math.min(1, of['I-II'] + of['III-IV']);

/** @param raw as the network gives them */
export function certaintyOf(raw: Probabilities, fixed: FixedConfidence): Certainty {
  const probabilities = atTemperature(raw, fixed.temperature);
  const fracture = fractureProbability(probabilities);
  return {
    probabilities,
    set: gradeGroups.filter((group) => probabilities[group] >= fixed.conformal.least[group]),
    fractureAtHighSensitivity: fracture >= fixed.highSensitivity.threshold,
    fractureAtHighSpecificity: fracture >= fixed.highSpecificity.threshold,
  };
}

/**
 * Why a human has to decide on this hip; empty where the machine answers for itself. A set of one group that is not the
 * likeliest is no answer either: two groups have a claim then.
 */
export function humanReasonsOf(
  hip: Pick<HipFinding, 'probabilities' | 'gradeGroup' | 'certainty' | 'scope'>,
  isDoubtful: boolean,
): HumanReason[] {
  const reasons: HumanReason[] = [];
  if (hip.certainty === null) {
    if (hip.probabilities[hip.gradeGroup] < leastSure) reasons.push('low-probability');
  } else if (hip.certainty.set.length === 0) reasons.push('no-group');
  else if (hip.certainty.set.some((group) => group !== hip.gradeGroup)) reasons.push('several-groups');
  if (hip.scope?.scope === 'implant') reasons.push('implant');
  if (hip.scope?.scope === 'other injury') reasons.push('other-injury');
  if (isDoubtful) reasons.push('doubtful-film');
  return reasons;
}
