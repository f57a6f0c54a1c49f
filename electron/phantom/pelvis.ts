import {
  clamp01,
  ellipsoid,
  mix,
  Polygon,
  Rod,
  RodBundle,
  smoothMax,
  smoothMin,
  smoothStep,
} from './distance.ts';
import type { PatientParameters } from './parameters.ts';
import { type Texture, yellowMarrow } from './texture.ts';
import { edgeWidth, type Solid } from './voxelize.ts';

/**
 * One hip bone. Its frame has its origin in the centre of the acetabulum, x lateral, y to the back, z up
 * along the pelvis (the anterior pelvic plane upright), and the size of a mean adult man; `distance` takes
 * patient coordinates.
 */
export class HipBone implements Solid {
  readonly #side: number;
  readonly #hip: number;
  readonly #scale: number;
  readonly #cosTilt: number;
  readonly #sinTilt: number;
  readonly #cavity: number;
  readonly #midline: number;
  readonly #axis: readonly [number, number, number];
  readonly #cortical: number;
  readonly #cancellous: number;
  readonly #edge: number;
  readonly #texture: Texture;
  readonly #column: RodBundle;
  readonly #rami: RodBundle;
  readonly #plate: RodBundle;
  readonly #fossa: readonly [number, number, number];
  readonly #wing = new Wing();
  #rowY = NaN;
  #rowZ = NaN;
  #fromCentre = 0;
  #distance = 0;

