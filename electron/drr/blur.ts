/** A picture of rows × columns values, row-major. */
interface Plane {
  readonly rows: number;
  readonly columns: number;
}

/** What lies beyond the border: the border's own value going on, or nothing. */
export type Outside = 'repeated' | 'nothing';

/** Below this a sampled Gaussian has no neighbours left; three weights of the same variance do better. */
const narrow = 0.6;
/** From here on the picture is blurred at half its size. */
const wide = 3;
/** How far the kernel reaches, in standard deviations. */
const reachDeviations = 3.5;
/** Variance of halving and doubling a picture, in pixels of the half: a quarter and three quarters, both ways. */
const halvingVariance = 2 * 0.25 * 0.75;

/**
 * Gaussian blur; standard deviation in pixels. By the sampled kernel below 3 px. Above, the picture is halved, blurred by
 * what halving and doubling leave of the variance, and doubled, so that the time does not grow with the width.
 */
export function gaussianBlur(
  values: Float32Array,
  plane: Plane,
  deviation: number,
  outside: Outside = 'repeated',
): Float32Array {
  if (deviation <= 0) return values.slice();
  if (deviation < wide) return convolve(values, plane, kernelOf(deviation), outside);
  const half = { rows: Math.ceil(plane.rows / 2), columns: Math.ceil(plane.columns / 2) };
  const left = Math.sqrt((deviation / 2) ** 2 - halvingVariance);
  return doubled(gaussianBlur(halved(values, plane, half, outside), half, left, outside), half, plane);
}

/** Half of a symmetric kernel, from its middle outward; the whole sums to 1. */
function kernelOf(deviation: number): Float64Array {
  if (deviation < narrow) return Float64Array.of(1 - deviation ** 2, deviation ** 2 / 2);
  const reach = Math.ceil(reachDeviations * deviation);
  const half = Float64Array.from({ length: reach + 1 }, (_, n) => Math.exp(-(n ** 2) / (2 * deviation ** 2)));
  const sum = 2 * half.reduce((a, b) => a + b, 0) - 1;
  return half.map((weight) => weight / sum);
}

/** Convolution with the kernel along rows and then along columns. */
function convolve(
  values: Float32Array,
  { rows, columns }: Plane,
  kernel: Float64Array,
  outside: Outside,
): Float32Array {
  const reach = kernel.length - 1;
  const middle = kernel[0]!;
  // One row more than the picture, which stays empty: what lies beyond a border of nothing.
  const across = new Float32Array((rows + 1) * columns);
  const line = new Float64Array(columns + 2 * reach);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let n = 0; n < columns; n++) line[n + reach] = values[start + n]!;
    line.fill(outside === 'repeated' ? values[start]! : 0, 0, reach);
    line.fill(outside === 'repeated' ? values[start + columns - 1]! : 0, columns + reach);
    for (let column = 0, at = reach; column < columns; column++, at++) {
      let total = middle * line[at]!;
      for (let n = 1; n <= reach; n++) total += kernel[n]! * (line[at - n]! + line[at + n]!);
      across[start + column] = total;
    }
  }
  const startOf = (row: number): number => {
    if (row >= 0 && row < rows) return row * columns;
    return outside === 'nothing' ? rows * columns : row < 0 ? 0 : (rows - 1) * columns;
  };
  const result = new Float32Array(values.length);
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const own = row * columns;
    for (let column = 0; column < columns; column++) sums[column] = middle * across[own + column]!;
    for (let n = 1; n < reach; n++) {
      const weight = kernel[n]!;
      const above = startOf(row - n);
      const below = startOf(row + n);
      for (let column = 0; column < columns; column++) {
        sums[column]! += weight * (across[above + column]! + across[below + column]!);
      }
    }
    const weight = kernel[reach]!;
    const above = startOf(row - reach);
    const below = startOf(row + reach);
    for (let column = 0; column < columns; column++) {
      result[own + column] = sums[column]! + weight * (across[above + column]! + across[below + column]!);
    }
  }
  return result;
}

/**
 * The picture at half the size: the middle of a pair of pixels takes three quarters of each of the two and a quarter of
 * each of the next, halved, which keeps every pixel in its place.
 */
function halved(values: Float32Array, { rows, columns }: Plane, half: Plane, outside: Outside): Float32Array {
  const beyond = outside === 'repeated' ? 1 : 0;
  const narrow = new Float32Array(rows * half.columns);
  // A row with one pixel before it and two behind.
  const line = new Float64Array(columns + 3);
  for (let row = 0, n = 0; row < rows; row++) {
    const first = row * columns;
    for (let column = 0; column < columns; column++) line[column + 1] = values[first + column]!;
    line[0] = beyond * line[1]!;
    line.fill(beyond * line[columns]!, columns + 1);
    for (let pair = 0, at = 0; pair < half.columns; pair++, at += 2, n++) {
      narrow[n] = 0.125 * (line[at]! + line[at + 3]!) + 0.375 * (line[at + 1]! + line[at + 2]!);
    }
  }
  const result = new Float32Array(half.rows * half.columns);
  for (let pair = 0, n = 0; pair < half.rows; pair++) {
    const taps = [-1, 0, 1, 2].map((offset) => {
      const row = 2 * pair + offset;
      const weight = offset === 0 || offset === 1 ? 0.375 : 0.125;
      const inside = row >= 0 && row < rows;
      return {
        start: Math.min(rows - 1, Math.max(0, row)) * half.columns,
        weight: inside ? weight : beyond * weight,
      };
    });
    const [a, b, c, d] = taps as [Tap, Tap, Tap, Tap];
    for (let column = 0; column < half.columns; column++, n++) {
      result[n] =
        a.weight * narrow[a.start + column]! +
        b.weight * narrow[b.start + column]! +
        c.weight * narrow[c.start + column]! +
        d.weight * narrow[d.start + column]!;
    }
  }
  return result;
}

interface Tap {
  readonly start: number;
  readonly weight: number;
}

/** Linear interpolation between the middles of the pairs, going on in a straight line beyond the outermost. */
function doubled(values: Float32Array, half: Plane, { rows, columns }: Plane): Float32Array {
  const result = new Float32Array(rows * columns);
  // The line of pairs with one more at either end.
  const line = new Float64Array(half.columns + 2);
  for (let row = 0; row < rows; row++) {
    const at = row / 2 - 0.25;
    const near = Math.min(Math.max(0, half.rows - 2), Math.max(0, Math.floor(at)));
    const share = at - near;
    const start = near * half.columns;
    const next = Math.min(half.rows - 1, near + 1) * half.columns;
    for (let n = 0; n < half.columns; n++) {
      line[n + 1] = values[start + n]! + share * (values[next + n]! - values[start + n]!);
    }
    const last = half.columns;
    line[0] = last > 1 ? 2 * line[1]! - line[2]! : line[1]!;
    line[last + 1] = last > 1 ? 2 * line[last]! - line[last - 1]! : line[last]!;
    for (let column = 0, n = row * columns; column < columns; column++, n++) {
      const pair = (column >> 1) + 1;
      result[n] = 0.75 * line[pair]! + 0.25 * line[pair - 1 + 2 * (column & 1)]!;
    }
  }
  return result;
}
