/**
 * `npm run shape`: the phantom's bones beside the surfaces of a real woman's pelvis and femora (VSD z013,
 * Fischer 2023, CC BY-NC-SA 4.0, which is read and never copied). The phantom gets her head diameters, hip
 * separation and pose by a fit of its own parameters; printed are the symmetric surface distances that remain.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { degrees, mm } from '../electron/contract/units.ts';
import { Femur } from '../electron/phantom/femur.ts';
import type { FemurParameters, PatientParameters } from '../electron/phantom/parameters.ts';
import { samplePatient } from '../electron/phantom/parameters.ts';
import { HipBone } from '../electron/phantom/pelvis.ts';
import { inverse, move, multiply, type RigidMotion, rotationAbout } from '../electron/phantom/rigid.ts';
import { Sacrum } from '../electron/phantom/sacrum.ts';
import { Texture } from '../electron/phantom/texture.ts';
import { seeded } from '../electron/random/random.ts';
import { type MatValue, readMatFile } from './matFile.ts';
import {
  distance,
  fitSphere,
  meshSamples,
  minimise,
  type Point,
  type Shape,
  shapeSamples,
  type SurfaceDistance,
  symmetricDistance,
} from './surface.ts';

/** The real bones, beside the repository; absent on most machines. */
export const realBonesFile = new URL('../../shared/data/vsd-bone-models/z013.mat', import.meta.url);

/** A tenth of the points is enough to fit by; half a millimetre is far below the distances looked for. */
const fitStride = 29;
const sampleSpacing = 1.5;
const gridStep = 2;
/** Distances beyond this count as this while fitting, so that what the phantom lacks does not bend the rest. */
const outlier = 12;

export interface FittedWoman {
  /** The real bones in the phantom's patient coordinates, right side mirrored onto the left for femora. */
  readonly bones: ReadonlyMap<string, readonly Point[]>;
  readonly patient: PatientParameters;
  readonly shapes: ReadonlyMap<string, Shape>;
}

/** The real bones with the line of the hips along x, and a patient with her heads and hip separation. */
export function realBones(): { bones: ReadonlyMap<string, readonly Point[]>; patient: PatientParameters } {
  const asScanned = readBones();
  const heads = (['R', 'L'] as const).map((side) => headSphere(asScanned.get(`Femur_${side}`)!));
  const [right, left] = [heads[0]!, heads[1]!];
  const toPatient = hipFrame(right.centre, left.centre);
  const bones = new Map(
    [...asScanned].map(([name, points]) => [name, points.map((p) => move(toPatient, p))]),
  );
  const base = samplePatient(seeded(1));
  const separation = distance(right.centre, left.centre);
  const size = (head: { radius: number }): Partial<FemurParameters> => ({
    headDiameter: mm(2 * head.radius),
  });
  const patient: PatientParameters = {
    ...base,
    sex: 'female',
    age: 41,
    hipSeparation: mm(separation),
    left: { ...base.left, ...size(left), fracture: null },
    right: { ...base.right, ...size(right), fracture: null },
  };
  return { bones, patient };
}

/** Fits the phantom's parameters to the real bones. */
export function fitWoman(): FittedWoman {
  const { bones, patient: start } = realBones();
  const separation = start.hipSeparation;
  let patient = fitPelvis(start, bones);
  const shapes = new Map<string, Shape>();
  for (const side of [-1, 1] as const) {
    const name = side === 1 ? 'L' : 'R';
    const bone = new HipBone(patient, side, texture, 1);
    shapes.set(`Hip_${name}`, (x, y, z) => bone.distance(x, y, z));
    const own = side === 1 ? patient.left : patient.right;
    const [parameters, shape] = fitFemur(own, bones.get(`Femur_${name}`)!, side, separation);
    patient = side === 1 ? { ...patient, left: parameters } : { ...patient, right: parameters };
    shapes.set(`Femur_${name}`, shape);
  }
  const sacrum = new Sacrum(patient, texture, 1);
  shapes.set('Sacrum', (x, y, z) => sacrum.distance(x, y, z));
  return { bones, patient, shapes };
}

