import type { Random } from '../random/random.ts';
import { ellipsoid, mix, smoothStep } from './distance.ts';
import type { PatientParameters } from './parameters.ts';
import { type Texture, textureMask } from './texture.ts';
import { type Box, type Canvas, paint, type Solid } from './voxelize.ts';

/** Half widths along x of the trunk and of a thigh in one row of a slice. */
interface Row {
  trunk: number;
  thigh: number;
}

/** Half width of a shape that a row does not meet. */
const missed = -1e4;

/** The body's outline: a flattened trunk that rounds off at the crotch into two thighs. */
export class Outline {
  readonly #p: PatientParameters;
  readonly #crotch: number;
  readonly centreY = 8;

  constructor(parameters: PatientParameters) {
    this.#p = parameters;
    this.#crotch = -88 * parameters.pelvisScale;
  }

  thighCentre(z: number): number {
    return this.#p.bodyHalfWidth * (1 - mix(0.49, 0.455, smoothStep(0, 160, -z)));
  }

  #thighRadius(z: number): number {
    // Above the hip joint the thigh shrinks out of the way inside the trunk.
    return this.#p.bodyHalfWidth * (mix(0.49, 0.455, smoothStep(0, 160, -z)) - 0.3 * smoothStep(5, 70, z));
  }

  /** Fills `row` for the outline shrunk by `inset` mm. */
  row(y: number, z: number, inset: number, row: Row): void {
    const p = this.#p;
    const dy = y - this.centreY;
    const waist = 1 - 0.09 * smoothStep(40, 170, z);
    const width = p.bodyHalfWidth * waist - inset;
    const depth = p.bodyHalfDepth - inset;
    // From the trochanters down the trunk narrows to the perineum and leaves the outline to the thighs.
    const girdle = mix(0.3, 1, smoothStep(this.#crotch, 0, z));
    const below = this.#crotch + 25 - z;
    const rounding = below <= 0 ? 1 : below >= 30 ? 0 : Math.sqrt(1 - (below / 30) ** 2);
    const across = Math.abs(dy) / (depth * rounding);
    row.trunk = across < 1 ? width * girdle * rounding * (1 - across ** 2.6) ** (1 / 2.6) : missed;
    const thigh = this.#thighRadius(z) - inset;
    // Flatter than the trunk where it begins, so that it comes out of it without a step.
    const round = mix(1.02, 0.93, smoothStep(-100, -20, z));
    const share = Math.abs(dy) / Math.min(round * thigh, p.bodyHalfDepth - inset);
    row.thigh = z < 70 && share < 1 ? thigh * (1 - share ** 2.3) ** (1 / 2.3) : missed;
  }
}

const skinThickness = 1.8;

/** Paints air, skin, fat and muscle over the whole canvas. */
export function paintSoftTissue(canvas: Canvas, parameters: PatientParameters, texture: Texture): void {
  const { hounsfield, voxel } = canvas;
  const [nx, ny, nz] = canvas.size;
  const [ox, oy, oz] = canvas.origin;
  const outline = new Outline(parameters);
  const skin: Row = { trunk: 0, thigh: 0 };
  const muscle: Row = { trunk: 0, thigh: 0 };
  // Fatty streaks: the lowest part of the texture, as large as the patient's muscle fat.
  const threshold = -1.9 + 4 * parameters.muscleFat;
  const half = 0.5 * voxel;
  hounsfield.fill(-1000);
  for (let k = 0; k < nz; k++) {
    const z = oz + k * voxel;
    const centre = outline.thighCentre(z);
    for (let j = 0; j < ny; j++) {
      const y = oy + j * voxel;
      outline.row(y, z, 0, skin);
      if (skin.trunk === missed && skin.thigh === missed) continue;
      outline.row(y, z, parameters.subcutaneousFat, muscle);
      const reach = Math.max(skin.trunk, centre + skin.thigh) + voxel;
      const first = Math.max(0, Math.ceil((-reach - ox) / voxel));
      const last = Math.min(nx - 1, Math.floor((reach - ox) / voxel));
      const row = nx * (j + ny * k);
      const { cells } = texture;
      const grains = texture.rowStart(y, z);
      const { trunk, thigh } = skin;
      const { trunk: muscleTrunk, thigh: muscleThigh } = muscle;
      for (let i = first; i <= last; i++) {
        const x = ox + i * voxel;
        const a = Math.abs(x);
        const fromThigh = Math.abs(a - centre);
        const depth = Math.max(trunk - a, thigh - fromThigh);
        if (depth <= -half) continue;
        const grain = cells[grains + (Math.floor(x) & textureMask)]!;
        const muscleDepth = Math.max(muscleTrunk - a, muscleThigh - fromThigh);
        let value = depth < skinThickness && muscleDepth < -half ? 40 : -103 + 5 * grain;
        if (muscleDepth > -half) {
          const streak = (threshold - grain) * 1.2;
          const flesh = 55 + 5 * grain;
          const marbled = streak <= 0 ? flesh : mix(flesh, -90, Math.min(streak, 1));
          value = muscleDepth >= half ? marbled : mix(value, marbled, 0.5 + muscleDepth / voxel);
        }
        if (depth < half) value = mix(-1000, value, 0.5 + depth / voxel);
        hounsfield[row + i] = Math.round(value);
      }
    }
  }
}

class GasPocket implements Solid {
  readonly centre: readonly [number, number, number];
  readonly radii: readonly [number, number, number];

  constructor(random: Random) {
    this.centre = [random.between(-75, 75), random.between(-55, -10), random.between(30, 130)];
    this.radii = [random.between(8, 26), random.between(7, 15), random.between(7, 16)];
  }

  distance(x: number, y: number, z: number): number {
    const [cx, cy, cz] = this.centre;
    return ellipsoid(x - cx, y - cy, z - cz, ...this.radii) + 1.8 * Math.sin(x / 5) * Math.sin(z / 4);
  }

  density(): number {
    return -950;
  }

  get box(): Box {
    const [cx, cy, cz] = this.centre;
    const [rx, ry, rz] = this.radii;
    return { low: [cx - rx - 4, cy - ry - 4, cz - rz - 4], high: [cx + rx + 4, cy + ry + 4, cz + rz + 4] };
  }
}

/** Paints pockets of bowel gas in front of the sacrum. */
export function paintBowelGas(canvas: Canvas, count: number, random: Random): void {
  for (let n = 0; n < count; n++) {
    const pocket = new GasPocket(random);
    paint(canvas, pocket, pocket.box);
  }
}
