import type { Random } from '../random/random.ts';
import { clamp01, ellipsoid, mix, smoothMax, smoothStep } from './distance.ts';
import type { PatientParameters } from './parameters.ts';
import type { Vector } from './rigid.ts';
import { type Texture, textureMask } from './texture.ts';
import { type Box, type Canvas, paint, type Solid } from './voxelize.ts';

/** The body's outline: half its depth over every place of a frontal slice, a flat trunk that runs out into two thighs. */
export class Outline {
  readonly #p: PatientParameters;
  readonly #crotch: number;
  readonly centreY = 8;

  constructor(parameters: PatientParameters) {
    this.#p = parameters;
    this.#crotch = -108 * parameters.pelvisScale;
  }

  /**
   * Fills `depth` with the half depths at height `z` for the columns x = first + i · step, and `flatness`
   * with what turns a distance along y into one across the surface. The outline is shrunk by `inset` mm, by
   * more where hips carry their fat.
   */
  slice(
    z: number,
    inset: number,
    first: number,
    step: number,
    depth: Float64Array,
    flatness: Float64Array,
  ): void {
    const p = this.#p;
    const padding = inset * (0.85 + 0.35 * Math.exp(-(((z + 50) / 70) ** 2)));
    const waist = 1 - 0.11 * smoothStep(10, 160, z) - 0.1 * smoothStep(-60, -260, z);
    const width = p.bodyHalfWidth * waist - padding;
    const front = p.bodyHalfDepth - inset;
    // The trunk fades into the thighs over a hand's breadth, so that no edge of it shows.
    const trunk = front * smoothStep(this.#crotch - 35, this.#crotch + 85, z);
    const girth = 0.5 * p.bodyHalfWidth * waist;
    const gap = mix(-16, 8, smoothStep(this.#crotch, this.#crotch - 130, z)) + 0.3 * (20 - p.subcutaneousFat);
    const thigh = girth - 0.5 * gap - padding;
    const thighDepth = Math.min(0.98 * girth, p.bodyHalfDepth) - inset;
    const thighFade = 1 - smoothStep(-20, 70, z);
    for (let i = 0; i < depth.length; i++) {
      const a = Math.abs(first + i * step);
      const ofTrunk = trunk * arch(a / width, 2.6);
      const ofThigh = thighDepth * thighFade * arch((a - girth - 0.5 * gap) / thigh, 2.3);
      depth[i] = ofTrunk + ofThigh > 0 ? smoothMax(ofTrunk, ofThigh, 24) : -1;
    }
    for (let i = 0; i < depth.length; i++) {
      const rise = (depth[Math.min(i + 1, depth.length - 1)]! - depth[Math.max(i - 1, 0)]!) / (2 * step);
      flatness[i] = 1 / Math.sqrt(1 + rise * rise);
    }
  }
}

/** Half of a superellipse over [-1, 1]. */
function arch(share: number, power: number): number {
  const a = Math.abs(share);
  return a < 1 ? (1 - a ** power) ** (1 / power) : 0;
}

const skinThickness = 1.8;

/** Paints air, skin, fat and muscle over the whole canvas. */
export function paintSoftTissue(canvas: Canvas, parameters: PatientParameters, texture: Texture): void {
  const { hounsfield, voxel } = canvas;
  const [nx, ny, nz] = canvas.size;
  const [ox, oy, oz] = canvas.origin;
  const outline = new Outline(parameters);
  const row = () => new Float64Array(nx);
  const [skin, skinFlatness, muscle, muscleFlatness] = [row(), row(), row(), row()];
  const flesh = grains(texture, marbled(parameters.muscleFat));
  const columns = Int32Array.from(skin, (_, i) => Math.floor(ox + i * voxel) & textureMask);
  const half = 0.5 * voxel;
  hounsfield.fill(-1000);
  for (let k = 0; k < nz; k++) {
    const z = oz + k * voxel;
    outline.slice(z, 0, ox, voxel, skin, skinFlatness);
    outline.slice(z, parameters.subcutaneousFat, ox, voxel, muscle, muscleFlatness);
    for (let j = 0; j < ny; j++) {
      const y = oy + j * voxel;
      const dy = Math.abs(y - outline.centreY);
      const start = nx * (j + ny * k);
      const cells = texture.rowStart(y, z);
      for (let i = 0; i < nx; i++) {
        const depth = (skin[i]! - dy) * skinFlatness[i]!;
        if (depth <= -half) continue;
        const cell = cells + columns[i]!;
        const inMuscle = (muscle[i]! - dy) * muscleFlatness[i]!;
        let value: number;
        if (inMuscle >= half) value = flesh[cell]!;
        else {
          value = depth < skinThickness ? 40 : -103 + 5 * texture.cells[cell]!;
          if (inMuscle > -half) value = mix(value, flesh[cell]!, 0.5 + inMuscle / voxel);
        }
        hounsfield[start + i] = depth >= half ? value : mix(-1000, value, 0.5 + depth / voxel);
      }
    }
  }
}

/** A tissue's Hounsfield units for every cell of the texture; a plain loop, since two million go through it. */
function grains({ cells }: Texture, tissue: (grain: number) => number): Int16Array {
  const values = new Int16Array(cells.length);
  for (let i = 0; i < cells.length; i++) values[i] = Math.round(tissue(cells[i]!));
  return values;
}

/** Muscle with fatty streaks: the lowest part of the texture, as large as the patient's muscle fat. */
function marbled(muscleFat: number): (grain: number) => number {
  const threshold = -1.9 + 4 * muscleFat;
  return (grain) => mix(55 + 5 * grain, -90, clamp01((threshold - grain) * 1.2));
}

/** A bubble of gas; its wall is a little uneven. */
class Bubble implements Solid {
  readonly #centre: Vector;
  readonly #radius: number;

  constructor(centre: Vector, radius: number) {
    this.#centre = centre;
    this.#radius = radius;
  }

  distance(x: number, y: number, z: number): number {
    const [cx, cy, cz] = this.#centre;
    const r = this.#radius;
    return ellipsoid(x - cx, y - cy, z - cz, r, 0.75 * r, 0.85 * r) + 0.8 * Math.sin(x / 4) * Math.sin(z / 3);
  }

  density(): number {
    return -900;
  }

  get box(): Box {
    const [cx, cy, cz] = this.#centre;
    const reach = this.#radius + 3;
    return { low: [cx - reach, cy - reach, cz - reach], high: [cx + reach, cy + reach, cz + reach] };
  }
}

/** Gas in a loop of bowel: bubbles along a winding path, a few large ones or many small ones between stool. */
function gasLoop(random: Random): Bubble[] {
  const [startX, startY, startZ] = random.pick(loops);
  let x = startX + random.normal(0, 12);
  let y = startY + random.normal(0, 8);
  let z = startZ + random.normal(0, 12);
  const mottled = random.chance(0.4);
  const count = mottled ? 10 + random.integer(16) : 2 + random.integer(5);
  const size = mottled ? 3 : random.between(7, 14);
  let heading = random.between(0, 2 * Math.PI);
  return Array.from({ length: count }, () => {
    const radius = size * random.between(0.6, 1.4);
    const bubble = new Bubble([x, y, z], radius);
    heading += random.normal(0, 0.7);
    const step = (mottled ? 2.4 : 1.1) * radius;
    x = clampTo(x + step * Math.cos(heading), 85);
    y += random.normal(0, mottled ? 4 : 2);
    z += step * Math.sin(heading);
    return bubble;
  });
}

function clampTo(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

/** Where gas lies in an AP film: rectum, sigmoid, caecum and the loops between. */
const loops = [
  [0, 48, 30],
  [0, 44, 48],
  [45, -15, 75],
  [70, -25, 95],
  [-75, -25, 90],
  [-60, -20, 110],
  [-15, -35, 70],
  [20, -35, 110],
  [-30, -30, 130],
] as const;

/** Paints gas and stool of the bowel. */
export function paintBowelGas(canvas: Canvas, count: number, random: Random): void {
  for (let n = 0; n < count; n++) {
    for (const bubble of gasLoop(random)) paint(canvas, bubble, bubble.box);
  }
}
