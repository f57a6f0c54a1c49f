/**
 * The layers once more, in double precision and plain loops: what tensor code is held to. Slow, and for tests
 * alone. Written from the definitions (TensorFlow's of padding; Ioffe and Szegedy 2015, algorithm 1; Jaderberg et
 * al. 2015, formula 5), not from the tensor code.
 */
import { batchNormEpsilon } from '../kernels.ts';
import { activationOf, type LayerSpec } from '../layers.ts';

export interface Array64 {
  /** [n, rows, columns, channels], or [n, units]. */
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export type Parameters64 = ReadonlyMap<string, Float64Array>;

function filled(shape: readonly number[], value: (...at: number[]) => number): Array64 {
  const values = new Float64Array(shape.reduce((product, side) => product * side, 1));
  const at = shape.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    values[i] = value(...at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]! += 1;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
  return { shape, values };
}

function read({ shape, values }: Array64, n: number, row: number, column: number, channel: number): number {
  const [, rows, columns, channels] = shape as [number, number, number, number];
  return values[((n * rows + row) * columns + column) * channels + channel]!;
}

/** Where each window begins, how many there are. */
function windows(size: number, side: number, stride: number, padding: 'same' | 'valid'): [number, number] {
  if (padding === 'valid') return [0, Math.ceil((size - side + 1) / stride)];
  const count = Math.ceil(size / stride);
  return [-Math.floor(Math.max(0, (count - 1) * stride + side - size) / 2), count];
}

type Pixel = readonly [row: number, column: number, downInWindow: number, acrossInWindow: number];

/** Calls `of` with the pixels of the map that each window holds. */
function overWindows(
  x: Array64,
  [rows, columns]: readonly [number, number],
  stride: number,
  padding: 'same' | 'valid',
  outputs: number,
  of: (n: number, channel: number, pixels: readonly Pixel[]) => number,
): Array64 {
  const [count, height, width] = x.shape as [number, number, number];
  const [top, down] = windows(height, rows, stride, padding);
  const [left, across] = windows(width, columns, stride, padding);
  const values = new Float64Array(count * down * across * outputs);
  for (let place = 0; place < down * across; place++) {
    const pixels: Pixel[] = [];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const row = top + Math.floor(place / across) * stride + i;
        const column = left + (place % across) * stride + j;
        if (row >= 0 && row < height && column >= 0 && column < width) pixels.push([row, column, i, j]);
      }
    }
    for (let n = 0; n < count; n++) {
      const at = (n * down * across + place) * outputs;
      for (let channel = 0; channel < outputs; channel++) values[at + channel] = of(n, channel, pixels);
    }
  }
  return { shape: [count, down, across, outputs], values };
}

/** Of the pixels that lie on the map; those beyond it do not count. */
export function pool64(
  kind: 'greatest' | 'mean',
  x: Array64,
  side: number,
  stride: number,
  padding: 'same' | 'valid',
): Array64 {
  return overWindows(x, [side, side], stride, padding, x.shape[3]!, (n, channel, pixels) => {
    const all = pixels.map(([row, column]) => read(x, n, row, column, channel));
    return kind === 'greatest' ? Math.max(...all) : all.reduce((sum, v) => sum + v, 0) / all.length;
  });
}

/** One layer as in training: batch norm with the batch's own moments. */
export function layer64(layer: LayerSpec, parameters: Parameters64, x: Array64): Array64 {
  const at = (role: string): Float64Array | undefined => parameters.get(`${layer.name}/${role}`);
  const activation = { relu: (v: number) => Math.max(0, v), tanh: Math.tanh, linear: (v: number) => v }[
    activationOf(layer)
  ];
  let y = x;
  if (layer.kind !== 'norm') {
    const kernel = at('kernel')!;
    const { inputs, outputs } = layer;
    const bias = at('bias');
    if (layer.kind === 'dense') {
      y = filled([x.shape[0]!, outputs], (n, unit) => {
        let sum = bias![unit]!;
        for (let i = 0; i < inputs; i++) sum += x.values[n * inputs + i]! * kernel[i * outputs + unit]!;
        return sum;
      });
    } else {
      const { stride, padding = 'same' } = layer.kind === 'conv' ? { stride: 1 } : layer;
      const sides = typeof layer.size === 'number' ? ([layer.size, layer.size] as const) : layer.size;
      y = overWindows(x, sides, stride, padding, outputs, (n, output, pixels) => {
        let sum = bias?.[output] ?? 0;
        for (const [row, column, i, j] of pixels) {
          for (let input = 0; input < inputs; input++) {
            const weight = kernel[((i * sides[1] + j) * inputs + input) * outputs + output]!;
            sum += weight * read(x, n, row, column, input);
          }
        }
        return sum;
      });
    }
  }
  const normed = at('scale') === undefined ? y : norm64(y, at('scale')!, at('shift')!);
  return { shape: normed.shape, values: normed.values.map(activation) };
}

function norm64({ shape, values }: Array64, scale: Float64Array, shift: Float64Array): Array64 {
  const channels = scale.length;
  const out = new Float64Array(values.length);
  for (let c = 0; c < channels; c++) {
    const those = values.filter((_, i) => i % channels === c);
    const mean = those.reduce((sum, v) => sum + v, 0) / those.length;
    const variance = those.reduce((sum, v) => sum + (v - mean) ** 2, 0) / those.length;
    const gain = scale[c]! / Math.sqrt(variance + batchNormEpsilon);
    for (let i = c; i < values.length; i += channels) out[i] = (values[i]! - mean) * gain + shift[c]!;
  }
  return { shape, values: out };
}

export function add64(a: Array64, b: Array64): Array64 {
  return { shape: a.shape, values: a.values.map((value, i) => value + b.values[i]!) };
}

export function relu64({ shape, values }: Array64): Array64 {
  return { shape, values: values.map((value) => Math.max(0, value)) };
}

/** Side by side: the channels of the first, then those of the next. */
export function concat64(...maps: readonly Array64[]): Array64 {
  const [count, rows, columns] = maps[0]!.shape as [number, number, number];
  const from = maps.flatMap((map) =>
    Array.from({ length: map.shape[3]! }, (_, channel) => ({ map, channel })),
  );
  return filled([count, rows, columns, from.length], (n, row, column, k) => {
    const { map, channel } = from[k]!;
    return read(map, n, row, column, channel);
  });
}

/** Over rows and columns: [n, channels]. */
export function meanOverMap64(x: Array64): Array64 {
  const [count, rows, columns, channels] = x.shape as [number, number, number, number];
  return filled([count, channels], (n, channel) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) sum += read(x, n, row, column, channel);
    }
    return sum / (rows * columns);
  });
}

/** The spatial transformer: bilinear between the four pixels around each moved place, 0 beyond the map. */
export function transform64(map: Array64, theta: Array64): Array64 {
  const [, rows, columns] = map.shape as [number, number, number];
  return filled(map.shape, (n, row, column, channel) => {
    const u = (2 * column + 1) / columns - 1;
    const v = (2 * row + 1) / rows - 1;
    const [a, b, c, d, e, f] = theta.values.subarray(n * 6, n * 6 + 6);
    const x = ((a! * u + b! * v + c! + 1) * columns - 1) / 2;
    const y = ((d! * u + e! * v + f! + 1) * rows - 1) / 2;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const at = (r: number, k: number): number =>
      r < 0 || r >= rows || k < 0 || k >= columns ? 0 : read(map, n, r, k, channel);
    const [right, down] = [x - left, y - top];
    return (
      (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1)) +
      down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1))
    );
  });
}
