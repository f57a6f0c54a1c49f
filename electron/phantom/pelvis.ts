import {
  clamp01,
  ellipsoid,
  mix,
  Polygon,
  Rod,
  roundedBox,
  smoothMax,
  smoothMin,
  smoothStep,
} from './distance.ts';
import type { PatientParameters } from './parameters.ts';
import type { Texture } from './texture.ts';
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
  readonly #bodies: readonly Rod[];
  readonly #rami: readonly Rod[];
  readonly #wing = new Wing();
  #fromCentre = 0;
  #distance = 0;

  constructor(parameters: PatientParameters, side: 1 | -1, texture: Texture, voxel: number) {
    const femur = side === 1 ? parameters.left : parameters.right;
    this.#side = side;
    this.#hip = parameters.hipSeparation / 2;
    const k = parameters.pelvisScale;
    this.#scale = k;
    const tilt = (parameters.pelvicTilt * Math.PI) / 180;
    this.#cosTilt = Math.cos(tilt);
    this.#sinTilt = Math.sin(tilt);
    this.#cavity = femur.headDiameter / 2 + femur.jointSpace;
    this.#midline = -this.#hip / k;
    const inclination = (parameters.acetabularInclination * Math.PI) / 180;
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
    this.#bodies = [
      // Arcuate line: acetabulum to sacroiliac joint.
      new Rod([-18, 4, 18], 11, [-34, 46, 46], 9),
      // Ischium down to its tuberosity.
      new Rod([-14, 18, -16], 16, [-27, 24, -58], 11),
      new Rod([-26, 24, -56], 13, [-31, 15, -78], 10),
      // Ischial spine.
      new Rod([-20, 34, -16], 7, [-31, 44, -24], 2.5),
      // Rim above and behind the joint.
      new Rod([-4, 20, 26], 15, [-20, 36, 24], 9),
    ];
    this.#rami = [
      new Rod([-20, -14, -8], 13, [-34, -36, -13], 9.5),
      new Rod([-34, -36, -13], 9.5, [mid + 15, -48, -24], 10),
      new Rod([mid + 13, -46, -54], 7.5, [0.55 * mid, -26, -72], 6.5),
      new Rod([0.55 * mid, -26, -72], 6.5, [-33, 8, -80], 9.5),
    ];
  }

  distance(x: number, y: number, z: number): number {
    const u = this.#side * x - this.#hip;
    const fromCentre = Math.sqrt(u * u + y * y + z * z);
    this.#fromCentre = fromCentre;
    const k = this.#scale;
    const a = u / k;
    const b = (this.#cosTilt * y + this.#sinTilt * z) / k;
    const c = (-this.#sinTilt * y + this.#cosTilt * z) / k;
    const shellRadius = (this.#cavity + 5.5) / k;
    const opening = a * this.#axis[0] + b * this.#axis[1] + c * this.#axis[2];
    const shell = smoothMax(fromCentre / k - shellRadius, opening - 1, 4);
    // Rows run along x, so what a height rules out is ruled out for a whole row and no leap can miss it.
    const low = c < 70;
    const high = c > 5;
    let bone = high ? this.#wing.distance(a, b, c) : Infinity;
    if (low) {
      const roof = smoothMin(shell, ellipsoid(a - 3, b - 2, c - 27, 18, 22, 17), 10);
      bone = high ? smoothMin(roof, bone, 12) : roof;
      for (const rod of this.#bodies) bone = smoothMin(bone, rod.distance(a, b, c), 7);
    }
    if (c < 12) {
      for (const rod of this.#rami) bone = smoothMin(bone, rod.distance(a, b, c), 9);
      const pubis = roundedBox(a - this.#midline - 14, b + 47, c + 38, 12.5, 8, 20, 7.5);
      bone = smoothMin(bone, pubis, 9);
    }
    const symphysis = 2.3 - (a - this.#midline);
    this.#distance = Math.max(bone * k, symphysis * k, this.#cavity - fromCentre);
    return this.#distance;
  }

  density(x: number, y: number, z: number): number {
    const u = this.#side * x - this.#hip;
    const depth = this.#fromCentre - this.#cavity;
    // The sourcil: dense bone where the roof bears the load.
    const load = depth < 7 ? smoothStep(0.25, 0.85, z / this.#fromCentre) : 0;
    const cortex = mix(1.3, 3.4, load * clamp01(1 - depth / 7));
    const inner = clamp01(0.5 - (this.#distance + cortex) / this.#edge);
    if (inner === 0) return this.#cortical;
    const covered = Math.max(clamp01(0.5 - this.#distance / this.#edge), inner);
    const grain = this.#texture.at(u + 31, y + 57, z + 11);
    const roof = Math.exp(-((u / 22) ** 2) - ((y - 4) / 24) ** 2 - ((z - 32) / 22) ** 2);
    const spongy = this.#cancellous * (0.8 + 1.3 * roof) + 20 + grain * (20 + 0.2 * this.#cancellous);
    return mix(this.#cortical, spongy, inner / covered);
  }
}

/** Outline of the iliac wing over (y, z): front spines, crest, back spines, sciatic notch. */
const wingOutline = new Polygon([
  [-34, 30],
  [-38, 42],
  [-37, 54],
  [-50, 72],
  [-50, 84],
  [-34, 108],
  [-6, 126],
  [24, 130],
  [54, 120],
  [78, 100],
  [90, 78],
  [86, 64],
  [72, 52],
  [56, 40],
  [44, 32],
  [36, 20],
  [10, 8],
  [-20, 8],
]);

/** The wing: a curved plate, thick at its rim and towards the acetabulum, thin in the middle. */
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
    const back = clamp01(y / 50);
    const bend = y < 20 ? 0.0011 * (z - 30) * (y - 20) : 0;
    this.#outline = outline;
    this.#middle = 2 + 0.36 * (z - 28) - 0.42 * y - 20 * back * back - bend;
    this.#half =
      2.2 +
      4.2 * Math.exp(-Math.max(-outline, 0) / 6) +
      11 * Math.exp(-(((z - 14) / 32) ** 2)) +
      5 * back * back;
    // The plate leans more the further back it lies; its thickness is measured across it.
    const slope = -0.42 - (y > 0 && y < 50 ? 0.8 * back : 0);
    this.#across = 1 / Math.sqrt(1.13 + slope * slope);
  }
}
