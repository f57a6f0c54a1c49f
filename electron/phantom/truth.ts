import { type Degrees, degrees, type Millimetres } from '../contract/units.ts';
import type { PatientPoint } from '../volume/volume.ts';
import type { Femur } from './femur.ts';
import type { Fracture } from './fracture.ts';
import type { PhantomGrade } from './fractureParameters.ts';
import type { FemurParameters } from './parameters.ts';
import { inPatient, type Side } from './placement.ts';
import { add, compose, identity, inverse, type RigidMotion, rotate, scale, type Vector } from './rigid.ts';

/** How the two fragments moved, whole → broken, in patient coordinates. Not moved: the identity. */
export interface FragmentMotions {
  readonly proximal: RigidMotion;
  readonly distal: RigidMotion;
}

/** What is known of one simulated hip. Points lie where they are after the fracture moved them. */
export interface HipTruth {
  readonly grade: PhantomGrade;
  readonly headCentre: PatientPoint;
  readonly headDiameter: Millimetres;
  /** Of the femur before it broke. */
  readonly neckShaftAngle: Degrees;
  readonly greaterTrochanter: PatientPoint;
  readonly lesserTrochanter: PatientPoint;
  readonly neckMidpoint: PatientPoint;
  /** The bounding box of their projection is the hip's box: joint roof to 15 mm below the lesser trochanter. */
  readonly boxCorners: readonly PatientPoint[];
  /** Samples, 3 mm apart, of both broken faces; empty for a whole femur. */
  readonly fracturePoints: readonly PatientPoint[];
  readonly fragments: FragmentMotions;
  /** Between the compressive trabeculae of the head and the shaft in the frontal plane; 160° when whole. */
  readonly gardenAlignmentIndexAP: Degrees;
}

const still: RigidMotion = { rotation: identity, translation: [0, 0, 0] };

export function hipTruth(
  parameters: FemurParameters,
  femur: Femur,
  fracture: Fracture | null,
  placement: RigidMotion,
  side: Side,
): HipTruth {
  const proximal = fracture?.proximal ?? still;
  const distal = fracture?.distal ?? still;
  const onHead = (p: Vector) => inPatient(p, placement, side, proximal);
  const onShaft = (p: Vector) => inPatient(p, placement, side, distal);
  const { greaterTrochanter, lesserTrochanter, neckMidpoint } = femur.landmarks;
  const neckMoves = fracture !== null && fracture.side(...neckMidpoint) < 0 ? proximal : distal;
  return {
    grade: parameters.fracture?.grade ?? 'none',
    headCentre: onHead([0, 0, 0]),
    headDiameter: parameters.headDiameter,
    neckShaftAngle: parameters.neckShaftAngle,
    greaterTrochanter: onShaft(greaterTrochanter),
    lesserTrochanter: onShaft(lesserTrochanter),
    neckMidpoint: inPatient(neckMidpoint, placement, side, neckMoves),
    boxCorners: boxCorners(parameters, femur, placement, side, distal),
    fracturePoints: fracture === null ? [] : fracturePoints(femur, fracture, placement, side),
    fragments: {
      proximal: asPatientMotion(proximal, placement, side),
      distal: asPatientMotion(distal, placement, side),
    },
    gardenAlignmentIndexAP: gardenAlignmentIndex(proximal, distal, placement),
  };
}

/** Corners of the acetabular roof, the medial wall, the trochanters and the shaft below the lesser one. */
function boxCorners(
  parameters: FemurParameters,
  femur: Femur,
  placement: RigidMotion,
  side: Side,
  distal: RigidMotion,
): PatientPoint[] {
  const socket = femur.headRadius + parameters.jointSpace;
  const centre = placement.translation;
  const fixed = (u: number, y: number, z: number): PatientPoint =>
    inPatient(add(centre, [u, y, z]), still, side);
  const [, , lesserZ] = femur.landmarks.lesserTrochanter;
  const half = parameters.shaftDiameter / 2;
  const { greaterTrochanter, lesserTrochanter } = femur.landmarks;
  const below = lesserZ - 1.5 * parameters.lesserTrochanterSize - 15;
  return [
    fixed(-socket - 18, 0, socket + 18),
    // At least this far, so that a short or turned femur still gets the whole region.
    fixed(66, 0, -72),
    inPatient(add(greaterTrochanter, [0, 0, 4]), placement, side, distal),
    inPatient([parameters.offset + 34, 5, greaterTrochanter[2] - 24], placement, side, distal),
    inPatient([parameters.offset + 9, 27, greaterTrochanter[2] - 24], placement, side, distal),
    inPatient([parameters.offset + 9, -16, greaterTrochanter[2] - 24], placement, side, distal),
    inPatient(add(lesserTrochanter, [-4, 0, 0]), placement, side, distal),
    inPatient([parameters.offset - half, 0, below], placement, side, distal),
    inPatient([parameters.offset + half, 0, below], placement, side, distal),
  ];
}

/** Points of the cut that lie inside the bone, on the head's face and on the shaft's. */
function fracturePoints(
  femur: Femur,
  fracture: Fracture,
  placement: RigidMotion,
  side: Side,
): PatientPoint[] {
  const points: PatientPoint[] = [];
  const [nx, ny, nz] = fracture.normal;
  const across: Vector = [
    ny * fracture.up[2] - nz * fracture.up[1],
    nz * fracture.up[0] - nx * fracture.up[2],
    nx * fracture.up[1] - ny * fracture.up[0],
  ];
  for (let p = -36; p <= 36; p += 3) {
    for (let q = -36; q <= 36; q += 3) {
      const flat = add(fracture.centre, add(scale(fracture.up, p), scale(across, q)));
      // One step along the normal reaches the rough surface: it rises over its plane by a height field.
      const onCut = add(flat, scale(fracture.normal, -fracture.side(...flat)));
      if (femur.distance(...onCut) >= 0) continue;
      points.push(inPatient(onCut, placement, side, fracture.proximal));
      points.push(inPatient(onCut, placement, side, fracture.distal));
    }
  }
  return points;
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

/** Garden's index in the frontal plane of the patient (Garden 1961): trabeculae against the shaft. */
function gardenAlignmentIndex(proximal: RigidMotion, distal: RigidMotion, placement: RigidMotion): Degrees {
  const lean = (motion: RigidMotion, direction: Vector): number => {
    const [x, , z] = rotate(placement.rotation, rotate(motion.rotation, direction));
    return (Math.atan2(-x, z) * 180) / Math.PI;
  };
  const slope = (20 * Math.PI) / 180;
  const trabeculae = lean(proximal, [-Math.sin(slope), 0, Math.cos(slope)]);
  return degrees(180 - (trabeculae - lean(distal, [0, 0, 1])));
}
