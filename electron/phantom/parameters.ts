import {
  type Degrees,
  degrees,
  type HounsfieldUnits,
  hounsfield,
  type Millimetres,
  mm,
} from '../contract/units.ts';
import type { Random } from '../random/random.ts';
import type { HipFindingPlan } from './conditions.ts';
import { type HipFindings, type PatientPlan, sampleFindings } from './findings.ts';
import type { PhantomGrade } from './fractureParameters.ts';

export type { FractureParameters, PhantomGrade } from './fractureParameters.ts';

/** One proximal femur as it would be unbroken, how it lies on the table, and what is wrong with it. */
export interface FemurParameters extends HipFindings {
  readonly neckShaftAngle: Degrees;
  /** Version of the neck against the condyles; anteversion is positive. */
  readonly anteversion: Degrees;
  /** Rotation of the leg on the table; external is positive, the textbook film has -15. */
  readonly externalRotation: Degrees;
  /** Tilt of the shaft towards the midline, seen from the front. */
  readonly adduction: Degrees;
  readonly headDiameter: Millimetres;
  /** Head centre to shaft axis, across the shaft. */
  readonly offset: Millimetres;
  /** Narrowest diameters of the neck. */
  readonly neckDiameterSuperoinferior: Millimetres;
  readonly neckDiameterAnteroposterior: Millimetres;
  /** Outer diameter of the shaft well below the lesser trochanter. */
  readonly shaftDiameter: Millimetres;
  readonly shaftCortex: Millimetres;
  readonly superiorNeckCortex: Millimetres;
  readonly inferiorNeckCortex: Millimetres;
  /** Tip of the greater trochanter above (positive) the centre of the head, along the shaft. */
  readonly trochanterHeight: Millimetres;
  readonly lesserTrochanterSize: Millimetres;
  readonly jointSpace: Millimetres;
}

/** Everything about a simulated patient but the grain of the tissue; plain data, safe to write as JSON. */
export interface PatientParameters {
  readonly sex: 'female' | 'male';
  /** Years. */
  readonly age: number;
  /** Distance between the centres of the femoral heads. */
  readonly hipSeparation: Millimetres;
  /** Size of the pelvis against a mean adult man. */
  readonly pelvisScale: number;
  /** How much larger the left hip bone is than the right, as a share of either. */
  readonly pelvicAsymmetry: number;
  /** Forward tilt of the pelvis about the line through the hips. */
  readonly pelvicTilt: Degrees;
  readonly acetabularInclination: Degrees;
  readonly acetabularAnteversion: Degrees;
  readonly corticalDensity: HounsfieldUnits;
  /** Cancellous bone of the femoral neck. */
  readonly cancellousDensity: HounsfieldUnits;
  /** Half the body's width and depth at the trochanters, skin to skin. */
  readonly bodyHalfWidth: Millimetres;
  readonly bodyHalfDepth: Millimetres;
  readonly subcutaneousFat: Millimetres;
  /** Share of fat between and inside the muscles. */
  readonly muscleFat: number;
  readonly bowelGasPockets: number;
  readonly left: FemurParameters;
  readonly right: FemurParameters;
}

/** What both hips of one person share before each gets its own small difference. */
interface SharedHip {
  readonly neckShaftAngle: number;
  readonly anteversion: number;
  readonly headDiameter: number;
  /** Head centre to shaft axis along the neck. */
  readonly neckAxis: number;
  readonly externalRotation: number;
  readonly arthritis: number;
}

/**
 * Draws a patient. Sources: neck-shaft angle 124.7 (6.2)°, version 14.5 (8.1)°, offset 42.9 (6.8) mm
 * (Carmona 2021); head diameter 49.1 (3.5) mm in men and 43.9 (2.3) mm in women (Jamali); neck 30.8 × 25.7
 * and 27.8 × 22.1 mm (Saengnipanthkul 2012); neck cortex by age (Poole 2010); cancellous neck 132 / 99 /
 * 41 HU in normal, osteopenic and osteoporotic bone (JKSR 2021). Age, habitus and position are drawn
 * before and apart from the fracture, so that they tell nothing about the grade.
 */
