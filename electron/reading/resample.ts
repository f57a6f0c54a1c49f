import type { Box, GreyImage } from '../contract/image.ts';

/** For each output sample the source pixels that make it: taps × samples, weights of one sample sum to 1. */
interface Taps {
  readonly count: number;
  readonly index: Int32Array;
  readonly weight: Float32Array;
}

/**
 * A field of the film as `columns` × `rows` values, row-major. Where the field is finer than the output a
 * sample is the mean over the area that it covers (box filter with fractional ends), where it is coarser
 * the film is interpolated linearly. The field may reach beyond the film, whose last pixel then repeats.
 */
export function resample(image: GreyImage, field: Box, columns: number, rows: number): Float32Array {
  const across = taps(field.x, field.width, columns, image.columns);
  const down = taps(field.y, field.height, rows, image.rows);
  const out = new Float32Array(columns * rows);
  // Rows first: a sum of whole rows walks through memory in order, and most of the film's pixels end there.
  const from = across.index.reduce((least, index) => Math.min(least, index), image.columns);
  const to = across.index.reduce((most, index) => Math.max(most, index), 0) + 1;
  const mixed = new Float64Array(image.columns);
  for (let row = 0; row < rows; row++) {
    mixed.fill(0, from, to);
    for (let tap = row * down.count; tap < (row + 1) * down.count; tap++) {
      const weight = down.weight[tap]!;
      if (weight !== 0) addRow(mixed, image, down.index[tap]!, weight, from, to);
    }
    squeezeRow(mixed, across, out.subarray(row * columns, (row + 1) * columns));
  }
  return out;
}

function addRow(
  mixed: Float64Array,
  { values, columns }: GreyImage,
  row: number,
  weight: number,
  from: number,
  to: number,
): void {
  const start = row * columns;
  for (let column = from; column < to; column++) mixed[column]! += weight * values[start + column]!;
}

function squeezeRow(row: Float64Array, { count, index, weight }: Taps, out: Float32Array): void {
  for (let sample = 0; sample < out.length; sample++) {
    let sum = 0;
    for (let tap = sample * count; tap < (sample + 1) * count; tap++) sum += weight[tap]! * row[index[tap]!]!;
    out[sample] = sum;
  }
}

/** Taps along one axis: the field starts at `start`, is `length` source pixels long and has `samples` outputs. */
function taps(start: number, length: number, samples: number, size: number): Taps {
  const step = length / samples;
  const enlarges = step <= 1;
  const count = enlarges ? 2 : Math.ceil(step) + 1;
  const index = new Int32Array(samples * count);
  const weight = new Float32Array(samples * count);
  for (let sample = 0; sample < samples; sample++) {
    const from = enlarges ? start + (sample + 0.5) * step - 0.5 : start + sample * step;
    const first = Math.floor(from);
    for (let tap = 0; tap < count; tap++) {
      const pixel = first + tap;
      const share = enlarges
        ? 1 - Math.abs(from - pixel)
        : Math.min(pixel + 1, from + step) - Math.max(pixel, from);
      const at = sample * count + tap;
      index[at] = Math.min(size - 1, Math.max(0, pixel));
      weight[at] = Math.max(0, enlarges ? share : share / step);
    }
  }
  return { count, index, weight };
}
