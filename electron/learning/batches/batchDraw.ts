/** One batch from stored pictures, the same in a worker thread and in the calling one. */
import { gradeGroups } from '../../contract/finding.ts';
import type { Augmentation } from '../../contract/recipe.ts';
import { seeded, type Random } from '../../random/random.ts';
import { classifierSize, localizerSize } from '../../reading/prepare.ts';
import { medialSides } from '../../../models/hipMap.ts';
import { NoiseTable } from './augmentNoise.ts';
import { drawCrop, drawFilm, heatCells, storedCropSide, type HipBox } from './examples.ts';

/** Arrays of a batch by name, row-major. */
export type BatchArrays = Readonly<Record<string, BatchArray>>;
export interface BatchArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What every batch of a training has in common. */
export interface DrawSetup {
  readonly seed: number;
  readonly augmentation: Augmentation;
}

export interface CropLabel {
  /** Place of the class. */
  readonly group: number;
  /** How much the example counts in the loss. */
  readonly weight: number;
}

/** The stored pictures of a batch, one after the other in memory. */
export type BatchContent =
  | { readonly kind: 'crops'; readonly pixels: Uint16Array; readonly labels: readonly CropLabel[] }
  | { readonly kind: 'films'; readonly pixels: Uint16Array; readonly labels: readonly (readonly HipBox[])[] };

/** One batch, and where its examples stand in the epoch: their draws follow from that. */
export interface DrawJob {
  readonly content: BatchContent;
  readonly epoch: number;
  readonly first: number;
}

/** Grey values of one stored picture. */
export const storedLength = { crops: storedCropSide ** 2, films: localizerSize ** 2 } as const;

/** @returns a function that turns a job into its batch */
export function batchDrawer({ seed, augmentation }: DrawSetup): (job: DrawJob) => BatchArrays {
  const noise = new NoiseTable(seeded(seed).stream('noise'));
  return ({ content, epoch, first }) => {
    const length = storedLength[content.kind];
    const stream = epochStream(seed, epoch);
    const pixelsOf = (i: number): Uint16Array => content.pixels.subarray(i * length, (i + 1) * length);
    return content.kind === 'crops'
      ? cropArrays(
          content.labels.map((_, i) => drawCrop(pixelsOf(i), augmentation, stream.stream(first + i), noise)),
          content.labels,
        )
      : filmArrays(
          content.labels.map((hips, i) =>
            drawFilm({ pixels: pixelsOf(i), hips }, augmentation, stream.stream(first + i), noise),
          ),
        );
  };
}

/** The stream of an epoch: its order, and by place in it the draws of each example. */
export function epochStream(seed: number, epoch: number): Random {
  return seeded(seed).stream(`epoch ${String(epoch)}`);
}

function cropArrays(inputs: readonly Float32Array[], labels: readonly CropLabel[]): BatchArrays {
  const n = labels.length;
  const y = new Float32Array(n * gradeGroups.length);
  labels.forEach(({ group }, i) => (y[i * gradeGroups.length + group] = 1));
  return {
    x: stacked(inputs, [classifierSize, classifierSize, 1]),
    y: { shape: [n, gradeGroups.length], values: y },
    weight: { shape: [n], values: Float32Array.from(labels, ({ weight }) => weight) },
  };
}

function filmArrays(films: readonly ReturnType<typeof drawFilm>[]): BatchArrays {
  const cells = [heatCells, heatCells] as const;
  return {
    x: stacked(
      films.map(({ input }) => input),
      [localizerSize, localizerSize, 1],
    ),
    heat: stacked(
      films.map(({ heat }) => heat),
      [...cells, medialSides.length],
    ),
    box: stacked(
      films.map(({ box }) => box),
      [...cells, 4],
    ),
    weight: stacked(
      films.map(({ weight }) => weight),
      [...cells, 1],
    ),
  };
}

function stacked(parts: readonly Float32Array[], shape: readonly number[]): BatchArray {
  const length = shape.reduce((product, side) => product * side, 1);
  const values = new Float32Array(parts.length * length);
  parts.forEach((part, i) => values.set(part, i * length));
  return { shape: [parts.length, ...shape], values };
}