  constructor(parameters: PatientParameters, side: 1 | -1, texture: Texture, voxel: number) {
    const femur = side === 1 ? parameters.left : parameters.right;
    this.#side = side;
    this.#hip = parameters.hipSeparation / 2;
    const asymmetry = side * parameters.pelvicAsymmetry;
    const k = parameters.pelvisScale * (1 + asymmetry / 2);
    this.#scale = k;
    const tilt = (parameters.pelvicTilt * Math.PI) / 180;
    this.#cosTilt = Math.cos(tilt);
    this.#sinTilt = Math.sin(tilt);
    this.#cavity = femur.headDiameter / 2 + femur.jointSpace;
    this.#midline = -this.#hip / k;
    // The socket of the larger side stands a little steeper.
    const inclination = ((parameters.acetabularInclination + 100 * asymmetry) * Math.PI) / 180;
    const anteversion = (parameters.acetabularAnteversion * Math.PI) / 180;
    this.#axis = [
      Math.sin(inclination) * Math.cos(anteversion),
      -Math.sin(anteversion),
      -Math.cos(inclination) * Math.cos(anteversion),
    ];
    this.#cortical = 0.72 * parameters.corticalDensity;
    this.#cancellous = parameters.cancellousDensity;
    this.#edge = edgeWidth * voxel;
    this.#texture = texture;
    const mid = this.#midline;
    this.#column = new RodBundle(
      [
        // Root of the arcuate line, from the roof to the sacroiliac joint.
        new Rod([-9, 8, 32], 11, [-10, 30, 54], 10),
        new Rod([-10, 30, 54], 10, [-26, 62, 74], 8),
        // Above and behind the joint: the posterior column.
        new Rod([4, 16, 27], 11, [-12, 33, 26], 9),
        new Rod([-10, 32, 24], 9, [-15, 34, -2], 9),
        // Anterior inferior spine.
        new Rod([6, -11, 24], 10, [14, -27, 39], 5.5),
        // Ischial spine.
        new Rod([-19, 40, 4], 6, [-26, 54, -4], 2.5),
        // The ischium between its three edges, down to its tuberosity.
        new Rod([-13, 31, -2], 9, [-15, 36, -46], 11),
        new Rod([2, 24, 4], 6, [-8, 36, -46], 8),
        new Rod([-19, 40, 2], 7, [-14, 46, -44], 9),
        new Rod([-23, 14, -14], 6, [-26, 29, -48], 6.5),
        new Rod([-15, 43, -46], 9, [-19, 37, -58], 9.5),
      ],
      8,
    );
    this.#rami = new RodBundle(
      [
        // Superior ramus, and the pubic crest with its tubercle.
        new Rod([-21, -12, 5], 11, [-46, -27, -9], 8.5),
        new Rod([-46, -27, -9], 8.5, [mid + 20, -37, -21], 7.5),
        new Rod([mid + 7, -42, -26], 7, [mid + 24, -46, -23], 5.5),
      ],
      9,
    );
    // The body of the pubis and the inferior ramus are one oblique plate that lies back at 45°.
    this.#plate = new RodBundle(
      [
        new Rod(oblique(mid + 8, -38, -27), 10, oblique(mid + 7, -31, -38), 9),
        new Rod(oblique(mid + 20, -29, -24), 9, oblique(mid + 14, -27, -38), 9),
        new Rod(oblique(mid + 9, -29, -40), 8.5, oblique(0.6 * mid, 2, -49), 8),
        new Rod(oblique(0.6 * mid, 2, -49), 8, oblique(-28, 26, -56), 10),
      ],
      7,
    );
    const outer = (this.#cavity + shellThickness) / k;
    // The fossa's floor is thin: on a film it and the pelvic wall are the two lines of the teardrop.
    this.#fossa = [-0.93 * (outer - 19), 0.1 * (outer - 19), -0.35 * (outer - 19)];
  }

  distance(x: number, y: number, z: number): number {
    const u = this.#side * x - this.#hip;
    const fromCentre = Math.sqrt(u * u + y * y + z * z);
    this.#fromCentre = fromCentre;
    const k = this.#scale;
    const a = u / k;
    const b = (this.#cosTilt * y + this.#sinTilt * z) / k;
    const c = (-this.#sinTilt * y + this.#cosTilt * z) / k;
    if (b !== this.#rowY || c !== this.#rowZ) this.#enterRow(b, c);
    const opening = a * this.#axis[0] + b * this.#axis[1] + c * this.#axis[2];
    // Rows run along x, so what a height rules out is ruled out for a whole row and no leap can miss it.
    const low = c < 85;
    const high = c > 5;
    let bone = high ? this.#wing.distance(a, b, c) : Infinity;
    if (low) {
      const away = fromCentre / k - socketReach;
      const roof = away > 14 ? away : this.#socket(a, b, c, fromCentre / k, opening);
      bone = high ? smoothMin(roof, bone, 12) : roof;
      bone = this.#column.join(bone, a, b, c);
    }
    if (c < 25) {
      bone = this.#rami.join(bone, a, b, c);
      const across = ((b - a) * Math.SQRT1_2) / plateThinness;
      const along = (a + b) * Math.SQRT1_2;
      bone = smoothMin(bone, plateThinness * this.#plate.join(Infinity, along, across, c), 7);
    }
    if (fromCentre < this.#cavity + 8) {
      const [fa, fb, fc] = this.#fossa;
      const floor = fossaRadius - Math.hypot(a - fa, b - fb, c - fc);
      bone = smoothMax(bone, floor, 3);
    }
    const symphysis = 2.3 - (a - this.#midline);
    this.#distance = Math.max(bone * k, symphysis * k, this.#cavity - fromCentre);
    return this.#distance;
  }

  /** The wall of the socket with its notch, and the roof over it. */
  #socket(a: number, b: number, c: number, fromCentre: number, opening: number): number {
    const shell = smoothMax(fromCentre - (this.#cavity + shellThickness) / this.#scale, opening - 1, 4);
    const notched = smoothMax(shell, -acetabularNotch.distance(a, b, c), 4);
    return smoothMin(notched, ellipsoid(a - 2, b - 2, c - 27, 19, 23, 16), 10);
  }

  /** Depth and height of the pelvis's own frame are the same along a row of voxels. */
  #enterRow(b: number, c: number): void {
    this.#rowY = b;
    this.#rowZ = c;
    this.#column.enterRow(b, c);
    this.#rami.enterRow(b, c);
    this.#plate.enterRow(null, c);
  }

  density(x: number, y: number, z: number): number {
    const u = this.#side * x - this.#hip;
    const depth = this.#fromCentre - this.#cavity;
    // The sourcil: dense bone where the roof bears the load.
    const load = depth < 7 ? smoothStep(0.25, 0.85, z / this.#fromCentre) : 0;
    const cortex = mix(this.#fromCentre > 60 ? 0.95 : 1.2, 3.4, load * clamp01(1 - depth / 7));
    const inner = clamp01(0.5 - (this.#distance + cortex) / this.#edge);
    if (inner === 0) return this.#cortical;
    const covered = Math.max(clamp01(0.5 - this.#distance / this.#edge), inner);
    // Trabeculae stand radially on the socket and are deep along the beam.
    const turn = 40 * Math.atan2(u, z);
    const grain =
      this.#texture.at(1.3 * u + 31, 0.3 * y + 57, 1.3 * z + 11) +
      this.#texture.at(turn, 0.2 * y + 20, 0.25 * this.#fromCentre);
    const roof = Math.exp(-((u / 22) ** 2) - ((y - 4) / 24) ** 2 - ((z - 32) / 22) ** 2);
    const thinned = this.#cancellous * (1 + 1.2 * roof) + 40 + grain * (25 + 0.25 * this.#cancellous);
    const spongy = Math.max(thinned, yellowMarrow);
    return mix(this.#cortical, spongy, inner / covered);
  }
}

/** Wall of the socket. */
const shellThickness = 6;
const fossaRadius = 16.5;
/** No part of the socket's wall or roof lies farther from its centre. */
const socketReach = 46;
/** The notch opens the socket's rim below, between the ischium and the pubis. */
const acetabularNotch = new Rod([10, -4, -38], 14, [-14, -2, -20], 9);

/** Thickness of the oblique plate over its height. */
const plateThinness = 0.55;

/** A point of the oblique plate in the plate's own directions: along it, across it (stretched), up. */
function oblique(a: number, b: number, c: number): [number, number, number] {
  return [(a + b) * Math.SQRT1_2, ((b - a) * Math.SQRT1_2) / plateThinness, c];
}

/** Outline of the iliac wing over (y, z): front spines, crest, back spines, sciatic notch. */
const wingOutline = new Polygon([
  [-27, 22],
  [-33, 36],
  [-34, 42],
  [-31, 52],
  [-36, 66],
  [-50, 80],
  [-51, 88],
  [-43, 103],
  [-28, 118],
  [-10, 131],
  [12, 141],
  [36, 145],
  [60, 141],
  [82, 130],
  [95, 113],
  [97, 99],
  [91, 85],
  [80, 72],
  [66, 62],
  [50, 55],
  [40, 48],
  [37, 40],
  [42, 28],
  [30, 14],
  [0, 8],
  [-20, 10],
]);

/** The wing: a curved plate, thick at its rim, at the sacrum and towards the acetabulum, thin in the middle. */
class Wing {
  #y = NaN;
  #z = NaN;
  #outline = 0;
  #middle = 0;
  #half = 0;
  #across = 0;

  distance(x: number, y: number, z: number): number {
    if (y !== this.#y || z !== this.#z) this.#enterRow(y, z);
    if (this.#outline > 25) return this.#outline;
    return smoothMax(this.#across * Math.abs(x - this.#middle) - this.#half, this.#outline, 5);
  }

  /** All but x is the same along a row of voxels. */
  #enterRow(y: number, z: number): void {
    this.#y = y;
    this.#z = z;
    const outline = wingOutline.distance(y, z);
    this.#outline = outline;
    this.#middle = wingMiddle(y, z);
    // The front edge of the joint with the sacrum runs to the back as it rises.
    const auricular = 8 + 0.5 * Math.max(z - 60, 0);
    this.#half =
      2.6 +
      1.8 * smoothStep(5, -30, y) +
      3 * Math.exp(-Math.max(-outline, 0) / 7) +
      7 * Math.exp(-(((z - 32) / 20) ** 2)) +
      8 * smoothStep(auricular, auricular + 25, y);
    // The plate's thickness is measured across it, however it leans.
    const slopeY = wingMiddle(y + 0.5, z) - wingMiddle(y - 0.5, z);
    const slopeZ = wingMiddle(y, z + 0.5) - wingMiddle(y, z - 0.5);
    this.#across = 1 / Math.sqrt(1 + slopeY * slopeY + slopeZ * slopeZ);
  }
}

/** Where the middle of the plate lies: it flares outwards to the crest and bends inwards to the sacrum. */
function wingMiddle(y: number, z: number): number {
  const back = smoothStep(15, 65, y) * (1 - 0.35 * smoothStep(90, 135, z));
  const flare = 38 * smoothStep(40, 145, z) * (1 - back);
  const front = y > -20 ? -0.3 * y : 6 - 0.1 * (y + 20);
  return (
    2 + 4 * smoothStep(35, 60, z) + front - 11 * smoothStep(-14, 26, y) - 8 * smoothStep(25, 65, y) + flare
  );
}