export function samplePatient(random: Random, plan: PatientPlan = {}): PatientParameters {
  const body = random.stream('body');
  const sex = body.chance(0.65) ? 'female' : 'male';
  const male = sex === 'male';
  const age = Math.round(body.normalWithin(72, 12, 40, 98));
  const hips = random.stream('hips');
  const large = hips.normalWithin(0, 1, -3, 3);
  const headDiameter = male ? 49.1 + 3.5 * large : 43.9 + 2.3 * large;
  const shared: SharedHip = {
    neckShaftAngle: hips.normalWithin(124.7, 5.7, 108, 142),
    anteversion: hips.normal(14.5, 7.5),
    headDiameter,
    // A neck of 52.2 (7.3) mm under these angles has the published offsets; large heads sit on long necks.
    neckAxis: (male ? 56.1 : 50.1) + 6.5 * (0.5 * large + 0.866 * hips.normalWithin(0, 1, -2.6, 2.6)),
    externalRotation: hips.normalWithin(-6, 12, -24, 30),
    arthritis: random.stream('arthritis').normal(),
  };
  const pelvisScale = 0.35 * (headDiameter / 49.1) + 0.65 * (male ? 1 : 0.94) + body.normal(0, 0.025);
  // Half the overweight of the body is subcutaneous fat, as far as an AP film is concerned.
  const fat = body.normalWithin(male ? 18 : 26, 9, 8, 60);
  const offset = offsetOf(shared.neckAxis, shared.neckShaftAngle);
  const bone = boneQuality(random.stream('bone'), sex, age);
  const position = random.stream('position');
  const hipSeparation = (male ? 178 : 182) * pelvisScale + body.normal(0, 5);
  return {
    sex,
    age,
    hipSeparation: mm(hipSeparation),
    pelvisScale,
    // Upright, the foramina close as on an inlet view; lying down the pelvis leans back and opens them.
    pelvicTilt: degrees(position.normalWithin(-8, 5, -20, 5)),
    pelvicAsymmetry: random.stream('asymmetry').normalWithin(0, 0.012, -0.03, 0.03),
    acetabularInclination: degrees(hips.normalWithin(42, 4, 32, 52)),
    acetabularAnteversion: degrees(hips.normalWithin(18.8, 5, 5, 32)),
    corticalDensity: hounsfield(bone.cortical),
    cancellousDensity: hounsfield(bone.cancellous),
    // The greater trochanter stands some 26 mm beyond the shaft axis; fascia and fat lie over it.
    bodyHalfWidth: mm(hipSeparation / 2 + offset + 34 + fat + body.normal(0, 3)),
    bodyHalfDepth: mm(88 + fat * 0.8 + body.normal(0, 5)),
    subcutaneousFat: mm(fat),
    muscleFat: body.between(0.05, 0.3),
    bowelGasPockets: body.integer(9),
    left: sampleFemur(
      random.stream('left'),
      shared,
      sex,
      age,
      bone,
      plan.left ?? 'none',
      plan.findings?.left,
    ),
    right: sampleFemur(
      random.stream('right'),
      shared,
      sex,
      age,
      bone,
      plan.right ?? 'none',
      plan.findings?.right,
    ),
  };
}

interface BoneQuality {
  readonly cortical: number;
  readonly cancellous: number;
  /** Cortical thickness of both shaft walls over the outer diameter. */
  readonly corticalIndex: number;
}

/** Bone is lost from 50 years on, faster in women; Dorr's cortical index spans about .42 to .62. */
function boneQuality(random: Random, sex: 'female' | 'male', age: number): BoneQuality {
  const lost = Math.max(age - 50, 0) * (sex === 'female' ? 1 : 0.65);
  const person = random.normal();
  return {
    cortical: random.normalWithin(1450 - 4 * lost + 80 * person, 60, 1050, 1750),
    cancellous: random.normalWithin(145 - 2.2 * lost + 25 * person, 15, 15, 240),
    corticalIndex: random.normalWithin(0.6 - 0.0025 * lost + 0.03 * person, 0.02, 0.38, 0.68),
  };
}

function sampleFemur(
  random: Random,
  shared: SharedHip,
  sex: 'female' | 'male',
  age: number,
  bone: BoneQuality,
  grade: PhantomGrade,
  finding: HipFindingPlan = {},
): FemurParameters {
  const male = sex === 'male';
  const headDiameter = Math.max(shared.headDiameter + random.normal(0, 0.5), 36);
  const size = headDiameter / (male ? 49.1 : 43.9);
  const shaftDiameter = (male ? 30 : 27) * (0.6 + 0.4 * size) + random.normal(0, 1.2);
  const jointSpace = mm(random.normalWithin(4, 0.6, 2.6, 5.4));
  // Poole 2010: 1.63 mm at 25 years to 0.33 mm at 85 above, 3.9 to 3.3 mm below.
  const decline = (age - 25) / 60;
  const neckShaftAngle = shared.neckShaftAngle + random.normal(0, 2.4);
  const neckAxis = shared.neckAxis + random.normal(0, 1.6);
  return {
    neckShaftAngle: degrees(neckShaftAngle),
    anteversion: degrees(shared.anteversion + random.normal(0, 3)),
    externalRotation: degrees(shared.externalRotation + random.normal(0, 5)),
    adduction: degrees(random.normalWithin(6, 3, -3, 13)),
    headDiameter: mm(headDiameter),
    offset: mm(offsetOf(neckAxis, neckShaftAngle)),
    neckDiameterSuperoinferior: mm((male ? 30.8 : 27.8) * (0.3 + 0.7 * size) + random.normal(0, 0.9)),
    neckDiameterAnteroposterior: mm((male ? 25.65 : 22.08) * (0.3 + 0.7 * size) + random.normal(0, 0.9)),
    shaftDiameter: mm(shaftDiameter),
    shaftCortex: mm((bone.corticalIndex * shaftDiameter) / 2),
    superiorNeckCortex: mm(Math.max(1.63 - 1.3 * decline + random.normal(0, 0.15), 0.3)),
    inferiorNeckCortex: mm(Math.max(3.9 - 0.6 * decline + random.normal(0, 0.3), 2)),
    // A steep neck lifts the head over the trochanter, a flat one lets it sink.
    trochanterHeight: mm(random.normalWithin(0, 3.5, -8, 8) - 0.45 * (neckShaftAngle - 124.7)),
    lesserTrochanterSize: mm(random.normalWithin(9.5, 1, 7, 12)),
    jointSpace,
    ...sampleFindings(random, grade, finding, {
      age,
      disposition: shared.arthritis,
      headDiameter: mm(headDiameter),
      jointSpace,
    }),
  };
}

/** Distance of the head's centre from the shaft axis, for a neck of this length at this angle to it. */
function offsetOf(neckAxis: number, neckShaftAngle: number): number {
  return neckAxis * Math.sin(((180 - neckShaftAngle) * Math.PI) / 180);
}
