import { type Degrees, type Millimetres, mm } from '../contract/units.ts';
import type { PatientPoint } from '../volume/volume.ts';
import {
  apposition,
  cutPoints,
  gardenIndexAP,
  gardenIndexLateral,
  headCentreShift,
  lowerNeckMargin,
  pauwelsAngle,
} from './alignment.ts';
import type { ArthritisParameters } from './arthritisParameters.ts';
import type { HipConditionKind } from './conditions.ts';
import type { Femur } from './femur.ts';
import type { PhantomGrade } from './fractureParameters.ts';
import { type FemurPieces, still } from './fragments.ts';
import type { ImplantKind } from './implantParameters.ts';
import type { FemurParameters } from './parameters.ts';
import { inPatient, type Side } from './placement.ts';
import { add, compose, inverse, type RigidMotion, type Vector } from './rigid.ts';

/** How head and shaft moved, whole → broken, in patient coordinates. Not moved: the identity. */
export interface FragmentMotions {
  readonly proximal: RigidMotion;
  readonly distal: RigidMotion;
}

/** What is known of one simulated hip. Points lie where they are after every injury moved them. */
export interface HipTruth {
  /** Of a fresh fracture of the femoral neck; 'none' for whatever else a hip may have. */
  readonly grade: PhantomGrade;
  readonly condition: HipConditionKind;
  readonly implant: ImplantKind | null;
  readonly arthritisGrade: ArthritisParameters['grade'];
  /** True when the hip has something that the three classes do not name: another injury or an implant. */
  readonly outOfScope: boolean;
  readonly headCentre: PatientPoint;
  readonly headDiameter: Millimetres;
  /** Of the femur before it broke. */
  readonly neckShaftAngle: Degrees;
  readonly greaterTrochanter: PatientPoint;
  readonly lesserTrochanter: PatientPoint;
  readonly neckMidpoint: PatientPoint;
  /** The bounding box of their projection is the hip's box: joint roof to 15 mm below the lesser trochanter. */
  readonly boxCorners: readonly PatientPoint[];
  /** Samples, 1.5 mm apart, of both faces of a broken femur or ramus; empty where nothing is broken. */
  readonly fracturePoints: readonly PatientPoint[];
  readonly fragments: FragmentMotions;
  /** Compressive trabeculae of the head against the shaft, from the front; 160° when whole (Garden 1961). */
  readonly gardenAlignmentIndexAP: Degrees;
  /** Head against neck, from the side; 180° when whole, less when the head tilts to the back. */
  readonly gardenAlignmentIndexLateral: Degrees;
  /** How far the neck's lower margin rose above Shenton's arc that it continues; 0 when whole. */
  readonly shentonStep: Millimetres;
  /** How far the centre of the head moved against the shaft. */
  readonly headCentreShift: Millimetres;
  /** Of the neck's fracture, fresh or healed; null where the neck was never broken. */
  readonly neck: NeckTruth | null;
}

export interface NeckTruth {
  /** Of the plane of the fracture, in the frame of the whole bone. */
  readonly pauwelsAngle: Degrees;
  /** 0 at the edge of the head, 1 at the trochanteric line. */
  readonly neckFraction: number;
  readonly level: 'subcapital' | 'transcervical';
  readonly gap: Millimetres | null;
  /** Share of the head's face that still stands opposite the neck's. */
  readonly contact: number;
  /** Cubic millimetres of crushed bone that both fragments claim. */
  readonly overlapVolume: number;
}

/** A hip as it was built. */
export interface BuiltHip {
  readonly parameters: FemurParameters;
  readonly femur: Femur;
  readonly pieces: FemurPieces;
  readonly placement: RigidMotion;
  readonly side: Side;
  /** Samples of a broken pubic ramus; null where it is whole. */
  readonly ramusPoints: readonly PatientPoint[] | null;
}