const texture = new Texture(seeded(1), 0.7);

function readBones(): Map<string, Point[]> {
  const bones = new Map<string, Point[]>();
  const list = readMatFile(readFileSync(realBonesFile)).get('B');
  if (list?.kind !== 'structs') throw new Error('The file holds no list of bones.');
  for (const { name, mesh } of list.elements) {
    if (name?.kind !== 'text' || mesh?.kind !== 'structs') continue;
    if (!/^(Sacrum|Hip_|Femur_)/.test(name.text)) continue;
    bones.set(name.text, meshSamples(mesh.elements[0] as Record<string, MatValue>, sampleSpacing));
  }
  return bones;
}

/** The head is the part of the femur's upper end that lies nearest to the other hip. */
function headSphere(femur: readonly Point[]): { centre: Point; radius: number } {
  const top = Math.max(...femur.map((p) => p[2]));
  const upper = femur.filter((p) => p[2] > top - 45);
  const middle = -300;
  const inward = upper.reduce((a, b) => (Math.abs(b[0] - middle) < Math.abs(a[0] - middle) ? b : a));
  const lateral = Math.sign(inward[0] - middle);
  return fitSphere(upper, [inward[0] + lateral * 21, inward[1], inward[2]], 36);
}

/** x along the line of the hips, y to the back, z up; origin half-way between the heads. */
function hipFrame(right: Point, left: Point): RigidMotion {
  const [x, y, z] = [left[0] - right[0], left[1] - right[1], left[2] - right[2]];
  const turn = (Math.atan2(y, x) * 180) / Math.PI;
  const lean = (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI;
  const rotation = multiply(rotationAbout([0, 1, 0], lean), rotationAbout([0, 0, 1], -turn));
  const middle = move({ rotation, translation: [0, 0, 0] }, [
    (left[0] + right[0]) / 2,
    (left[1] + right[1]) / 2,
    (left[2] + right[2]) / 2,
  ]);
  return { rotation, translation: [-middle[0], -middle[1], -middle[2]] };
}

function fitPelvis(
  patient: PatientParameters,
  bones: ReadonlyMap<string, readonly Point[]>,
): PatientParameters {
  const sides = [
    { side: 1, points: thinned(bones.get('Hip_L')!) },
    { side: -1, points: thinned(bones.get('Hip_R')!) },
  ] as const;
  const withPose = (p: readonly number[]): PatientParameters => ({
    ...patient,
    pelvisScale: p[0]!,
    pelvicTilt: degrees(p[1]!),
    acetabularInclination: degrees(p[2]!),
    acetabularAnteversion: degrees(p[3]!),
  });
  const fitted = minimise(
    (p) => {
      const person = withPose(p);
      return sides.reduce((sum, { side, points }) => {
        const bone = new HipBone(person, side, texture, 1);
        return sum + misfit((x, y, z) => bone.distance(x, y, z), points);
      }, 0);
    },
    [0.9, 0, 42, 19],
    [0.05, 6, 4, 4],
    150,
  );
  return withPose(fitted);
}

/** Femur parameters and a free rotation about the head; also the shape in patient coordinates. */
function fitFemur(
  own: FemurParameters,
  bone: readonly Point[],
  side: 1 | -1,
  separation: number,
): [FemurParameters, Shape] {
  const points = thinned(bone.filter((p) => p[2] > femurFloor));
  const parametersOf = (p: readonly number[]): FemurParameters => ({
    ...own,
    neckShaftAngle: degrees(p[0]!),
    offset: mm(p[1]!),
    neckDiameterSuperoinferior: mm(p[2]!),
    neckDiameterAnteroposterior: mm(p[3]!),
    shaftDiameter: mm(p[4]!),
    trochanterHeight: mm(p[5]!),
    lesserTrochanterSize: mm(p[6]!),
  });
  const shapeOf = (p: readonly number[]): Shape => {
    const femur = new Femur(parametersOf(p), 100, texture);
    const rotation = multiply(
      rotationAbout([1, 0, 0], p[9]!),
      multiply(rotationAbout([0, 1, 0], p[7]!), rotationAbout([0, 0, 1], p[8]!)),
    );
    const { rotation: m, translation: t } = inverse({ rotation, translation: [separation / 2, 0, 0] });
    return (x, y, z) => {
      const u = side * x;
      return femur.distance(
        m[0] * u + m[1] * y + m[2] * z + t[0],
        m[3] * u + m[4] * y + m[5] * z + t[1],
        m[6] * u + m[7] * y + m[8] * z + t[2],
      );
    };
  };
  const start = [126, 40, 28, 22, 26, 0, 9.5, 5, 15, 0];
  const spread = [6, 5, 2.5, 2.5, 2.5, 4, 1.5, 5, 10, 5];
  const fitted = minimise(
    (p) =>
      misfit(shapeOf(p), points) +
      0.02 * p.reduce((sum, value, i) => sum + ((value - start[i]!) / spread[i]!) ** 2, 0),
    start,
    spread,
    900,
  );
  return [parametersOf(fitted), shapeOf(fitted)];
}

/** Ten centimetres below the lesser trochanter of a woman of her height. */
const femurFloor = -165;

function misfit(shape: Shape, points: readonly Point[]): number {
  let sum = 0;
  for (const [x, y, z] of points) sum += Math.min(Math.abs(shape(x, y, z)), outlier);
  return sum / points.length;
}

function thinned(points: readonly Point[]): Point[] {
  return points.filter((_, i) => i % fitStride === 0);
}

export function distances({ bones, shapes }: FittedWoman): Map<string, SurfaceDistance> {
  const result = new Map<string, SurfaceDistance>();
  for (const [name, points] of bones) {
    const shape = shapes.get(name)!;
    const floor = name.startsWith('Femur') ? femurFloor : -Infinity;
    // The surfaces of the sacrum end at its base; the phantom's goes on into the lumbar spine.
    const ceiling = name === 'Sacrum' ? Math.max(...points.map((p) => p[2])) : Infinity;
    const within = (p: Point) => p[2] > floor && p[2] < ceiling;
    const own = points.filter(within);
    const bound = (pick: (...v: number[]) => number, pad: number) =>
      ([0, 1, 2] as const).map((axis) => own.reduce((m, p) => pick(m, p[axis]), own[0]![axis]) + pad);
    const low = bound(Math.min, -20) as unknown as Point;
    const high = bound(Math.max, 20) as unknown as Point;
    result.set(name, symmetricDistance(own, shapeSamples(shape, low, high, gridStep).filter(within)));
  }
  return result;
}

function report(): void {
  if (!existsSync(realBonesFile)) {
    console.log(
      'The real bones are not here (../shared/data/vsd-bone-models/z013.mat), so nothing was compared.',
    );
    return;
  }
  const woman = fitWoman();
  const { patient } = woman;
  console.log('bone       mean    rms    95 %    max   (mm, symmetric surface distance)');
  for (const [name, d] of distances(woman)) {
    const cells = [d.mean, d.rms, d.p95, d.max].map((value) => value.toFixed(2).padStart(7));
    console.log(`${name.padEnd(8)}${cells.join('')}`);
  }
  const femur = (p: FemurParameters) =>
    `neck-shaft angle ${p.neckShaftAngle.toFixed(1)}°, offset ${p.offset.toFixed(1)} mm, head ${p.headDiameter.toFixed(1)} mm, ` +
    `neck ${p.neckDiameterSuperoinferior.toFixed(1)} × ${p.neckDiameterAnteroposterior.toFixed(1)} mm, shaft ${p.shaftDiameter.toFixed(1)} mm, ` +
    `trochanter ${p.trochanterHeight.toFixed(1)} mm`;
  console.log(`pelvis     scale ${patient.pelvisScale.toFixed(3)}, tilt ${patient.pelvicTilt.toFixed(1)}°`);
  console.log(`left       ${femur(patient.left)}`);
  console.log(`right      ${femur(patient.right)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) report();
