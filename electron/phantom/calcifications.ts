import type { Random } from '../random/random.ts';
import { Rod } from './distance.ts';
import type { PatientParameters } from './parameters.ts';
import { add, type Vector } from './rigid.ts';
import { type Canvas, paint } from './voxelize.ts';

/** Paints what lies as chalk in the soft tissue of the old: phleboliths, vessel walls, scars of injections. */
export function paintCalcifications(canvas: Canvas, patient: PatientParameters, random: Random): void {
  const old = Math.max(patient.age - 50, 0) / 40;
  paintPhleboliths(canvas, random.stream('phleboliths'), 0.25 + 0.4 * old);
  const vessels = random.stream('vessels');
  if (vessels.chance((patient.sex === 'male' ? 0.6 : 0.4) * old)) {
    for (const side of [-1, 1] as const) paintFemoralArtery(canvas, patient, side, vessels);
  }
  const scars = random.stream('injections');
  if (scars.chance(0.12)) {
    const side = scars.chance(0.5) ? 1 : -1;
    const at: Vector = [side * scars.between(70, 115), scars.between(45, 75), scars.between(-10, 70)];
    paintChalk(canvas, at, add(at, [0, 0, 0.6]), scars.between(1.5, 4), scars.between(250, 600));
  }
}

/** Small round stones in the veins of the lesser pelvis, about the height of the ischial spines. */
function paintPhleboliths(canvas: Canvas, random: Random, probability: number): void {
  if (!random.chance(probability)) return;
  for (let count = 1 + random.integer(4); count > 0; count--) {
    const side = random.chance(0.5) ? 1 : -1;
    const at: Vector = [side * random.between(28, 62), random.between(15, 50), random.between(-25, 22)];
    paintChalk(canvas, at, add(at, [0, 0, 0.6]), random.between(1.2, 2.6), random.between(300, 800));
  }
}

/** Pieces of the wall of the common and superficial femoral artery, in front of the head and down the thigh. */
function paintFemoralArtery(canvas: Canvas, patient: PatientParameters, side: 1 | -1, random: Random): void {
  const hip = patient.hipSeparation / 2;
  const front = -0.42 * patient.bodyHalfDepth;
  const amount = random.between(0.15, 0.6);
  const centre = (z: number): Vector => [
    side * (hip - 14 - 0.1 * z + 2.5 * Math.sin(z / 13)),
    front + 0.08 * z,
    z,
  ];
  const length = 4;
  for (let z = 40; z > -160; z -= length) {
    for (const wall of [-1, 1]) {
      if (!random.chance(amount)) continue;
      const [x, y] = centre(z);
      const [nextX, nextY] = centre(z - length);
      const aside = wall * random.between(2.6, 3.4);
      paintChalk(
        canvas,
        [x + aside, y, z],
        [nextX + aside, nextY, z - length],
        random.between(0.5, 1.1),
        random.between(250, 700),
      );
    }
  }
}

/** A rod of chalk; the voxels along its edge get their share. */
function paintChalk(canvas: Canvas, from: Vector, to: Vector, radius: number, density: number): void {
  const rod = new Rod(from, radius, to, radius);
  const reach = radius + 2 * canvas.voxel;
  const bound = (axis: 0 | 1 | 2, sign: 1 | -1) =>
    sign * (Math.max(sign * from[axis], sign * to[axis]) + reach);
  paint(
    canvas,
    { distance: (x, y, z) => rod.distance(x, y, z), density: () => density },
    {
      low: [bound(0, -1), bound(1, -1), bound(2, -1)],
      high: [bound(0, 1), bound(1, 1), bound(2, 1)],
    },
  );
}
