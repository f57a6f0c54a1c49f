/** What a data set holds of a simulated film, and how it becomes network input and targets. */
import { gradeGroupOf, gradeGroups } from '../contract/finding.ts';
import type { SnapshotGrade } from '../contract/snapshot.ts';
import { classifierShare, classifierSize, localizerSize } from '../reading/prepare.ts';
import type { Random } from '../random/random.ts';
import { cellSize, medialSides, unitBoxSide, type MedialSide } from '../../models/index.ts';
import { drawMap, enlarged, jitterGreys, moveForward, warp, type Jitter } from './augment.ts';

/** Stored crops are wider than what the classifier sees, so that turning and shifting has room. */
export const storedCropSide = 320;
/** Side of a stored crop over the longer side of the hip's box. */
export const storedShare = 1.5;
/** Stored pixels a pixel of the classifier's input. */
const storedStep = ((classifierShare / storedShare) * storedCropSide) / classifierSize;
/** Largest stored grey value. */
export const storedRange = 65535;

/** A film as the localizer sees it. */
export interface FilmExample {
  /** localizerSize × localizerSize grey values, 0..storedRange. */
  readonly pixels: Uint16Array;
  readonly hips: readonly HipBox[];
}
export interface HipBox {
  /** In pixels of the localizer's input. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly medialSide: MedialSide;
}

/** A hip as the classifier sees it, with room around. */
export interface CropExample {
  /**
   * storedCropSide × storedCropSide grey values, 0..storedRange, the middle of which is the
   * classifier's field.
   */
  readonly pixels: Uint16Array;
  readonly grade: SnapshotGrade;
}

/** One network input, classifierSize × classifierSize values in 0..1. */
export function drawCrop(
  example: CropExample,
  random: Random,
  jitter: Jitter,
  noise: Float32Array,
): Float32Array {
  const map = enlarged(drawMap(random, jitter, classifierSize), storedStep);
  const values = warp(example.pixels, storedCropSide, map, classifierSize);
  return jitterGreys(values, random, jitter, noise, storedRange);
}

/** Which way a hip faces on an AP film. */
export function medialSideOf(laterality: 'left' | 'right'): MedialSide {
  return laterality === 'right' ? 'picture-right' : 'picture-left';
}

/** Place of a grade's group among the classifier's classes. */
export function classIndex(grade: SnapshotGrade): number {
  return gradeGroups.indexOf(gradeGroupOf(grade) ?? 'none');
}

export interface FilmTargets {
  readonly input: Float32Array;
  /** [cells, cells, 2]: 1 at a hip's centre, falling off as a Gaussian. */
  readonly heat: Float32Array;
  /** [cells, cells, 4]: see LocalizerOutput.box; meaningful where `weight` is not 0. */
  readonly box: Float32Array;
  /** [cells, cells, 1]: how much a cell's box counts. */
  readonly weight: Float32Array;
}

/** Standard deviation of a hip's peak, as a share of its box's shorter side. */
const peakWidth = 1 / 12;
/** Cells whose peak value is above this learn the box. */
const boxFrom = 0.3;

export function drawFilm(
  example: FilmExample,
  random: Random,
  jitter: Jitter,
  noise: Float32Array,
): FilmTargets {
  const side = localizerSize;
  const cells = side / cellSize;
  const map = drawMap(random, jitter, side);
  const input = jitterGreys(warp(example.pixels, side, map, side), random, jitter, noise, storedRange);
  const mirrored = map.a * map.d - map.b * map.c < 0;
  const scale = 1 / Math.sqrt(Math.abs(map.a * map.d - map.b * map.c));
  const kinds = medialSides.length;
  const heat = new Float32Array(cells * cells * kinds);
  const box = new Float32Array(cells * cells * 4);
  const weight = new Float32Array(cells * cells);
  for (const hip of example.hips) {
    const centre = [hip.box.x + hip.box.width / 2, hip.box.y + hip.box.height / 2] as const;
    const [x, y] = moveForward(map, centre, side, side);
    if (x < 0 || y < 0 || x >= side || y >= side) continue;
    const width = hip.box.width * scale;
    const height = hip.box.height * scale;
    const kind = (medialSides.indexOf(hip.medialSide) + (mirrored ? 1 : 0)) % kinds;
    const deviation = Math.max(0.7, (Math.min(width, height) * peakWidth) / cellSize);
    const centreCell = Math.floor(y / cellSize) * cells + Math.floor(x / cellSize);
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        const cell = row * cells + column;
        const dx = x / cellSize - column - 0.5;
        const dy = y / cellSize - row - 0.5;
        const peak = cell === centreCell ? 1 : Math.exp(-(dx * dx + dy * dy) / (2 * deviation ** 2));
        heat[cell * kinds + kind] = Math.max(heat[cell * kinds + kind]!, peak);
        if (peak > boxFrom && peak > weight[cell]!) {
          weight[cell] = peak;
          box.set([dx, dy, Math.log(width / unitBoxSide), Math.log(height / unitBoxSide)], cell * 4);
        }
      }
    }
  }
  return { input, heat, box, weight };
}
