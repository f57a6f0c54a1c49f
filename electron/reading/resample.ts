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
  const narrow = new Map<number, Float32Array>();
  const rowAt = (row: number): Float32Array => {
    const known = narrow.get(row);
    if (known !== undefined) return known;
    const made = squeezeRow(image, row, across, columns);
    narrow.set(row, made);
    return made;
  };
  const out = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const target = out.subarray(row * columns, (row + 1) * columns);
    for (let tap = 0; tap < down.count; tap++) {
      const weight = down.weight[row * down.count + tap]!;
      if (weight === 0) continue;
      const source = rowAt(down.index[row * down.count + tap]!);
      for (let column = 0; column < columns; column++) target[column]! += weight * source[column]!;
    }
  }
  return out;
}

function squeezeRow(image: GreyImage, row: number, across: Taps, columns: number): Float32Array {
  const out = new Float32Array(columns);
  const start = row * image.columns;
  const { count, index, weight } = across;
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    for (let tap = column * count; tap < (column + 1) * count; tap++) {
      sum += weight[tap]! * image.values[start + index[tap]!]!;
    }
    out[column] = sum;
  }
  return out;
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
