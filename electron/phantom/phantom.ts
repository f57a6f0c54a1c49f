import { CalcarError } from '../contract/errors.ts';
import { type Millimetres, mm } from '../contract/units.ts';
import type { Random } from '../random/random.ts';
import { alignedDirection, type PatientPoint, type Volume } from '../volume/volume.ts';
import { worn, type WornJoint, paintOsteophytes, paintWear } from './arthritis.ts';
import { paintCalcifications } from './calcifications.ts';
import { paintBlood, paintSplinters } from './debris.ts';
import { Femur } from './femur.ts';
import { type FemurPieces, FragmentedFemur, still } from './fragments.ts';
import { paintImplant } from './implants.ts';
import { femurPieces } from './injuries.ts';
import type { FemurParameters, PatientParameters } from './parameters.ts';
import { HipBone } from './pelvis.ts';
import { inPatient, placementOf, type Side } from './placement.ts';
import { BrokenHipBone } from './pubicRamus.ts';
import { compose, type RigidMotion } from './rigid.ts';
import { Sacrum } from './sacrum.ts';
import { Outline, paintBowelGas, paintSoftTissue } from './softTissue.ts';
import { Texture } from './texture.ts';
import { type HipTruth, hipTruth } from './truth.ts';
import { type Box, type Canvas, paint } from './voxelize.ts';

export type { HipConditionKind, HipFindingPlan, OtherConditionKind } from './conditions.ts';
export { otherConditionKinds } from './conditions.ts';
export type { PatientPlan } from './findings.ts';
export { type ImplantKind, implantKinds } from './implantParameters.ts';
export { type PatientParameters, type PhantomGrade, samplePatient } from './parameters.ts';
export type { FragmentMotions, HipTruth, NeckTruth } from './truth.ts';

export interface Phantom {
  /** Iliac crests to 75 mm below the lesser trochanters; x to the patient's left, y to his back, z up. */
  readonly volume: Volume;
  readonly truth: {
    readonly hips: { readonly left: HipTruth; readonly right: HipTruth };
    readonly patient: PatientParameters;
  };
}

/**
 * Builds the pelvis and both proximal femora of a patient as Hounsfield units, and what is true of them.
 * The origin of patient coordinates is half-way between the acetabula. `voxel` is the edge of a voxel
 * (0.5 to 3 mm). The grain of the tissue and the roughness of fractures come from `random`.
 */
export function buildPhantom(
  parameters: PatientParameters,
  voxel: Millimetres = mm(1),
  random: Random,
): Phantom {
  if (!(voxel >= 0.5 && voxel <= 3)) {
    throw new CalcarError('invalid-input', 'The phantom needs voxels between 0.5 and 3 mm.');
  }
  const canvas = blankCanvas(parameters, voxel);
  const spongy = new Texture(random.stream('spongy bone'), 0.72);
  paintSoftTissue(canvas, parameters, new Texture(random.stream('soft tissue'), 0.6));
  paintBowelGas(canvas, parameters.bowelGasPockets, random.stream('bowel gas'));
  paintCalcifications(canvas, parameters, random.stream('calcifications'));
  const k = parameters.pelvisScale;
  paint(canvas, new Sacrum(parameters, spongy, voxel), {
    low: [-75 * k, -30, -55 * k],
    high: [75 * k, 130 * k, 190 * k],
  });
  const hip = (femur: FemurParameters, side: Side, name: string): HipTruth =>
    paintHip(canvas, parameters, femur, side, spongy, random.stream(name));
  const truth = {
    hips: { left: hip(parameters.left, 1, 'left'), right: hip(parameters.right, -1, 'right') },
    patient: parameters,
  };
  return {
    volume: {
      size: canvas.size,
      spacing: [voxel, voxel, voxel],
      origin: canvas.origin,
      direction: alignedDirection,
      hounsfield: canvas.hounsfield,
    },
    truth,
  };
}

