/**
 * A square picture convolved with a Gaussian, in two passes of one axis each. The kernel is cut at three standard
 * deviations and sums to 1; beyond the picture its last pixel repeats.
 *
 * @param deviation in pixels
 */
export function gaussianBlur(values: Float32Array, deviation: number): Float32Array {
  const side = Math.sqrt(values.length);
  const kernel = gaussianKernel(deviation);
  const reach = (kernel.length - 1) / 2;
  const across = new Float32Array(values.length);
  const line = new Float32Array(side + 2 * reach);
  for (let row = 0; row < side; row++) {
    const start = row * side;
    line.set(values.subarray(start, start + side), reach);
    line.fill(values[start]!, 0, reach).fill(values[start + side - 1]!, reach + side);
    for (let column = 0; column < side; column++) {
      let sum = 0;
      for (let tap = 0; tap < kernel.length; tap++) sum += kernel[tap]! * line[column + tap]!;
      across[start + column] = sum;
    }
  }
  const out = new Float32Array(values.length);
  for (let row = 0; row < side; row++) {
    for (let tap = 0; tap < kernel.length; tap++) {
      const weight = kernel[tap]!;
      const from = Math.min(side - 1, Math.max(0, row + tap - reach)) * side;
      for (let column = 0; column < side; column++)
        out[row * side + column]! += weight * across[from + column]!;
    }
  }
  return out;
}

function gaussianKernel(deviation: number): Float64Array {
  const reach = Math.ceil(3 * deviation);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