export function hipTruth({ parameters, femur, pieces, placement, side, ramusPoints }: BuiltHip): HipTruth {
  const { head, shaft, surface } = pieces;
  const onHead = (p: Vector) => inPatient(p, placement, side, head);
  const onShaft = (p: Vector) => inPatient(p, placement, side, shaft);
  const { greaterTrochanter, lesserTrochanter, neckMidpoint } = femur.landmarks;
  const holder = (p: Vector) => pieces.fragments.find(({ within }) => within === null || within(...p) < 0);
  const held = (p: Vector) => inPatient(p, placement, side, holder(p)?.motion ?? shaft);
  const cut = surface === null ? [] : cutPoints(surface, femur);
  const margin = lowerNeckMargin(femur);
  const condition: HipConditionKind =
    parameters.fracture === null ? (parameters.condition?.kind ?? 'none') : 'femoral-neck-fracture';
  return {
    grade: parameters.fracture?.grade ?? 'none',
    condition,
    implant: parameters.implant?.kind ?? null,
    arthritisGrade: parameters.arthritis.grade,
    outOfScope: parameters.condition !== null || parameters.implant !== null,
    headCentre: onHead([0, 0, 0]),
    headDiameter: parameters.headDiameter,
    neckShaftAngle: parameters.neckShaftAngle,
    greaterTrochanter: held(greaterTrochanter),
    lesserTrochanter: held(lesserTrochanter),
    neckMidpoint: held(neckMidpoint),
    boxCorners: boxCorners(parameters, femur, placement, side, held),
    fracturePoints: ramusPoints ?? [...cut.map(onHead), ...cut.map(onShaft)],
    fragments: {
      proximal: asPatientMotion(head, placement, side),
      distal: asPatientMotion(shaft, placement, side),
    },
    gardenAlignmentIndexAP: gardenIndexAP(head, shaft),
    gardenAlignmentIndexLateral: gardenIndexLateral(femur, head, shaft),
    shentonStep: mm(held(margin)[2] - inPatient(margin, placement, side)[2]),
    headCentreShift: headCentreShift(head, shaft),
    neck: neckTruth(parameters, femur, pieces, cut),
  };
}

function neckTruth(
  { fracture, condition }: FemurParameters,
  femur: Femur,
  pieces: FemurPieces,
  cut: readonly Vector[],
): NeckTruth | null {
  const line = fracture ?? (condition?.kind === 'united-fracture' ? condition : null);
  if (line === null || pieces.surface === null) return null;
  return {
    pauwelsAngle: pauwelsAngle(pieces.surface.normal),
    neckFraction: line.neckFraction,
    level: line.neckFraction < 0.3 ? 'subcapital' : 'transcervical',
    ...apposition(pieces, femur, cut),
  };
}

/** Corners of the acetabular roof, the medial wall, the head, the trochanters and the shaft below the lesser one. */
function boxCorners(
  parameters: FemurParameters,
  femur: Femur,
  placement: RigidMotion,
  side: Side,
  held: (p: Vector) => PatientPoint,
): PatientPoint[] {
  const socket = femur.headRadius + parameters.jointSpace;
  const centre = placement.translation;
  const fixed = (u: number, y: number, z: number): PatientPoint =>
    inPatient(add(centre, [u, y, z]), still, side);
  const [, , lesserZ] = femur.landmarks.lesserTrochanter;
  const half = parameters.shaftDiameter / 2;
  const { greaterTrochanter, lesserTrochanter } = femur.landmarks;
  const below = lesserZ - 1.5 * parameters.lesserTrochanterSize - 15;
  const radius = femur.headRadius;
  return [
    fixed(-socket - 18, 0, socket + 18),
    // At least this far, so that a short or turned femur still gets the whole region.
    fixed(66, 0, -72),
    held([-radius, 0, 0]),
    held([0, 0, radius]),
    held(add(greaterTrochanter, [0, 0, 4])),
    held([parameters.offset + 34, 5, greaterTrochanter[2] - 24]),
    held([parameters.offset + 9, 27, greaterTrochanter[2] - 24]),
    held([parameters.offset + 9, -16, greaterTrochanter[2] - 24]),
    held(add(lesserTrochanter, [-4, 0, 0])),
    held([parameters.offset - half, 0, below]),
    held([parameters.offset + half, 0, below]),
  ];
}

/** M · motion · M⁻¹, where M takes the femur's frame to the patient, mirrored for the right side. */
function asPatientMotion(motion: RigidMotion, placement: RigidMotion, side: Side): RigidMotion {
  const { rotation, translation } = compose(placement, compose(motion, inverse(placement)));
  // Mirroring x changes the sign of every term with exactly one x in it.
  const [a, b, c, d, e, f, g, h, i] = rotation;
  return {
    rotation: [a, side * b, side * c, side * d, e, f, side * g, h, i],
    translation: [side * translation[0], translation[1], translation[2]],
  };
}
