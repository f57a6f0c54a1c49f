import type { PatientPoint } from '../volume/volume.ts';
import { faceSpacing } from './alignment.ts';
import { BreakSurface } from './breakSurface.ts';
import type { PubicRamusFracture } from './conditions.ts';
import type { PatientParameters } from './parameters.ts';
import { point, type Side } from './placement.ts';
import { rotate, rotationAbout, multiply, type Vector } from './rigid.ts';
import type { Random } from '../random/random.ts';
import { edgeWidth, type Solid } from './voxelize.ts';

/**
 * A hip bone broken through both rami of the obturator foramen: the symphysis' piece moved against the rest.
 * It only slides, since the hip bone knows a whole row of voxels by its height.
 */
export class BrokenHipBone implements Solid {
  readonly #socketPiece: Solid;
  readonly #midPiece: Solid;
  readonly #surface: BreakSurface;
  readonly #side: Side;
  readonly #shift: Vector;
  readonly #half: number;
  /** Above this the hip bone is whole; mm over the acetabula. */
  readonly #below: number;
  #socketDistance = 0;
  #midDistance = 0;

  /** `makeBone` makes the whole hip bone; each piece needs its own. */
  constructor(
    fracture: PubicRamusFracture,
    patient: PatientParameters,
    side: Side,
    voxel: number,
    makeBone: () => Solid,
    random: Random,
  ) {
    this.#socketPiece = makeBone();
    this.#midPiece = makeBone();
    this.#side = side;
    const [inward, back, up] = fracture.shift;
    this.#shift = [-1 * inward, back, up];
    this.#half = 0.5 * edgeWidth * voxel;
    this.#below = 12 * patient.pelvisScale;
    const turn = multiply(rotationAbout([0, 1, 0], fracture.lean), rotationAbout([0, 0, 1], fracture.swing));
    this.#surface = new BreakSurface(
      [(patient.hipSeparation / 2) * fracture.place, -38 * patient.pelvisScale, -40 * patient.pelvisScale],
      rotate(turn, [1, 0, 0]),
      rotate(turn, [0, 0, 1]),
      fracture.roughness,
      random,
    );
  }

  distance(x: number, y: number, z: number): number {
    const half = this.#half;
    const u = this.#side * x;
    this.#midDistance = Infinity;
    this.#socketDistance = this.#socketPiece.distance(x, y, z);
    if (z > this.#below) return this.#socketDistance;
    this.#socketDistance = Math.max(this.#socketDistance, -this.#surface.side(u, y, z));
    const [dx, dy, dz] = this.#shift;
    this.#midDistance = Math.max(
      this.#midPiece.distance(x - this.#side * dx, y - dy, z - dz),
      this.#surface.side(u - dx, y - dy, z - dz),
    );
    const share = shareOf(this.#socketDistance, half) + shareOf(this.#midDistance, half);
    const nearest = Math.min(this.#socketDistance, this.#midDistance);
    return share === 0 ? nearest : Math.min(half * (1 - 2 * share), half);
  }

  density(x: number, y: number, z: number): number {
    const [dx, dy, dz] = this.#shift;
    const socket =
      this.#socketDistance < this.#half ? this.#socketPiece.density(x, y, z) : Number.NEGATIVE_INFINITY;
    const mid =
      this.#midDistance < this.#half
        ? this.#midPiece.density(x - this.#side * dx, y - dy, z - dz)
        : Number.NEGATIVE_INFINITY;
    return Math.max(socket, mid);
  }

  /** Samples of both faces where they lie now, in patient coordinates. */
  faces(): PatientPoint[] {
    const whole = this.#midPiece;
    const points: PatientPoint[] = [];
    const [dx, dy, dz] = this.#shift;
    for (let p = -60; p <= 60; p += faceSpacing) {
      for (let q = -60; q <= 60; q += faceSpacing) {
        const [u, y, z] = this.#surface.at(p, q);
        if (z > this.#below || whole.distance(this.#side * u, y, z) >= 0) continue;
        points.push(point([this.#side * u, y, z]), point([this.#side * (u + dx), y + dy, z + dz]));
      }
    }
    return points;
  }
}

/** A surface's share of the voxels about it. */
function shareOf(distance: number, half: number): number {
  return distance >= half ? 0 : distance <= -half ? 1 : 0.5 - distance / (2 * half);
}
