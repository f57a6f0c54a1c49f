import type { Random } from '../random/random.ts';
import { dot, subtract, type Vector } from './rigid.ts';

/** A wave of the rough surface over its own plane. */
interface Wave {
  readonly p: number;
  readonly q: number;
  readonly phase: number;
  readonly height: number;
}

/** Waves stay within this of the plane, mm. */
const roughest = 6;

/**
 * The rough surface along which a bone broke: a plane with band-limited height noise (wavelengths 5 to
 * 22 mm, the span of trabecular tearing in science reference d), in whatever frame its vectors are given.
 */
export class BreakSurface {
  readonly centre: Vector;
  /** Unit normal of the plane. */
  readonly normal: Vector;
  /** Unit vectors along the plane: `up` and, at right angles to it, `across`. */
  readonly up: Vector;
  readonly across: Vector;
  readonly #waves: readonly Wave[];

  /** `roughness` in mm is about twice the root mean square height; 0 leaves the plane. */
  constructor(centre: Vector, normal: Vector, up: Vector, roughness: number, random: Random) {
    this.centre = centre;
    this.normal = normal;
    this.up = up;
    this.across = [
      up[1] * normal[2] - up[2] * normal[1],
      up[2] * normal[0] - up[0] * normal[2],
      up[0] * normal[1] - up[1] * normal[0],
    ];
    this.#waves = Array.from({ length: 7 }, () => {
      const length = random.between(5, 22);
      const direction = random.between(0, Math.PI);
      return {
        p: (2 * Math.PI * Math.cos(direction)) / length,
        q: (2 * Math.PI * Math.sin(direction)) / length,
        phase: random.between(0, 2 * Math.PI),
        height: (roughness * length) / 36,
      };
    });
  }

  /** Signed distance, negative on the side that the normal points away from. */
  side(x: number, y: number, z: number): number {
    const plane =
      (x - this.centre[0]) * this.normal[0] +
      (y - this.centre[1]) * this.normal[1] +
      (z - this.centre[2]) * this.normal[2];
    return plane > -roughest && plane < roughest ? plane - this.#height(x, y, z) : plane;
  }

  /** The point of the surface over the plane's point `p` along `up` and `q` along `across` from the centre. */
  at(p: number, q: number): Vector {
    const { centre, up, across, normal } = this;
    const flat = (axis: 0 | 1 | 2) => centre[axis] + p * up[axis] + q * across[axis];
    const height = this.#heightOver(p, q);
    return [flat(0) + height * normal[0], flat(1) + height * normal[1], flat(2) + height * normal[2]];
  }

  #height(x: number, y: number, z: number): number {
    const from = subtract([x, y, z], this.centre);
    return this.#heightOver(dot(from, this.up), dot(from, this.across));
  }

  #heightOver(p: number, q: number): number {
    let height = 0;
    for (const wave of this.#waves) height += wave.height * Math.sin(wave.p * p + wave.q * q + wave.phase);
    return height;
  }
}
