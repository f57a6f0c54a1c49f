import { clamp01, mix } from './distance.ts';
import type { Femur } from './femur.ts';
import type { Fracture } from './fracture.ts';
import { compose, inverse, type RigidMotion } from './rigid.ts';
import { edgeWidth, type Solid } from './voxelize.ts';

/** A femur, whole or broken, where it lies in the patient; the state of the last distance serves its density. */
export class FemurBone implements Solid {
  readonly #femur: Femur;
  readonly #fracture: Fracture | null;
  readonly #cortical: number;
  readonly #edge: number;
  readonly #toProximal: Float64Array;
  readonly #toDistal: Float64Array;
  readonly #mirror: number;
  #headSide = 0;
  #shaftSide = 0;
  #head = 0;
  #shaft = 0;

  /** `placement` takes the femur's frame to the mirrored patient frame: x → side · x. */
  constructor(
    femur: Femur,
    fracture: Fracture | null,
    placement: RigidMotion,
    side: 1 | -1,
    corticalDensity: number,
    voxel: number,
  ) {
    this.#femur = femur;
    this.#fracture = fracture;
    this.#cortical = corticalDensity;
    this.#edge = edgeWidth * voxel;
    this.#mirror = side;
    this.#toProximal = flat(inverse(fracture ? compose(placement, fracture.proximal) : placement));
    this.#toDistal = flat(inverse(fracture ? compose(placement, fracture.distal) : placement));
  }

  distance(x: number, y: number, z: number): number {
    const u = this.#mirror * x;
    const m = this.#toProximal;
    const px = m[0]! * u + m[1]! * y + m[2]! * z + m[9]!;
    const py = m[3]! * u + m[4]! * y + m[5]! * z + m[10]!;
    const pz = m[6]! * u + m[7]! * y + m[8]! * z + m[11]!;
    this.#head = this.#femur.distance(px, py, pz);
    if (this.#fracture === null) return this.#head;
    this.#headSide = this.#head > 20 ? this.#head : Math.max(this.#head, this.#fracture.side(px, py, pz));
    const d = this.#toDistal;
    const dx = d[0]! * u + d[1]! * y + d[2]! * z + d[9]!;
    const dy = d[3]! * u + d[4]! * y + d[5]! * z + d[10]!;
    const dz = d[6]! * u + d[7]! * y + d[8]! * z + d[11]!;
    this.#shaft = this.#femur.distance(dx, dy, dz);
    this.#shaftSide =
      this.#shaft > 20 ? this.#shaft : Math.max(this.#shaft, -this.#fracture.side(dx, dy, dz));
    return Math.min(this.#headSide, this.#shaftSide);
  }

  density(x: number, y: number, z: number): number {
    const u = this.#mirror * x;
    if (this.#fracture === null) return this.#bone(this.#toProximal, u, y, z, this.#head);
    const half = 0.5 * this.#edge;
    const inHead = this.#headSide < half;
    const inShaft = this.#shaftSide < half;
    const head = inHead ? this.#bone(this.#toProximal, u, y, z, this.#head) : -1024;
    const shaft = inShaft ? this.#bone(this.#toDistal, u, y, z, this.#shaft) : -1024;
    // The crushed zone: where fragments share the room, and a little beyond.
    const overlap = -Math.max(this.#headSide, this.#shaftSide);
    const crushed = this.#fracture.parameters.sclerosis * clamp01((overlap + 2.5) / 2.5);
    return Math.max(head, shaft) + crushed;
  }

  #bone(m: Float64Array, u: number, y: number, z: number, distance: number): number {
    const x = m[0]! * u + m[1]! * y + m[2]! * z + m[9]!;
    const v = m[3]! * u + m[4]! * y + m[5]! * z + m[10]!;
    const w = m[6]! * u + m[7]! * y + m[8]! * z + m[11]!;
    const inner = clamp01(0.5 - (distance + this.#femur.cortex(x, v, w)) / this.#edge);
    if (inner === 0) return this.#cortical;
    const covered = Math.max(clamp01(0.5 - distance / this.#edge), inner);
    return mix(this.#cortical, this.#femur.cancellous(x, v, w), inner / covered);
  }
}

function flat(motion: RigidMotion): Float64Array {
  return Float64Array.from([...motion.rotation, ...motion.translation]);
}
