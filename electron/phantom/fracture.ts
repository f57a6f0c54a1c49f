import type { Random } from '../random/random.ts';
import type { Femur } from './femur.ts';
import type { FractureParameters } from './fractureParameters.ts';
import {
  add,
  dot,
  identity,
  multiply,
  type RigidMotion,
  rotate,
  rotationAbout,
  scale,
  subtract,
  type Vector,
} from './rigid.ts';

/** A wave of the rough fracture surface over its own plane. */
interface Wave {
  readonly p: number;
  readonly q: number;
  readonly phase: number;
  readonly height: number;
}

/** The cut of a femoral neck in the femur's frame, and the motions that carry its two fragments away. */
export class Fracture {
  readonly parameters: FractureParameters;
  /** The head turns about its centre, which the acetabulum holds. */
  readonly proximal: RigidMotion;
  readonly distal: RigidMotion;
  readonly centre: Vector;
  /** Unit normal of the plane, from the head to the trochanters. */
  readonly normal: Vector;
  /** Up the fracture plane, seen from the front. */
  readonly up: Vector;
  readonly #across: Vector;
  readonly #femur: Femur;
  readonly #reach: number;
  readonly #waves: readonly Wave[];

  constructor(parameters: FractureParameters, femur: Femur, random: Random) {
    this.parameters = parameters;
    this.#femur = femur;
    const end = Math.max(femur.axisLength - femur.neckRadius, femur.headEdge + 8);
    const distance = femur.headEdge + parameters.neckFraction * (end - femur.headEdge);
    this.centre = [distance * femur.sine, 0, -distance * femur.cosine];
    this.#reach = distance + 15;
    const pauwels = (parameters.pauwelsAngle * Math.PI) / 180;
    this.up = [Math.cos(pauwels), 0, Math.sin(pauwels)];
    const turn = rotationAbout(this.up, parameters.obliquity);
    this.normal = rotate(turn, [Math.sin(pauwels), 0, -Math.cos(pauwels)]);
    this.#across = rotate(turn, [0, 1, 0]);
    this.#waves = Array.from({ length: 7 }, () => {
      const length = random.between(5, 22);
      const direction = random.between(0, Math.PI);
      return {
        p: (2 * Math.PI * Math.cos(direction)) / length,
        q: (2 * Math.PI * Math.sin(direction)) / length,
        phase: random.between(0, 2 * Math.PI),
        height: (parameters.roughness * length) / 36,
      };
    });
    [this.proximal, this.distal] = this.#motions();
  }

  /** Signed distance to the rough cut: negative on the head's side. */
  side(x: number, y: number, z: number): number {
    const [cx, cy, cz] = this.centre;
    const [nx, ny, nz] = this.normal;
    const plane = (x - cx) * nx + (y - cy) * ny + (z - cz) * nz;
    // Far down the neck axis all is trochanter, however flat the plane runs.
    const along = x * this.#femur.sine - z * this.#femur.cosine - this.#reach;
    const cut = plane > -6 && plane < 6 ? plane - this.#height(x, y, z) : plane;
    return Math.max(cut, along);
  }

  #height(x: number, y: number, z: number): number {
    const q = subtract([x, y, z], this.centre);
    const p = dot(q, this.up);
    const r = dot(q, this.#across);
    let height = 0;
    for (const wave of this.#waves) height += wave.height * Math.sin(wave.p * p + wave.q * r + wave.phase);
    return height;
  }

  /**
   * The motions of the two fragments from where they were whole, in the femur's frame. The distal one
   * follows the head's lower edge as a hinge (grades I to III), then slides, turns and opens.
   */
  #motions(): [RigidMotion, RigidMotion] {
    const p = this.parameters;
    const superior: Vector = [this.#femur.cosine, 0, this.#femur.sine];
    const proximal: RigidMotion = {
      // About +y, head's dome to lateral: valgus. About the neck's height, dome to the back: posterior tilt.
      rotation: multiply(rotationAbout([0, 1, 0], p.valgus), rotationAbout(superior, -1 * p.posteriorTilt)),
      translation: [0, 0, 0],
    };
    const hinge = add(this.centre, scale(superior, -0.8 * this.#femur.neckRadius));
    const follow: Vector = p.grade === 'IV' ? [0, 0, 0] : subtract(rotate(proximal.rotation, hinge), hinge);
    const neckAxis: Vector = [this.#femur.sine, 0, -this.#femur.cosine];
    const slide = p.slide * 2 * this.#femur.neckRadius + p.migration / Math.max(this.up[2], 0.5);
    const shift = add(
      add(follow, scale(this.up, slide)),
      add(scale(neckAxis, -1 * p.impaction), scale(this.normal, p.gap)),
    );
    const turn = p.externalRotation === 0 ? identity : rotationAbout([0, 0, 1], p.externalRotation);
    // Turns about a vertical through the fracture, so that the broken ends stay together.
    const pivot = this.centre;
    return [proximal, { rotation: turn, translation: add(subtract(pivot, rotate(turn, pivot)), shift) }];
  }
}
