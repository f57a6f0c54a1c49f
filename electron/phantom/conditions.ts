/** What a hip may have besides a fresh fracture of the femoral neck: other fractures, dislocation, a healed one. */
import { type Degrees, degrees, type Millimetres, mm } from '../contract/units.ts';
import type { Random } from '../random/random.ts';
import type { ImplantKind } from './implantParameters.ts';

export const otherConditionKinds = [
  'pertrochanteric',
  'subtrochanteric',
  'pubic-ramus',
  'dislocation',
  'united-fracture',
] as const;
export type OtherConditionKind = (typeof otherConditionKinds)[number];

/** 'none' may still have an implant or arthritis. */
export type HipConditionKind = 'none' | 'femoral-neck-fracture' | OtherConditionKind;

/** What a caller may ask for on one side beyond a grade. */
export interface HipFindingPlan {
  readonly condition?: OtherConditionKind;
  readonly implant?: ImplantKind;
}

/** From the greater to the lesser trochanter (AO/OTA 31-A). */
export interface PertrochantericFracture {
  readonly kind: 'pertrochanteric';
  /** Of the main line against the horizontal, seen from the front; it falls towards the midline. */
  readonly slope: Degrees;
  readonly obliquity: Degrees;
  /** Of the head and neck, into varus. */
  readonly varus: Degrees;
  readonly externalRotation: Degrees;
  readonly migration: Millimetres;
  readonly gap: Millimetres;
  /** How far the iliopsoas pulled the lesser trochanter off (31-A2); null while it holds. */
  readonly lesserAvulsion: Millimetres | null;
  /** How far the abductors pulled the tip of the greater one off; null while it holds. */
  readonly greaterAvulsion: Millimetres | null;
  readonly roughness: Millimetres;
}

/** Through the shaft within 5 cm below the lesser trochanter; the hip's muscles flex, abduct and turn out what is above. */
export interface SubtrochantericFracture {
  readonly kind: 'subtrochanteric';
  readonly belowLesserTrochanter: Millimetres;
  readonly slope: Degrees;
  readonly obliquity: Degrees;
  readonly abduction: Degrees;
  readonly flexion: Degrees;
  readonly externalRotation: Degrees;
  readonly medialShift: Millimetres;
  readonly shortening: Millimetres;
  readonly roughness: Millimetres;
}

/** Through the upper and the lower ramus of one side, across the obturator foramen. */
export interface PubicRamusFracture {
  readonly kind: 'pubic-ramus';
  /** Where between the midline (0) and the centre of the acetabulum (1). */
  readonly place: number;
  /** Lean of the break out of the sagittal plane, seen from the front and from above. */
  readonly lean: Degrees;
  readonly swing: Degrees;
  /** How the symphysis' side moved: towards the midline, to the back, up. */
  readonly shift: readonly [Millimetres, Millimetres, Millimetres];
  readonly roughness: Millimetres;
}

/** The head out of its socket: behind and above it, or, rarely, in front of and below it. */
export interface Dislocation {
  readonly kind: 'dislocation';
  readonly direction: 'posterior' | 'anterior';
  /** Of the head's centre: to the lateral side, to the back, up. */
  readonly shift: readonly [Millimetres, Millimetres, Millimetres];
  readonly flexion: Degrees;
  readonly adduction: Degrees;
  readonly externalRotation: Degrees;
}

/** A neck fracture of long ago that healed as it lay. */
export interface UnitedFracture {
  readonly kind: 'united-fracture';
  readonly neckFraction: number;
  readonly pauwelsAngle: Degrees;
  readonly obliquity: Degrees;
  readonly valgus: Degrees;
  readonly posteriorTilt: Degrees;
  readonly externalRotation: Degrees;
  /** By how much the neck healed shorter. */
  readonly shortening: Millimetres;
}

export type OtherCondition =
  PertrochantericFracture | SubtrochantericFracture | PubicRamusFracture | Dislocation | UnitedFracture;

/**
 * Draws a condition. Lines and displacements are those of the textbooks (AO/OTA 2018; Rockwood and Green):
 * posterior dislocations lie flexed, adducted and turned in, nine of ten dislocations are posterior.
 */
