import { clamp01, ellipsoid, mix, Rod, smoothMax, smoothMin } from './distance.ts';
import type { PatientParameters } from './parameters.ts';
import type { Texture } from './texture.ts';
import { edgeWidth, type Solid } from './voxelize.ts';

/** Sacrum, coccyx and the lowest lumbar vertebrae; symmetric about x = 0, in the frame of the hip bones. */
export class Sacrum implements Solid {
  readonly #scale: number;
  readonly #cosTilt: number;
  readonly #sinTilt: number;
  readonly #cortical: number;
  readonly #cancellous: number;
  readonly #edge: number;
  readonly #texture: Texture;
  readonly #halfWidth: number;
  /** Distance to the walls that have a cortex: all but the foramina's. */
  #wall = 0;
  #plate = 0;

  constructor(parameters: PatientParameters, texture: Texture, voxel: number) {
    this.#scale = parameters.pelvisScale;
    const tilt = (parameters.pelvicTilt * Math.PI) / 180;
    this.#cosTilt = Math.cos(tilt);
    this.#sinTilt = Math.sin(tilt);
    this.#cortical = 0.55 * parameters.corticalDensity;
    this.#cancellous = parameters.cancellousDensity;
    this.#edge = edgeWidth * voxel;
    this.#texture = texture;
    this.#halfWidth = parameters.hipSeparation / 2 / parameters.pelvisScale - 39;
  }

  distance(x: number, y: number, z: number): number {
    const k = this.#scale;
    const a = Math.abs(x) / k;
    const b = (this.#cosTilt * y + this.#sinTilt * z) / k;
    const c = (-this.#sinTilt * y + this.#cosTilt * z) / k;
    // The height is the same along a row of voxels, so no leap can miss what it rules out.
    this.#plate = Infinity;
    const sacrum = c < 125 ? this.#sacrum(a, b, c) : Infinity;
    const fifth = c > 95 && c < 155 ? lumbar(a, b, c - 126) : Infinity;
    const spine = c > 133 ? Math.min(fifth, lumbar(a, b + 2, c - 164)) : fifth;
    this.#wall = Math.min(this.#plate, spine) * k;
    return Math.min(sacrum, spine) * k;
  }

  #sacrum(a: number, b: number, c: number): number {
    // From the promontory (t = 0) to the tip of the coccyx (t = 1), curved to the back.
    const t = clamp01((102 - c) / 125);
    const half = mix(this.#halfWidth, 7, t < 0.3 ? 0.35 * t : 0.105 + 0.97 * (t - 0.3) ** 0.85);
    const centre = 38 + 52 * Math.sin(Math.min(t * 1.25, 1) * 1.7) - 14 * t * t;
    const thick = mix(20, 5, t) + (a < 22 ? 3 * (1 - t) : 0);
    const plate = smoothMax(
      smoothMax(0.85 * (a - half - 2 * Math.cos(c / 3.1)), 0.75 * (Math.abs(b - centre) - thick), 22),
      Math.max(c - 100 - 0.16 * (38 - b) + 0.004 * a * a, -23 - c),
      9,
    );
    let holes = Infinity;
    for (let level = 0; level < 4; level++) {
      const height = 80 - 19 * level;
      holes = Math.min(
        holes,
        Math.hypot(0.8 * (a - 22 + 2 * level), c - height - 0.25 * a) - 4.5 + 0.4 * level,
      );
    }
    // The foramina have no cortex of their own to speak of.
    this.#plate = plate;
    return smoothMax(plate, -holes, 4);
  }

  density(x: number, y: number, z: number): number {
    const inner = clamp01(0.5 - (this.#wall + 0.9) / this.#edge);
    if (inner === 0) return this.#cortical;
    const covered = Math.max(clamp01(0.5 - this.#wall / this.#edge), inner);
    const grain = this.#texture.at(x + 5, y + 91, z + 43);
    return mix(this.#cortical, this.#cancellous + 25 + 25 * grain, inner / covered);
  }
}

const pedicle = new Rod([14, 32, 6], 6, [22, 48, 4], 7);
const transverse = new Rod([18, 42, 6], 6, [46, 44, 8], 3.5);
const lamina = new Rod([14, 52, 0], 6, [0, 62, -2], 6);
const spine = new Rod([0, 60, -2], 4, [0, 84, -10], 5);

/** One vertebra about the centre of its body; `a` is |x|. */
function lumbar(a: number, b: number, c: number): number {
  const radial = ellipsoid(a, b - 12, 0, 26 - 2.5 * Math.cos(c / 7), 18, 100);
  const body = smoothMax(radial, Math.abs(c) - 14, 4);
  let arch = Math.min(pedicle.distance(a, b, c), transverse.distance(a, b, c));
  arch = Math.min(arch, lamina.distance(a, b, c), spine.distance(a, b, c));
  return smoothMin(body, arch, 3);
}
