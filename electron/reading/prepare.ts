/**
 * The one place that turns a film into network input, for reading and for training alike. Plain numbers,
 * no tensors: the same film gives the same input on every backend.
 */
import type { Box, GreyImage } from '../contract/image.ts';
import { evenContrast } from './contrast.ts';
import { resample } from './resample.ts';
import { sortFloats } from './sortFloats.ts';

/** Side of the localizer's square input, in pixels. */
export const localizerSize = 256;
/** Side of the classifier's square input, in pixels. */
export const classifierSize = 256;
/**
 * Side of the square that the classifier sees, over the longer side of the hip's box: a little less than the
 * box, so that head and neck fill the picture and a thin fracture line has pixels to be seen by.
 */
export const classifierShare = 0.9;

export interface LocalizerInput {
  /** size × size values in 0..1, row-major: the film in the middle of a square, its edges repeated beyond. */
  readonly data: Float32Array;
  readonly size: number;
  /** A box in input pixels, on the film. */
  readonly toImage: (box: Box) => Box;
  /** A box on the film, in input pixels. */
  readonly fromImage: (box: Box) => Box;
}

/** The whole film, area-averaged into a square with its proportions kept. */
export function localizerInput(image: GreyImage): LocalizerInput {
  const field = localizerField(image);
  const scale = localizerSize / field.width;
  return {
    data: finishInput(squareCrop(image, field, localizerSize)),
    size: localizerSize,
    toImage: (box) => ({
      x: box.x / scale + field.x,
      y: box.y / scale + field.y,
      width: box.width / scale,
      height: box.height / scale,
    }),
    fromImage: (box) => ({
      x: (box.x - field.x) * scale,
      y: (box.y - field.y) * scale,
      width: box.width * scale,
      height: box.height * scale,
    }),
  };
}

/** The square around the whole film. */
export function localizerField(image: GreyImage): Box {
  const side = Math.max(image.rows, image.columns);
  return { x: (image.columns - side) / 2, y: (image.rows - side) / 2, width: side, height: side };
}

/** The square on the film that the classifier sees for a hip's box. It may reach over the film's edge. */
export function classifierField(box: Box): Box {
  const side = Math.max(box.width, box.height) * classifierShare;
  return {
    x: box.x + box.width / 2 - side / 2,
    y: box.y + box.height / 2 - side / 2,
    width: side,
    height: side,
  };
}

/**
 * classifierSize × classifierSize values in 0..1 around a hip's box. Beyond the film's edge its last pixel
 * is repeated.
 */
export function classifierInput(image: GreyImage, box: Box): Float32Array {
  return finishInput(squareCrop(image, classifierField(box), classifierSize));
}

/** A square field as `size` × `size` values, still in the film's own grey values. */
export function squareCrop(image: GreyImage, field: Box, size: number): Float32Array {
  return resample(image, field, size, size);
}

/**
 * Grey values as the networks want them, in 0..1: percentiles of the exposed area, then even contrast, so
 * that neither exposure nor the shade of thick and thin parts of the body matters. Works in place on a
 * square picture and returns its argument.
 */
export function finishInput(values: Float32Array): Float32Array {
  return evenContrast(normalizeByPercentiles(values), Math.sqrt(values.length));
}

/** Grey values so close together hold this share of the pixels only in a border, a shutter or burnt-out air. */
const flatShare = 0.04;
const flatTolerance = 1e-3;
const lowShare = 0.01;
const highShare = 0.99;
/** Percentiles come from every third value: 256 is no multiple of 3, so every row and column takes part. */
const stride = 3;

/**
 * Maps the 1st percentile to 0 and the 99th to 1, and clips. Percentiles are of the exposed area: a grey
 * value that a large flat part of the picture shares (collimator border, shutter, burnt-out air) is left
 * out of the count. A picture of one grey gives zeros. Works in place and returns its argument.
 */
export function normalizeByPercentiles(values: Float32Array): Float32Array {
  const [low, high] = exposedRange(values);
  if (!(high > low)) return values.fill(0);
  const scale = 1 / (high - low);
  for (let i = 0; i < values.length; i++) {
    const value = (values[i]! - low) * scale;
    values[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
  return values;
}

function exposedRange(values: Float32Array): [low: number, high: number] {
  const sampled = new Float32Array(Math.ceil(values.length / stride));
  for (let i = 0; i < sampled.length; i++) sampled[i] = values[i * stride]!;
  const sorted = sortFloats(sampled);
  const exposed = withoutFlats(sorted);
  return [percentile(exposed, lowShare), percentile(exposed, highShare)];
}

/** `sorted` without its runs of all but equal values; all of it when nothing else would be left. */
function withoutFlats(sorted: Float32Array): Float32Array {
  const run = Math.max(2, Math.floor(flatShare * sorted.length));
  const tolerance = flatTolerance * (percentile(sorted, highShare) - percentile(sorted, lowShare));
  const kept = new Float32Array(sorted.length);
  let count = 0;
  let i = 0;
  while (i < sorted.length) {
    const limit = sorted[i]! + tolerance;
    if (i + run < sorted.length && sorted[i + run]! <= limit) {
      while (i < sorted.length && sorted[i]! <= limit) i++;
    } else {
      kept[count++] = sorted[i++]!;
    }
  }
  return count > sorted.length / 20 ? kept.subarray(0, count) : sorted;
}

function percentile(sorted: Float32Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
