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
  const across = new Float32Array(values.length);
  const line = new Float64Array(columns + 2 * reach);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let n = 0; n < columns; n++) line[n + reach] = values[start + n]!;
    line.fill(outside === 'repeated' ? values[start]! : 0, 0, reach);
    line.fill(outside === 'repeated' ? values[start + columns - 1]! : 0, columns + reach);
    for (let column = 0; column < columns; column++) {
      const at = column + reach;
      let total = middle * line[at]!;
      for (let n = 1; n <= reach; n++) total += kernel[n]! * (line[at - n]! + line[at + n]!);
      across[start + column] = total;
    }
  }
  const result = new Float32Array(values.length);
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const own = row * columns;
    for (let column = 0; column < columns; column++) sums[column] = middle * across[own + column]!;
    for (let n = 1; n <= reach; n++) {
      const weight = kernel[n]!;
      for (const neighbour of [row - n, row + n]) {
        if (outside === 'nothing' && (neighbour < 0 || neighbour >= rows)) continue;
        const from = Math.min(rows - 1, Math.max(0, neighbour)) * columns;
        for (let column = 0; column < columns; column++) sums[column]! += weight * across[from + column]!;
      }
    }
    for (let column = 0; column < columns; column++) result[own + column] = sums[column]!;
  }
  return result;
}

/**
 * Where each pixel lies among the middles of the pairs: the pair before it, the pair after, and how far on. The
 * outermost pixels lie a quarter beyond the last middle.
 */
function places(pixels: number, pairs: number) {
  const near = new Int32Array(pixels);
  const far = new Int32Array(pixels);
  const share = new Float64Array(pixels);
  for (let n = 0; n < pixels; n++) {
    const at = n / 2 - 0.25;
    near[n] = Math.min(Math.max(0, pairs - 2), Math.max(0, Math.floor(at)));
    far[n] = Math.min(pairs - 1, near[n]! + 1);
    share[n] = at - near[n]!;
  }
  return { near, far, share };
}

/** The picture at half the size: every pixel given to its neighbours there by nearness, which keeps its place. */
function halved(values: Float32Array, { rows, columns }: Plane, half: Plane, outside: Outside): Float32Array {
  const across = places(columns, half.columns);
  const down = places(rows, half.rows);
  const sums = new Float64Array(half.rows * half.columns);
  const line = new Float64Array(half.columns);
  for (let row = 0; row < rows; row++) {
    line.fill(0);
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      const onward = values[at]! * across.share[column]!;
      line[across.near[column]!]! += values[at]! - onward;
      line[across.far[column]!]! += onward;
    }
    const share = down.share[row]!;
    const near = down.near[row]! * half.columns;
    const far = down.far[row]! * half.columns;
    for (let n = 0; n < half.columns; n++) {
      sums[near + n]! += (1 - share) * line[n]!;
      sums[far + n]! += share * line[n]!;
    }
  }
  const acrossWeights = weightsOf(across, half.columns, outside);
  const downWeights = weightsOf(down, half.rows, outside);
  const means = new Float32Array(sums.length);
  for (let row = 0, n = 0; row < half.rows; row++) {
    for (let column = 0; column < half.columns; column++, n++) {
      means[n] = sums[n]! / (downWeights[row]! * acrossWeights[column]!);
    }
  }
  return means;
}

/** How much of pixels each pair was given; the whole pair where nothing lies beyond the border. */
function weightsOf(
  { near, far, share }: ReturnType<typeof places>,
  pairs: number,
  outside: Outside,
): Float64Array {
  const weights = new Float64Array(pairs);
  if (outside === 'nothing') return weights.fill(2);
  for (let n = 0; n < near.length; n++) {
    weights[near[n]!]! += 1 - share[n]!;
    weights[far[n]!]! += share[n]!;
  }
  return weights;
}

/** Linear interpolation between the middles of the pairs, going on in a straight line beyond the outermost. */
function doubled(values: Float32Array, half: Plane, { rows, columns }: Plane): Float32Array {
  const across = places(columns, half.columns);
  const down = places(rows, half.rows);
  const line = new Float64Array(half.columns);
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const near = down.near[row]! * half.columns;
    const far = down.far[row]! * half.columns;
    const share = down.share[row]!;
    for (let n = 0; n < half.columns; n++) {
      line[n] = values[near + n]! + share * (values[far + n]! - values[near + n]!);
    }
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      const left = line[across.near[column]!]!;
      result[at] = left + across.share[column]! * (line[across.far[column]!]! - left);
    }
  }
  return result;
}
