import { clamp01, mix } from './distance.ts';
import type { Femur } from './femur.ts';
import { inverse, type RigidMotion } from './rigid.ts';
import { edgeWidth, type Solid } from './voxelize.ts';

/** A whole femur where it lies in the patient; the state of the last distance serves its density. */
export class FemurBone implements Solid {
  readonly #femur: Femur;
  readonly #cortical: number;
  readonly #edge: number;
  /** From the mirrored patient frame to the femur's own. */
  readonly #back: Float64Array;
  readonly #mirror: number;
  #x = 0;
  #y = 0;
  #z = 0;
  #distance = 0;

  /** `placement` takes the femur's frame to the mirrored patient frame: x → side · x. */
  constructor(femur: Femur, placement: RigidMotion, side: 1 | -1, corticalDensity: number, voxel: number) {
    this.#femur = femur;
    this.#cortical = corticalDensity;
    this.#edge = edgeWidth * voxel;
    this.#mirror = side;
    const { rotation, translation } = inverse(placement);
    this.#back = Float64Array.from([...rotation, ...translation]);
  }

  distance(x: number, y: number, z: number): number {
    const u = this.#mirror * x;
    const m = this.#back;
    this.#x = m[0]! * u + m[1]! * y + m[2]! * z + m[9]!;
    this.#y = m[3]! * u + m[4]! * y + m[5]! * z + m[10]!;
    this.#z = m[6]! * u + m[7]! * y + m[8]! * z + m[11]!;
    this.#distance = this.#femur.distance(this.#x, this.#y, this.#z);
    return this.#distance;
  }

  /** Of the point whose distance was asked last. */
  density(): number {
    const x = this.#x;
    const y = this.#y;
    const z = this.#z;
    const inner = clamp01(0.5 - (this.#distance + this.#femur.cortex(x, y, z)) / this.#edge);
    if (inner === 0) return this.#cortical;
    const covered = Math.max(clamp01(0.5 - this.#distance / this.#edge), inner);
    return mix(this.#cortical, this.#femur.cancellous(x, y, z), inner / covered);
  }

  /** The point whose distance was asked last, in the bone's own frame. */
  get local(): readonly [number, number, number] {
    return [this.#x, this.#y, this.#z];
  }
}
