import type { PatientPoint } from '../volume/volume.ts';
import { mm } from '../contract/units.ts';
import type { FemurParameters, PatientParameters } from './parameters.ts';
import { move, multiply, type RigidMotion, rotationAbout, type Vector } from './rigid.ts';

/** +1 for the patient's left (+x in DICOM patient coordinates), -1 for the right. */
export type Side = 1 | -1;

/**
 * Where a femur lies: from its own frame to the mirrored patient frame, whose x runs to the lateral side.
 * The origin of patient coordinates is half-way between the centres of the two acetabula.
 */
export function placementOf(patient: PatientParameters, femur: FemurParameters): RigidMotion {
  return {
    // About +z a left leg turns out; about +y its lower end goes to the midline.
    rotation: multiply(
      rotationAbout([0, 1, 0], femur.adduction),
      rotationAbout([0, 0, 1], femur.anteversion + femur.externalRotation),
    ),
    translation: [patient.hipSeparation / 2, 0, 0],
  };
}

export function point([x, y, z]: Vector): PatientPoint {
  return [mm(x), mm(y), mm(z)];
}

/** A point of the femur's frame in patient coordinates, after `motion` of its fragment if it has one. */
export function inPatient(
  local: Vector,
  placement: RigidMotion,
  side: Side,
  motion?: RigidMotion,
): PatientPoint {
  const [x, y, z] = move(placement, motion ? move(motion, local) : local);
  return point([side * x, y, z]);
}