export function sampleCondition(random: Random, kind: OtherConditionKind): OtherCondition {
  switch (kind) {
    case 'pertrochanteric':
      return {
        kind,
        slope: degrees(random.normalWithin(61, 5, 50, 72)),
        obliquity: degrees(random.normalWithin(0, 8, -18, 18)),
        varus: degrees(random.normalWithin(12, 7, 0, 26)),
        externalRotation: degrees(random.normalWithin(24, 12, 0, 50)),
        migration: mm(random.normalWithin(7, 5, 0, 20)),
        gap: mm(random.between(0.5, 4)),
        lesserAvulsion: random.chance(0.55) ? mm(random.between(4, 20)) : null,
        greaterAvulsion: random.chance(0.35) ? mm(random.between(3, 12)) : null,
        roughness: mm(random.between(1, 2.5)),
      };
    case 'subtrochanteric':
      return {
        kind,
        belowLesserTrochanter: mm(random.between(8, 38)),
        slope: degrees(random.between(-40, 40)),
        obliquity: degrees(random.between(-30, 30)),
        abduction: degrees(random.normalWithin(14, 7, 2, 30)),
        flexion: degrees(random.normalWithin(18, 9, 2, 40)),
        externalRotation: degrees(random.normalWithin(15, 8, 0, 35)),
        medialShift: mm(random.normalWithin(8, 6, 0, 22)),
        shortening: mm(random.normalWithin(9, 7, 0, 28)),
        roughness: mm(random.between(1, 2.5)),
      };
    case 'pubic-ramus':
      return {
        kind,
        place: random.between(0.36, 0.6),
        lean: degrees(random.normalWithin(0, 16, -32, 32)),
        swing: degrees(random.normalWithin(0, 14, -30, 30)),
        shift: [
          mm(random.between(0.8, 4)),
          mm(random.between(-4, 4)),
          mm(random.between(2, 7) * (random.chance(0.5) ? 1 : -1)),
        ],
        roughness: mm(random.between(0.8, 2)),
      };
    case 'dislocation':
      return random.chance(0.9)
        ? {
            kind,
            direction: 'posterior',
            shift: [mm(random.between(4, 18)), mm(random.between(24, 36)), mm(random.between(22, 44))],
            flexion: degrees(random.between(0, 25)),
            adduction: degrees(random.between(6, 18)),
            externalRotation: degrees(-random.between(22, 48)),
          }
        : {
            kind,
            direction: 'anterior',
            shift: [mm(-random.between(14, 26)), mm(-random.between(16, 26)), mm(-random.between(26, 38))],
            flexion: degrees(random.between(0, 20)),
            adduction: degrees(-random.between(15, 35)),
            externalRotation: degrees(random.between(20, 45)),
          };
    case 'united-fracture':
      return {
        kind,
        neckFraction: random.between(0.08, 0.5),
        pauwelsAngle: degrees(random.normalWithin(45, 9, 30, 65)),
        obliquity: degrees(random.normalWithin(0, 8, -20, 20)),
        valgus: degrees(random.chance(0.5) ? random.between(3, 16) : -random.between(4, 22)),
        posteriorTilt: degrees(random.normalWithin(10, 6, 0, 25)),
        externalRotation: degrees(random.normalWithin(4, 6, -8, 20)),
        shortening: mm(random.between(2, 9)),
      };
  }
}

/** The same injury with `left` of its displacement (1 all, 0 none). What healed or is no fracture of the femur stays. */
export function reducedCondition(condition: OtherCondition, left: number): OtherCondition {
  if (left === 1) return condition;
  switch (condition.kind) {
    case 'pertrochanteric':
      return {
        ...condition,
        varus: degrees(condition.varus * left),
        externalRotation: degrees(condition.externalRotation * left),
        migration: mm(condition.migration * left),
        gap: mm(condition.gap * left),
      };
    case 'subtrochanteric':
      return {
        ...condition,
        abduction: degrees(condition.abduction * left),
        flexion: degrees(condition.flexion * left),
        externalRotation: degrees(condition.externalRotation * left),
        medialShift: mm(condition.medialShift * left),
        shortening: mm(condition.shortening * left),
      };
    case 'pubic-ramus':
    case 'dislocation':
    case 'united-fracture':
      return condition;
  }
}
