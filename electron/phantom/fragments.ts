import { clamp01, mix, smoothMin } from './distance.ts';
import type { BreakSurface } from './breakSurface.ts';
import type { Femur } from './femur.ts';
import { FemurBone } from './femurBone.ts';
import { compose, identity, type RigidMotion } from './rigid.ts';
import { edgeWidth, type Solid } from './voxelize.ts';

/** One piece of a femur: which part of the bone it is, and how it moved. Both in the femur's own frame. */
export interface Fragment {
  /** Signed distance where the bone was whole: negative in this piece. Null: the piece is all of the bone. */
  readonly within: ((x: number, y: number, z: number) => number) | null;
  readonly motion: RigidMotion;
}

/** A femur in its pieces, however few. */
export interface FemurPieces {
  /** The first is the one with the head (or all), the second the one with the shaft; then splinters. */
  readonly fragments: readonly Fragment[];
  /** Motion of what the head belongs to, and of what the shaft belongs to. */
  readonly head: RigidMotion;
  readonly shaft: RigidMotion;
  /** Where it broke; null where it did not. */
  readonly surface: BreakSurface | null;
  /** Hounsfield units that crushing adds where the first two pieces share a place. */
  readonly crush: number;
  /** Millimetres over which new bone has joined the pieces; 0 while they are apart. */
  readonly union: number;
}

export const still: RigidMotion = { rotation: identity, translation: [0, 0, 0] };

export const wholeFemur: FemurPieces = {
  fragments: [{ within: null, motion: still }],
  head: still,
  shaft: still,
  surface: null,
  crush: 0,
  union: 0,
};

/** New bone between healed fragments, HU. */
const callus = 270;
/** The most that crushed bone reaches before its crushing is added, HU. */
const debris = 520;

interface Piece {
  readonly bone: FemurBone;
  readonly within: Fragment['within'];
  /** Signed distance of the point asked last. */
  distance: number;
}

/** The pieces of a femur where they lie in the patient; the state of the last distance serves its density. */
export class FragmentedFemur implements Solid {
  readonly #pieces: readonly Piece[];
  readonly #half: number;
  readonly #crush: number;
  readonly #union: number;

  /** `placement` takes the femur's frame to the mirrored patient frame: x → side · x. */
  constructor(
    femur: Femur,
    pieces: FemurPieces,
    placement: RigidMotion,
    side: 1 | -1,
    corticalDensity: number,
    voxel: number,
  ) {
    this.#half = 0.5 * edgeWidth * voxel;
    this.#crush = pieces.crush;
    this.#union = pieces.union;
    this.#pieces = pieces.fragments.map(({ within, motion }) => {
      const bone = new FemurBone(femur, compose(placement, motion), side, corticalDensity, voxel);
      return { bone, within, distance: 0 };
    });
  }

  distance(x: number, y: number, z: number): number {
    const half = this.#half;
    let nearest = Infinity;
    let joined = Infinity;
    let share = 0;
    for (const piece of this.#pieces) {
      let distance = piece.bone.distance(x, y, z);
      if (piece.within !== null && distance < 20) {
        const [px, py, pz] = piece.bone.local;
        distance = Math.max(distance, piece.within(px, py, pz));
      }
      piece.distance = distance;
      nearest = Math.min(nearest, distance);
      if (this.#union > 0) joined = smoothMin(joined, distance, this.#union);
      if (distance < half) share += distance <= -half ? 1 : 0.5 - distance / (2 * half);
    }
    if (this.#union > 0) return joined;
    // Shares add up, so that a gap is as wide in the volume as it is in truth, however coarse the voxels,
    // and faces that touch leave no line.
    return share === 0 ? nearest : Math.min(half * (1 - 2 * share), half);
  }

  density(): number {
    const half = this.#half;
    let densest = -Infinity;
    let deepest = Infinity;
    let base = 0;
    let sum = 0;
    for (const piece of this.#pieces) {
      if (piece.distance >= half) continue;
      const density = piece.bone.density();
      densest = Math.max(densest, density);
      sum += density;
      if (piece.distance < deepest) {
        deepest = piece.distance;
        base = density;
      }
    }
    if (densest === -Infinity) return callus;
    const [head, shaft] = this.#pieces;
    if (this.#crush === 0 || head === undefined || shaft === undefined) return densest;
    // The crushed zone: where fragments share the room, and a little beyond. Bone that is driven into bone
    // keeps its mass but not its shape, so no cortex stands out inside the other fragment; bone that has
    // healed was remodelled, and its borders are soft.
    const overlap = -Math.max(head.distance, shaft.distance);
    const healed = this.#union > 0;
    const edge = healed ? 7 : 2.5;
    const crushed = Math.min(0.8 * sum, healed ? callus : debris);
    // The rim of one fragment inside the other must not stand out by its share of a voxel alone.
    const outside = deepest <= -half ? base : densest;
    const bone = overlap > 0 ? mix(base, crushed, clamp01(overlap / edge)) : outside;
    return bone + this.#crush * clamp01((overlap + edge) / edge);
  }
}
