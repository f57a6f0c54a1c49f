/** What a data set holds of a film to learn from, and how it becomes network input and targets. */
import { gradeGroupOf, gradeGroups } from '../../contract/finding.ts';
import type { Augmentation } from '../../contract/recipe.ts';
import type { ImageSource, SnapshotGrade } from '../../contract/snapshot.ts';
import { classifierShare, classifierSize, localizerSize } from '../../reading/prepare.ts';
import type { Random } from '../../random/random.ts';
import { cellSize, medialSides, unitBoxSide, type MedialSide } from '../../../models/hipMap.ts';
import { vary, type StoredPicture } from './augment.ts';
import { movedSides, moveForward, swapsSides, type AffineMap } from './augmentMap.ts';
import type { NoiseTable } from './augmentNoise.ts';

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
  readonly source: ImageSource;
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
  readonly source: ImageSource;
}

/** A stored crop, to be varied into classifierSize × classifierSize values. */
export function storedCrop(pixels: Uint16Array): StoredPicture {
  return { pixels, side: storedCropSide, range: storedRange, step: storedStep };
}

/** One network input, classifierSize × classifierSize values in 0..1. */
export function drawCrop(
  pixels: Uint16Array,
  augmentation: Augmentation,
  random: Random,
  noise: NoiseTable,
): Float32Array {
  return vary(storedCrop(pixels), classifierSize, augmentation, random, noise).input;
}

/** Which way a hip faces on an AP film. */
export function medialSideOf(laterality: 'left' | 'right'): MedialSide {
  return laterality === 'right' ? 'picture-right' : 'picture-left';
}

/** Place of a grade's group among the classifier's classes. */
export function classIndex(grade: SnapshotGrade): number {
  return gradeGroups.indexOf(gradeGroupOf(grade) ?? 'none');
}

/** Cells along a side of the localizer's heat map. */
export const heatCells = localizerSize / cellSize;

export interface FilmTargets {
  /** [cells, cells, 2]: 1 at a hip's centre, falling off as a Gaussian. */
  readonly heat: Float32Array;
  /** [cells, cells, 4]: see LocalizerOutput.box; meaningful where `weight` is not 0. */
  readonly box: Float32Array;
  /** [cells, cells, 1]: how much a cell's box counts. */
  readonly weight: Float32Array;
}

/** A film's input, localizerSize × localizerSize values in 0..1, and the targets that moved with it. */
export function drawFilm(
  { pixels, hips }: Pick<FilmExample, 'pixels' | 'hips'>,
  augmentation: Augmentation,
  random: Random,
  noise: NoiseTable,
): FilmTargets & { readonly input: Float32Array } {
  const stored = { pixels, side: localizerSize, range: storedRange, step: 1 };
  const { input, map } = vary(stored, localizerSize, augmentation, random, noise);
  return { input, ...filmTargets(hips, map) };
}

/** Standard deviation of a hip's peak, as a share of its box's shorter side. */
const peakWidth = 1 / 12;
/** Cells whose peak value is above this learn the box: all that have a say in it when a film is read. */
const boxFrom = 0.1;

/**
 * Targets of the hips whose centres are still on the picture. A hip faces where its medial side points to after
 * the map. Boxes follow the affine motion; the elastic one, which moves no edge by more than 1.2 % of the side,
 * they leave aside.
 */
export function filmTargets(hips: readonly HipBox[], map: AffineMap): FilmTargets {
  const cells = heatCells;
  const kinds = medialSides.length;
  const heat = new Float32Array(cells * cells * kinds);
  const box = new Float32Array(cells * cells * 4);
  const weight = new Float32Array(cells * cells);
  for (const hip of hips) {
    const centre = [hip.box.x + hip.box.width / 2, hip.box.y + hip.box.height / 2] as const;
    const [x, y] = moveForward(map, centre, localizerSize, localizerSize);
    if (x < 0 || y < 0 || x >= localizerSize || y >= localizerSize) continue;
    const [width, height] = movedSides(map, hip.box.width, hip.box.height);
    const kind = (medialSides.indexOf(hip.medialSide) + (swapsSides(map) ? 1 : 0)) % kinds;
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
  return { heat, box, weight };
}
