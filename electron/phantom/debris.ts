/** What a fracture leaves around it: blood in the gap and the capsule, and splinters of cortex. */
import type { Random } from '../random/random.ts';
import { cutPoints } from './alignment.ts';
import { ellipsoid, smoothStep } from './distance.ts';
import type { Femur } from './femur.ts';
import type { FemurPieces } from './fragments.ts';
import { add, compose, move, type RigidMotion, rotate, rotationAbout, scale, type Vector } from './rigid.ts';
import { type Canvas, paint } from './voxelize.ts';

/** Clotting blood is 40 to 60 HU. */
const blood = 50;

/** Fills the neighbourhood of a fracture with blood, before any bone is painted: it ends in the muscle without an edge. */
export function paintBlood(
  canvas: Canvas,
  { surface, head, shaft }: FemurPieces,
  femur: Femur,
  placement: RigidMotion,
  side: 1 | -1,
): void {
  if (surface === null) return;
  const radius = femur.neckRadius + 6;
  const ends = [head, shaft].map((motion) => move(compose(placement, motion), surface.centre));
  const [a, b] = ends as [Vector, Vector];
  const middle = scale(add(a, b), 0.5);
  const half = radius + 0.5 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  const { hounsfield, voxel, origin, size } = canvas;
  const centre: Vector = [side * middle[0], middle[1], middle[2]];
  const range = (axis: 0 | 1 | 2): readonly [number, number] => [
    Math.max(0, Math.ceil((centre[axis] - half - origin[axis]) / voxel)),
    Math.min(size[axis] - 1, Math.floor((centre[axis] + half - origin[axis]) / voxel)),
  ];
  const [i, j, k] = [range(0), range(1), range(2)];
  for (let z = k[0]; z <= k[1]; z++) {
    for (let y = j[0]; y <= j[1]; y++) {
      for (let x = i[0]; x <= i[1]; x++) {
        const far = Math.hypot(
          origin[0] + x * voxel - centre[0],
          origin[1] + y * voxel - centre[1],
          origin[2] + z * voxel - centre[2],
        );
        const share = 1 - smoothStep(half - 6, half, far);
        if (share === 0) continue;
        const index = x + size[0] * (y + size[1] * z);
        const before = hounsfield[index]!;
        hounsfield[index] = Math.round(before + share * (blood - before));
      }
    }
  }
}

/** Splinters of cortex by the back and the lower edge of the cut, where a neck is crushed as it gives way. */
export function paintSplinters(
  canvas: Canvas,
  hip: {
    readonly pieces: FemurPieces;
    readonly femur: Femur;
    readonly placement: RigidMotion;
    readonly side: 1 | -1;
    readonly corticalDensity: number;
  },
  count: number,
  random: Random,
): void {
  const { pieces, femur, placement, side, corticalDensity } = hip;
  if (count === 0 || pieces.surface === null) return;
  // The rim of the cut: where the bone is about to end, low or at the back.
  const rim = cutPoints(pieces.surface, femur).filter(
    ([x, y, z]) => femur.distance(x, y, z) > -2.5 && (y > 4 || z < pieces.surface!.centre[2] - 4),
  );
  for (let n = 0; n < count && rim.length > 0; n++) {
    const from = random.pick(rim);
    const holder = random.chance(0.5) ? pieces.head : pieces.shaft;
    const away: Vector = [random.normal(0, 2), random.between(0, 5), random.between(-5, 1)];
    const at = add(move(compose(placement, holder), from), away);
    const radii: Vector = [random.between(1, 2.2), random.between(1.5, 4), random.between(1.5, 4.5)];
    const turn = rotationAbout([0, 1, 0], random.between(-60, 60));
    const reach = Math.max(...radii) + 2 * canvas.voxel;
    paint(
      canvas,
      {
        distance: (x, y, z) => ellipsoid(...rotate(turn, [side * x - at[0], y - at[1], z - at[2]]), ...radii),
        density: () => 0.75 * corticalDensity,
      },
      {
        low: [side * at[0] - reach, at[1] - reach, at[2] - reach],
        high: [side * at[0] + reach, at[1] + reach, at[2] + reach],
      },
    );
  }
}
