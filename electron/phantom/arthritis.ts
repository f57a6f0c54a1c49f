/** The marks of a worn hip, painted over bone that is already there. Frame: the femur's own unless it says otherwise. */
import type { Random } from '../random/random.ts';
import type { ArthritisParameters } from './arthritisParameters.ts';
import { ellipsoid, mix, smoothStep } from './distance.ts';
import type { Femur } from './femur.ts';
import { move, type RigidMotion, type Vector } from './rigid.ts';
import { type Box, type Canvas, edgeWidth, paint, type Solid } from './voxelize.ts';

/** The head, worn through its cartilage, stands nearer to the roof. `placement` is that of the unworn femur. */
export function worn(placement: RigidMotion, { narrowing, direction }: ArthritisParameters): RigidMotion {
  const [x, y, z] = placement.translation;
  const angle = (direction * Math.PI) / 180;
  return {
    ...placement,
    translation: [x + narrowing * Math.sin(angle), y, z + narrowing * Math.cos(angle)],
  };
}

/** What a joint's marks hang on. */
export interface WornJoint {
  readonly arthritis: ArthritisParameters;
  readonly femur: Femur;
  /** Takes the head, wherever it now is, to the mirrored patient frame. */
  readonly head: RigidMotion;
  /** Centre of the socket in the mirrored patient frame. */
  readonly socket: Vector;
  readonly jointSpace: number;
  readonly side: 1 | -1;
  readonly corticalDensity: number;
}

/** New bone at the rims: above and below the neck on the head, above and below the opening of the socket. */
export function paintOsteophytes(canvas: Canvas, joint: WornJoint, random: Random): void {
  const { arthritis, femur, head, socket, side } = joint;
  const size = arthritis.osteophytes;
  if (size < 1.5) return;
  const radius = femur.headRadius;
  // Angle along the edge of the head from straight up, seen down the neck; above and below they are largest.
  for (const turn of [0, 28, -32, 180, 150, 212]) {
    if (!random.chance(0.8)) continue;
    const reach = size * random.between(0.5, 1) * (turn % 180 === 0 ? 1 : 0.7);
    const angle = ((turn + random.between(-8, 8)) * Math.PI) / 180;
    const along = 0.62 * radius;
    const rim = Math.sqrt(radius * radius - along * along) + 0.15 * reach;
    const [up, back] = [rim * Math.cos(angle), rim * Math.sin(angle)];
    const at = move(head, [
      along * femur.sine + up * femur.cosine,
      back,
      -along * femur.cosine + up * femur.sine,
    ]);
    paintSpur(canvas, at, [0.55 * reach + 1.5, 0.8 * reach + 1.5, 0.55 * reach + 1.5], joint);
  }
  const rim = radius + joint.jointSpace + 2.5;
  // Where the opening of a socket of some 42° inclination has its edge, above and below.
  for (const angle of [43, 50, 227]) {
    if (!random.chance(0.85)) continue;
    const reach = size * random.between(0.4, 0.8);
    const turn = (angle * Math.PI) / 180;
    const at: Vector = [
      socket[0] + (rim + 0.1 * reach) * Math.sin(turn),
      socket[1] + random.between(-9, 9),
      socket[2] + (rim + 0.1 * reach) * Math.cos(turn),
    ];
    paintSpur(canvas, at, [0.65 * reach + 1, 1.1 * reach + 1.5, 0.35 * reach + 1.2], joint);
  }

  function paintSpur(on: Canvas, [x, y, z]: Vector, radii: Vector, { corticalDensity }: WornJoint): void {
    const spur: Solid = {
      distance: (a, b, c) => ellipsoid(side * a - x, b - y, c - z, ...radii),
      density: () => 0.33 * corticalDensity,
    };
    const margin = edgeWidth * on.voxel;
    const reach = radii.map((r) => r + margin) as unknown as Vector;
    paint(on, spur, {
      low: [side * x - reach[0], y - reach[1], z - reach[2]],
      high: [side * x + reach[0], y + reach[1], z + reach[2]],
    });
  }
}

/** Dense bone on both sides of the worn joint, and cysts in it. Adds to what is bone already. */
export function paintWear(canvas: Canvas, joint: WornJoint, random: Random): void {
  const { arthritis, femur, head, socket, side } = joint;
  if (arthritis.sclerosis <= 0) return;
  const radius = femur.headRadius;
  const wear = (arthritis.direction * Math.PI) / 180;
  const load: Vector = [Math.sin(wear), 0, Math.cos(wear)];
  const centre = move(head, [0, 0, 0]);
  const cysts = Array.from({ length: arthritis.cysts }, () => {
    const inSocket = random.chance(0.5);
    const from = inSocket ? socket : centre;
    const depth = inSocket ? radius + joint.jointSpace + random.between(4, 8) : radius - random.between(4, 8);
    const angle = wear + random.between(-0.5, 0.5);
    return {
      at: [
        from[0] + depth * Math.sin(angle),
        from[1] + random.between(-8, 8),
        from[2] + depth * Math.cos(angle),
      ] as const,
      radius: random.between(2.5, 5.5),
    };
  });
  const reach = radius + 22;
  const [cx, cy, cz] = [side * centre[0], centre[1], centre[2]];
  change(
    canvas,
    { low: [cx - reach, cy - reach, cz - 6], high: [cx + reach, cy + reach, cz + reach] },
    (x, y, z, before) => {
      // Bone only: cartilage, capsule and muscle stay as they are.
      if (before < 110) return before;
      const u = side * x;
      const [dx, dy, dz] = [u - centre[0], y - centre[1], z - centre[2]];
      const far = Math.sqrt(dx * dx + dy * dy + dz * dz);
      const facing = smoothStep(0.55, 0.95, (dx * load[0] + dy * load[1] + dz * load[2]) / Math.max(far, 1));
      const fromJoint = far - radius;
      const band = Math.exp(-((fromJoint / (fromJoint > 0 ? 9 : 6)) ** 2));
      let value = before + arthritis.sclerosis * facing * band;
      for (const cyst of cysts) {
        const [a, b, c] = cyst.at;
        const inside = cyst.radius - Math.hypot(u - a, y - b, z - c);
        if (inside > -1.5) {
          // A dense wall about fluid.
          value = mix(before + 250, 40, smoothStep(-0.5, 1, inside));
        }
      }
      return value;
    },
  );
}

/** Rewrites the voxels of a box. */
function change(
  canvas: Canvas,
  box: Box,
  to: (x: number, y: number, z: number, before: number) => number,
): void {
  const { hounsfield, size, voxel, origin } = canvas;
  const first = (axis: 0 | 1 | 2) => Math.max(0, Math.ceil((box.low[axis] - origin[axis]) / voxel));
  const last = (axis: 0 | 1 | 2) =>
    Math.min(size[axis] - 1, Math.floor((box.high[axis] - origin[axis]) / voxel));
  for (let k = first(2); k <= last(2); k++) {
    for (let j = first(1); j <= last(1); j++) {
      const row = size[0] * (j + size[1] * k);
      for (let i = first(0); i <= last(0); i++) {
        const [x, y, z] = [origin[0] + i * voxel, origin[1] + j * voxel, origin[2] + k * voxel];
        hounsfield[row + i] = Math.round(to(x, y, z, hounsfield[row + i]!));
      }
    }
  }
}
