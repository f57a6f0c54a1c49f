/** Everything that is not as it should be in one hip, as a caller asked for it. */
import { CalcarError } from '../contract/errors.ts';
import type { Millimetres } from '../contract/units.ts';
import type { Random } from '../random/random.ts';
import { type ArthritisParameters, noArthritis, sampleArthritis } from './arthritisParameters.ts';
import { type HipFindingPlan, type OtherCondition, reducedCondition, sampleCondition } from './conditions.ts';
import {
  type FractureParameters,
  type PhantomGrade,
  reducedFracture,
  sampleFracture,
} from './fractureParameters.ts';
import { type ImplantParameters, replacesHead, sampleImplant } from './implantParameters.ts';

export interface HipFindings {
  /** Of the neck, fresh. */
  readonly fracture: FractureParameters | null;
  /** Another injury in its place. */
  readonly condition: OtherCondition | null;
  readonly implant: ImplantParameters | null;
  readonly arthritis: ArthritisParameters;
}

/** What a caller asks of a patient: a grade for each neck, other injuries and implants; nothing is a whole hip. */
export interface PatientPlan {
  readonly left?: PhantomGrade;
  readonly right?: PhantomGrade;
  readonly findings?: { readonly left?: HipFindingPlan; readonly right?: HipFindingPlan };
}

/** What the findings of a hip depend on. */
export interface HipOwner {
  readonly age: number;
  /** To arthritis: a normal deviate that both hips of a patient share. */
  readonly disposition: number;
  readonly headDiameter: Millimetres;
  readonly jointSpace: Millimetres;
}

/** Share of a displacement that is left when a surgeon has put the bone back and fixed it. */
const leftByReduction = 0.15;

/**
 * Draws the findings of one hip. A fracture that an implant holds has been reduced first. Each comes from a stream of its own, so that a fracture moves no other draw.
 * @throws CalcarError 'invalid-input' for two injuries of one femur, or an injury of a neck that an implant replaced
 */
export function sampleFindings(
  random: Random,
  grade: PhantomGrade,
  plan: HipFindingPlan,
  owner: HipOwner,
): HipFindings {
  if (grade !== 'none' && plan.condition !== undefined) {
    throw new CalcarError(
      'invalid-input',
      'A simulated hip can have a fracture of the neck or another injury, not both. Ask for one of them.',
    );
  }
  const implant =
    plan.implant === undefined
      ? null
      : sampleImplant(random.stream('implant'), plan.implant, owner.headDiameter);
  const replaced = replacesHead(implant);
  if (replaced && (grade !== 'none' || (plan.condition !== undefined && plan.condition !== 'pubic-ramus'))) {
    throw new CalcarError(
      'invalid-input',
      'A simulated hip with an artificial head has no neck of its own to break. Ask for one of the two.',
    );
  }
  const arthritis = sampleArthritis(
    random.stream('arthritis'),
    owner.disposition,
    owner.age,
    owner.jointSpace,
  );
  const fracture = grade === 'none' ? null : sampleFracture(random.stream('fracture'), grade);
  const condition =
    plan.condition === undefined ? null : sampleCondition(random.stream('condition'), plan.condition);
  const left = implant === null ? 1 : leftByReduction;
  return {
    fracture: fracture && reducedFracture(fracture, left),
    condition: condition && reducedCondition(condition, left),
    implant,
    arthritis: replaced ? noArthritis : arthritis,
  };
}
