/** Half the side of the window over which contrast is evened out, as a share of the picture's side. */
const windowShare = 1 / 8;
/** Contrast below this is taken for flat and not raised to the full; on values in 0..1. */
const flatContrast = 0.012;
/** A value this many local standard deviations from the local mean is black or white. */
const reach = 2.5;

/**
 * Evens out contrast: each value by the mean m and standard deviation s of the square window around it,
 * 0.5 + (v − m) / (2 · 2.5 · (s + 0.012)), cut to 0..1. A film's shade from thick to thin goes, edges and
 * fracture lines stay, in the dark and the bright parts alike. Works in place and returns its argument.
 *
 * @param values side × side, in 0..1
 */
export function evenContrast(values: Float32Array, side: number): Float32Array {
  const half = Math.max(1, Math.round(side * windowShare));
  const width = side + 1;
  const sums = new Float64Array(width * width);
  const squares = new Float64Array(width * width);
  for (let row = 0; row < side; row++) {
    let sum = 0;
    let square = 0;
    for (let column = 0; column < side; column++) {
      const value = values[row * side + column]!;
      sum += value;
      square += value * value;
      const at = (row + 1) * width + column + 1;
      sums[at] = sums[at - width]! + sum;
      squares[at] = squares[at - width]! + square;
    }
  }
  for (let row = 0; row < side; row++) {
    const top = Math.max(0, row - half) * width;
    const bottom = Math.min(side, row + half + 1) * width;
    for (let column = 0; column < side; column++) {
      const left = Math.max(0, column - half);
      const right = Math.min(side, column + half + 1);
      const count = ((bottom - top) / width) * (right - left);
      const mean =
        (sums[bottom + right]! - sums[bottom + left]! - sums[top + right]! + sums[top + left]!) / count;
      const meanSquare =
        (squares[bottom + right]! - squares[bottom + left]! - squares[top + right]! + squares[top + left]!) /
        count;
      const deviation = Math.sqrt(Math.max(0, meanSquare - mean * mean));
      const at = row * side + column;
      const even = 0.5 + (values[at]! - mean) / (2 * reach * (deviation + flatContrast));
      values[at] = even < 0 ? 0 : even > 1 ? 1 : even;
    }
  }
  return values;
}
