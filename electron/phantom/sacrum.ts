import { clamp01, ellipsoid, mix, Rod, RodBundle, smoothMax, smoothStep } from './distance.ts';
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
  readonly #plate: Plate;
  /** Distances to the walls that have a cortex: hardly those of the canal and the foramina. */
  #wall = 0;
  #outer = 0;
  readonly #crest = new RodBundle(crest, 6);
  readonly #canal = new RodBundle(canal, 1);
  readonly #foramina = new RodBundle(foramina, 1);
  #rowY = NaN;
  #rowZ = NaN;

  constructor(parameters: PatientParameters, texture: Texture, voxel: number) {
    this.#scale = parameters.pelvisScale;
    const tilt = (parameters.pelvicTilt * Math.PI) / 180;
    this.#cosTilt = Math.cos(tilt);
    this.#sinTilt = Math.sin(tilt);
    this.#cortical = 0.55 * parameters.corticalDensity;
    this.#cancellous = parameters.cancellousDensity;
    this.#edge = edgeWidth * voxel;
    this.#texture = texture;
    this.#plate = new Plate(parameters.hipSeparation / 2 / parameters.pelvisScale - 25);
  }

  distance(x: number, y: number, z: number): number {
    const k = this.#scale;
    const a = Math.abs(x) / k;
    const b = (this.#cosTilt * y + this.#sinTilt * z) / k;
    const c = (-this.#sinTilt * y + this.#cosTilt * z) / k;
    // Height and depth are the same along a row of voxels, so no leap can miss what they rule out.
    this.#outer = Infinity;
    const sacrum = c < 140 ? this.#sacrum(a, b, c) : Infinity;
    const fifth = c > 112 && c < 170 ? fifthLumbar.distance(a, b, c) : Infinity;
    const fourth = c > 150 ? fourthLumbar.distance(a, b, c) : Infinity;
    this.#wall = Math.min(this.#outer, fifth, fourth) * k;
    return Math.min(sacrum, fifth, fourth) * k;
  }

  #sacrum(a: number, b: number, c: number): number {
    if (b !== this.#rowY || c !== this.#rowZ) this.#enterRow(b, c);
    let bone = this.#plate.distance(a, b, c);
    bone = this.#crest.join(bone, a, b, c);
    this.#outer = bone;
    if (c < 24 || bone > 12) return bone;
    const hollow = this.#foramina.join(this.#canal.join(Infinity, 0.55 * a, b, c), a, b, c);
    this.#outer = Math.max(bone, -hollow - 0.5);
    return smoothMax(bone, -hollow, 3);
  }

  #enterRow(b: number, c: number): void {
    this.#rowY = b;
    this.#rowZ = c;
    this.#crest.enterRow(b, c);
    this.#canal.enterRow(b, c);
    this.#foramina.enterRow(b, c);
  }

  density(x: number, y: number, z: number): number {
    const inner = clamp01(0.5 - (this.#wall + 0.9) / this.#edge);
    if (inner === 0) return this.#cortical;
    const covered = Math.max(clamp01(0.5 - this.#wall / this.#edge), inner);
    const grain = this.#texture.at(x + 5, y + 91, z + 43);
    return mix(this.#cortical, this.#cancellous + 25 + 25 * grain, inner / covered);
  }
}

/** Front edge of the sacrum's upper plate. */
const promontory = { y: 15, z: 112 };
/** Rise of the upper plate to the back: a sacral slope of 31°. */
const plateRise = 0.6;

/**
 * The body of the sacrum between six walls: the pelvic surface, hollow from the promontory to the coccyx and
 * drawn forwards at the alae; the back; the sides that the iliac bones hold; the upper plate; and the tip.
 */
class Plate {
  readonly #halfWidth: number;
  #y = NaN;
  #z = NaN;
  #half = 0;
  #middleFront = 0;
  #sideFront = 0;
  #steepness = 1;
  #lean = 0;
  #behind = 0;
  #ends = 0;

  constructor(halfWidth: number) {
    this.#halfWidth = halfWidth;
  }

  distance(a: number, b: number, c: number): number {
    if (b !== this.#y || c !== this.#z) this.#enterRow(b, c);
    const front = mix(this.#middleFront, this.#sideFront, smoothStep(8, this.#half, a));
    const side = (a - this.#half + this.#lean * Math.max(b - this.#sideFront, 0)) / Math.hypot(1, this.#lean);
    const depth = smoothMax((front - b) * this.#steepness, this.#behind + 0.18 * a, 5);
    return smoothMax(smoothMax(depth, side, 6), this.#ends, 5);
  }

  /** All but the distance from the midline is the same along a row of voxels. */
  #enterRow(y: number, z: number): void {
    this.#y = y;
    this.#z = z;
    const up = clamp01((z - 38) / 74);
    this.#middleFront = 97 - 82 * up ** 1.5 - 0.15 * Math.max(38 - z, 0);
    const alae = smoothStep(57, 75, z);
    this.#sideFront = mix(this.#middleFront, 33 + 0.02 * (z - 88) ** 2, alae);
    // The wall's own slopes, up and sideways, turn a depth along y into a distance.
    const sideways = (1.5 * (this.#sideFront - this.#middleFront)) / 50;
    this.#steepness = 1 / Math.hypot(1, 1.66 * Math.sqrt(up), sideways);
    const widest = clamp01((z - 18) / 77) ** 0.85;
    const taper = 0.9 * Math.max(z - 114, 0) + 0.3 * Math.max(18 - z, 0);
    this.#half = 10 + (this.#halfWidth - 10) * widest - taper;
    this.#lean = mix(0.2, 0.8, smoothStep(78, 92, z));
    const back = Math.max(107 - 9 * smoothStep(46, 74, z) - 0.03 * Math.max(z - 78, 0) ** 2, 65);
    this.#behind =
      0.7 * (y - Math.min(back, this.#middleFront + 7 + 0.2 * Math.max(z, 0) + Math.max(z - 60, 0)));
    const above = (z - promontory.z - plateRise * (y - promontory.y)) / Math.hypot(1, plateRise);
    this.#ends = Math.max(above, -6 - z);
  }
}

/** Median crest, laminae and the articular processes of the first sacral vertebra. */
const crest = [
  new Rod([0, 82, 110], 4, [0, 99, 92], 4),
  new Rod([0, 99, 92], 4, [0, 106, 58], 4.5),
  new Rod([14, 64, 112], 5, [0, 78, 110], 5),
  new Rod([22, 53, 128], 4.5, [24, 62, 106], 7),
];

/** The sacral canal; its distance is taken with the width pressed together. */
const canal = [new Rod([0, 55, 124], 8, [0, 82, 88], 5.5), new Rod([0, 82, 88], 5.5, [0, 102, 46], 2.5)];

/** Channels of the sacral nerves, from the canal to the pelvic surface. */
const foramina = [
  new Rod([14, 66, 104], 5, [27, 42, 82], 7),
  new Rod([13, 82, 86], 4.5, [25, 60, 67], 6.5),
  new Rod([12, 94, 70], 4, [21, 76, 52], 5.5),
  new Rod([9, 100, 54], 3.5, [16, 88, 38], 4.5),
];

/** A lumbar vertebra that leans forwards by an angle about the centre of its body. */
class Vertebra {
  readonly #y: number;
  readonly #z: number;
  readonly #cos: number;
  readonly #sin: number;
  readonly #arch = new RodBundle(arch, 3);
  #rowY = NaN;
  #rowZ = NaN;

  constructor(y: number, z: number, lean: number) {
    this.#y = y;
    this.#z = z;
    this.#cos = Math.cos((lean * Math.PI) / 180);
    this.#sin = Math.sin((lean * Math.PI) / 180);
  }

  distance(a: number, y: number, z: number): number {
    const b = this.#cos * (y - this.#y) + this.#sin * (z - this.#z);
    const c = -this.#sin * (y - this.#y) + this.#cos * (z - this.#z);
    const radial = ellipsoid(a, b, 0, 25.5 - 2.5 * Math.cos(c / 5), 17.5 - 1.5 * Math.cos(c / 5), 120);
    const bone = smoothMax(radial, Math.abs(c) - 13.5, 4);
    if (b !== this.#rowY || c !== this.#rowZ) {
      this.#rowY = b;
      this.#rowZ = c;
      this.#arch.enterRow(b, c);
    }
    return this.#arch.join(bone, a, b, c);
  }
}

/** One half of a vertebral arch: pedicle, transverse process, articular processes, lamina, spinous process. */
const arch = [
  new Rod([15, 14, 5], 5.5, [18, 27, 5], 6),
  new Rod([18, 22, 5], 6, [45, 25, 12], 3.5),
  new Rod([19, 29, 12], 5, [21, 34, -17], 6),
  new Rod([16, 33, 0], 4.5, [0, 42, -4], 4.5),
  new Rod([0, 42, -4], 3.5, [0, 66, -12], 4.5),
];

const fifthLumbar = new Vertebra(19, 142, -18);
const fourthLumbar = new Vertebra(11, 178, -6);