function paintHip(
  canvas: Canvas,
  patient: PatientParameters,
  parameters: FemurParameters,
  side: Side,
  spongy: Texture,
  random: Random,
): HipTruth {
  const femur = new Femur(parameters, patient.cancellousDensity, spongy);
  const unworn = placementOf(patient, parameters);
  const placement = worn(unworn, parameters.arthritis);
  const pieces = femurPieces(parameters, femur, placement, random);
  const joint: WornJoint = {
    arthritis: parameters.arthritis,
    femur,
    head: compose(placement, pieces.head),
    socket: unworn.translation,
    jointSpace: parameters.jointSpace,
    side,
    corticalDensity: patient.corticalDensity,
  };
  if (pieces.surface !== null && pieces.union === 0) {
    paintBlood(canvas, pieces, femur, placement, side);
  }
  const ramusPoints = paintHipBone(canvas, patient, parameters.condition, side, spongy, random);
  paintOsteophytes(canvas, joint, random.stream('osteophytes'));
  const bone = new FragmentedFemur(femur, pieces, placement, side, patient.corticalDensity, canvas.voxel);
  paint(canvas, bone, femurBox(femur, pieces, parameters, placement, side));
  if (parameters.fracture !== null) {
    paintSplinters(
      canvas,
      { pieces, femur, placement, side, corticalDensity: patient.corticalDensity },
      parameters.fracture.splinters,
      random.stream('splinters'),
    );
  }
  paintWear(canvas, joint, random.stream('wear'));
  if (parameters.implant !== null) {
    paintImplant(canvas, parameters.implant, {
      parameters,
      femur,
      shaft: compose(placement, pieces.shaft),
      socket: { ...still, translation: unworn.translation },
      side,
    });
  }
  return hipTruth({ parameters, femur, pieces, placement, side, ramusPoints });
}

/** Paints a hip bone, whole or broken through its rami; returns samples of the broken faces, null of a whole one. */
function paintHipBone(
  canvas: Canvas,
  patient: PatientParameters,
  condition: FemurParameters['condition'],
  side: Side,
  spongy: Texture,
  random: Random,
): readonly PatientPoint[] | null {
  const k = patient.pelvisScale;
  const inner = side * (patient.hipSeparation / 2 + 75 * k);
  const box: Box = {
    low: [Math.min(0, inner), -95 * k, -115 * k],
    high: [Math.max(0, inner), 125 * k, 165 * k],
  };
  const whole = () => new HipBone(patient, side, spongy, canvas.voxel);
  if (condition?.kind !== 'pubic-ramus') {
    paint(canvas, whole(), box);
    return null;
  }
  const broken = new BrokenHipBone(condition, patient, side, canvas.voxel, whole, random.stream('ramus'));
  paint(canvas, broken, box);
  return broken.faces();
}

/** A box that holds every piece of the femur wherever it went, down to the lower edge. */
function femurBox(
  femur: Femur,
  { fragments, head }: FemurPieces,
  { offset, trochanterHeight }: FemurParameters,
  placement: RigidMotion,
  side: Side,
): Box {
  const points: PatientPoint[] = [];
  for (const { motion } of fragments) {
    for (const x of [offset - 40, offset + 30]) {
      for (const y of [-30, 32]) {
        for (const z of [trochanterHeight + 6, -320]) {
          points.push(inPatient([x, y, z], placement, side, motion));
        }
      }
    }
  }
  const reach = femur.headRadius + 6;
  const [hx, hy, hz] = inPatient([0, 0, 0], placement, side, head);
  for (const sign of [-1, 1]) {
    points.push([mm(hx + sign * reach), mm(hy + sign * reach), mm(hz + sign * reach)]);
  }
  const along = (axis: 0 | 1 | 2) => points.map((p) => p[axis]);
  return {
    low: [Math.min(...along(0)), Math.min(...along(1)), Math.min(...along(2))],
    high: [Math.max(...along(0)), Math.max(...along(1)), Math.max(...along(2))],
  };
}

function blankCanvas(parameters: PatientParameters, voxel: Millimetres): Canvas {
  const k = parameters.pelvisScale;
  const margin = 6;
  const halfWidth = parameters.bodyHalfWidth + margin;
  const outline = new Outline(parameters);
  const front = outline.centreY - parameters.bodyHalfDepth - margin;
  const depth = 2 * (parameters.bodyHalfDepth + margin);
  const lowest = (femur: FemurParameters) =>
    -Math.max(1.56 * (femur.offset / Math.tan(((180 - femur.neckShaftAngle) * Math.PI) / 180)), 50) - 112;
  const bottom = Math.min(lowest(parameters.left), lowest(parameters.right));
  const top = 150 * k + 32;
  const count = (length: number) => Math.ceil(length / voxel) + 1;
  const size = [count(2 * halfWidth), count(depth), count(top - bottom)] as const;
  const bytes = size[0] * size[1] * size[2] * 2;
  return {
    size,
    voxel,
    origin: [mm(-((size[0] - 1) / 2) * voxel), mm(front), mm(bottom)],
    hounsfield: new Int16Array(new SharedArrayBuffer(bytes)),
  };
}
