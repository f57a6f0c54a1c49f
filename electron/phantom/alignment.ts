/** What surgeons measure of a broken femur, from the motions of its fragments. Frame: the whole femur's own. */
import { type Degrees, degrees, type Millimetres, mm } from '../contract/units.ts';
import type { BreakSurface } from './breakSurface.ts';
import type { Femur } from './femur.ts';
import type { FemurPieces } from './fragments.ts';
import { compose, inverse, move, type RigidMotion, rotate, transpose, type Vector } from './rigid.ts';

/** Millimetres between the samples of a fracture's faces. */
export const faceSpacing = 1.5;
/** No cut through a femur reaches further from its middle. */
const faceReach = 45;

const inDegrees = (angle: number): number => (angle * 180) / Math.PI;

/**
 * Garden's alignment index on the AP film (Garden 1961): the compressive trabeculae of the head against the
 * shaft, both seen from the front of the neck. 160° where nothing moved; valgus adds, varus takes away.
 */
export function gardenIndexAP(head: RigidMotion, shaft: RigidMotion): Degrees {
  const lean = (motion: RigidMotion, direction: Vector): number => {
    const [x, , z] = rotate(motion.rotation, direction);
    return inDegrees(Math.atan2(-x, z));
  };
  const slope = (20 * Math.PI) / 180;
  return degrees(180 - (lean(head, [-Math.sin(slope), 0, Math.cos(slope)]) - lean(shaft, [0, 0, 1])));
}

/**
 * Garden's index on the lateral film: the head's axis against the neck's, seen along the height of the neck.
 * 180° where nothing moved; posterior tilt of the head takes away, anterior tilt adds.
 */
export function gardenIndexLateral(femur: Femur, head: RigidMotion, shaft: RigidMotion): Degrees {
  const outward: Vector = [-femur.sine, 0, femur.cosine];
  // As the neck sees it, so that a leg that fell outwards is not read as a tilt of the head.
  const [x, y, z] = rotate(transpose(shaft.rotation), rotate(head.rotation, outward));
  return degrees(180 - inDegrees(Math.atan2(y, z * femur.cosine - x * femur.sine)));
}

/**
 * Of a fracture plane's trace on the frontal plane against the horizontal, both of the whole bone (Pauwels
 * 1935): 0 to 90°.
 */
export function pauwelsAngle(normal: Vector): Degrees {
  return degrees(inDegrees(Math.atan2(Math.abs(normal[0]), Math.abs(normal[2]))));
}

/** How far the centre of the head moved against the shaft. */
export function headCentreShift(head: RigidMotion, shaft: RigidMotion): Millimetres {
  return mm(Math.hypot(...move(compose(inverse(shaft), head), [0, 0, 0])));
}

/** The neck's lower margin at its base: the lateral end of Shenton's arc. */
export function lowerNeckMargin(femur: Femur): Vector {
  const along = femur.axisLength - femur.neckRadius;
  const at = (down: number): Vector => [
    along * femur.sine - down * femur.cosine,
    0,
    -along * femur.cosine - down * femur.sine,
  ];
  let inside = 0;
  let outside = 3 * femur.neckRadius;
  for (let step = 0; step < 30; step++) {
    const middle = (inside + outside) / 2;
    if (femur.distance(...at(middle)) < 0) inside = middle;
    else outside = middle;
  }
  return at(inside);
}

/** Points of the cut that lie inside the whole bone, `faceSpacing` apart over its plane. */
export function cutPoints(surface: BreakSurface, femur: Femur): Vector[] {
  const points: Vector[] = [];
  for (let p = -faceReach; p <= faceReach; p += faceSpacing) {
    for (let q = -faceReach; q <= faceReach; q += faceSpacing) {
      const point = surface.at(p, q);
      if (femur.distance(...point) < 0) points.push(point);
    }
  }
  return points;
}

export interface Apposition {
  /** Mean open distance between the faces where they still stand opposite; null where none does. */
  readonly gap: Millimetres | null;
  /** Share of the head's face that stands opposite the other face. */
  readonly contact: number;
  /** Cubic millimetres that both fragments claim: crushed bone. */
  readonly overlapVolume: number;
}

/** How the two faces of a broken bone lie to one another. `cut` are its points, as `cutPoints` gives them. */
export function apposition(pieces: FemurPieces, femur: Femur, cut: readonly Vector[]): Apposition {
  const [head, shaft] = pieces.fragments;
  if (head?.within == null || shaft?.within == null || cut.length === 0) {
    return { gap: null, contact: 0, overlapVolume: 0 };
  }
  const { within } = shaft;
  const toShaft = compose(inverse(shaft.motion), head.motion);
  let opposed = 0;
  let open = 0;
  for (const point of cut) {
    const there = move(toShaft, point);
    if (femur.distance(...there) >= 0) continue;
    opposed++;
    open += Math.max(within(...there), 0);
  }
  return {
    gap: opposed === 0 ? null : mm(open / opposed),
    contact: opposed / cut.length,
    overlapVolume: overlapVolume(pieces, femur, cut),
  };
}

/** Counts the points of a 2.5 mm grid, about the cut, that lie in both of the first two pieces. */
function overlapVolume(pieces: FemurPieces, femur: Femur, cut: readonly Vector[]): number {
  const [head, shaft] = pieces.fragments;
  if (head?.within == null || shaft?.within == null) return 0;
  const step = 2.5;
  const margin = 14;
  const along = (axis: 0 | 1 | 2) => cut.map((point) => point[axis]);
  const low = [Math.min(...along(0)), Math.min(...along(1)), Math.min(...along(2))] as const;
  const high = [Math.max(...along(0)), Math.max(...along(1)), Math.max(...along(2))] as const;
  const toShaft = compose(inverse(shaft.motion), head.motion);
  let count = 0;
  for (let x = low[0] - margin; x <= high[0] + margin; x += step) {
    for (let y = low[1] - margin; y <= high[1] + margin; y += step) {
      for (let z = low[2] - margin; z <= high[2] + margin; z += step) {
        if (head.within(x, y, z) >= 0) continue;
        const there = move(toShaft, [x, y, z]);
        if (shaft.within(...there) >= 0 || femur.distance(...there) >= 0) continue;
        if (femur.distance(x, y, z) < 0) count++;
      }
    }
  }
  return count * step ** 3;
}
