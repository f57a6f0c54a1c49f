import { CalcarError } from '../contract/errors.ts';
import { type Millimetres, mm } from '../contract/units.ts';
import type { Random } from '../random/random.ts';
import { alignedDirection, type PatientPoint, type Volume } from '../volume/volume.ts';
import { FemurBone } from './femurBone.ts';
import { Femur } from './femur.ts';
import { Fracture } from './fracture.ts';
import type { FemurParameters, PatientParameters } from './parameters.ts';
import { HipBone } from './pelvis.ts';
import { inPatient, placementOf, type Side } from './placement.ts';
import { Sacrum } from './sacrum.ts';
import { Outline, paintBowelGas, paintSoftTissue } from './softTissue.ts';
import { Texture } from './texture.ts';
import { type HipTruth, hipTruth } from './truth.ts';
import { type Box, type Canvas, paint } from './voxelize.ts';

export { type PatientParameters, type PhantomGrade, samplePatient } from './parameters.ts';
export type { FragmentMotions, HipTruth } from './truth.ts';

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
  parameters: PatientParameters,
  femurParameters: FemurParameters,
  side: Side,
  spongy: Texture,
  random: Random,
): HipTruth {
  const half = parameters.hipSeparation / 2;
  const k = parameters.pelvisScale;
  const inner = side * (half + 75 * k);
  const bone = new HipBone(parameters, side, spongy, canvas.voxel);
  paint(canvas, bone, {
    low: [Math.min(0, inner), -95 * k, -115 * k],
    high: [Math.max(0, inner), 125 * k, 165 * k],
  });
  const femur = new Femur(femurParameters, parameters.cancellousDensity, spongy);
  const fracture = femurParameters.fracture && new Fracture(femurParameters.fracture, femur, random);
  const placement = placementOf(parameters, femurParameters);
  const solid = new FemurBone(femur, fracture, placement, side, parameters.corticalDensity, canvas.voxel);
  paint(canvas, solid, femurBox(femur, fracture, femurParameters, parameters, side));
  return hipTruth(femurParameters, femur, fracture, placement, side);
}

/** A box that holds the head in its socket and the distal fragment wherever it went, down to the lower edge. */
function femurBox(
  femur: Femur,
  fracture: Fracture | null,
  femurParameters: FemurParameters,
  parameters: PatientParameters,
  side: Side,
): Box {
  const placement = placementOf(parameters, femurParameters);
  const points: PatientPoint[] = [];
  const offset = femurParameters.offset;
  for (const x of [offset - 40, offset + 30]) {
    for (const y of [-30, 32]) {
      for (const z of [femurParameters.trochanterHeight + 6, -320]) {
        points.push(inPatient([x, y, z], placement, side, fracture?.distal));
      }
    }
  }
  const reach = femur.headRadius + 40;
  for (const sign of [-1, 1]) {
    const centre = side * placement.translation[0];
    points.push([mm(centre + sign * reach), mm(sign * reach), mm(sign * reach)]);
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
