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
  const source = values.slice();
  // Sums over the window's rows, a column each.
  const sums = new Float64Array(side);
  const squares = new Float64Array(side);
  const beyond = new Float32Array(side);
  // Sums of those columns before each, of none and of all of them beyond the picture.
  const sumsBefore = new Float64Array(side + 2 * half + 1);
  const squaresBefore = new Float64Array(side + 2 * half + 1);
  const shares = Float64Array.from(
    { length: side },
    (_, column) => 1 / (Math.min(side, column + half + 1) - Math.max(0, column - half)),
  );
  const moveDown = (entering: Float32Array, leaving: Float32Array): void => {
    let sum = 0;
    let square = 0;
    for (let column = 0; column < side; column++) {
      const comes = entering[column]!;
      const goes = leaving[column]!;
      const columnSum = sums[column]! + comes - goes;
      const columnSquares = squares[column]! + comes * comes - goes * goes;
      sums[column] = columnSum;
      squares[column] = columnSquares;
      sum += columnSum;
      square += columnSquares;
      sumsBefore[half + column + 1] = sum;
      squaresBefore[half + column + 1] = square;
    }
    sumsBefore.fill(sum, half + side + 1);
    squaresBefore.fill(square, half + side + 1);
  };
  const rowOf = (row: number): Float32Array =>
    row >= 0 && row < side ? source.subarray(row * side, (row + 1) * side) : beyond;
  for (let row = 0; row < half; row++) moveDown(rowOf(row), beyond);
  for (let row = 0; row < side; row++) {
    moveDown(rowOf(row + half), rowOf(row - half - 1));
    const rows = Math.min(side, row + half + 1) - Math.max(0, row - half);
    const rowShare = 1 / rows;
    for (let column = 0; column < side; column++) {
      const right = column + 2 * half + 1;
      const share = rowShare * shares[column]!;
      const mean = (sumsBefore[right]! - sumsBefore[column]!) * share;
      const variance = (squaresBefore[right]! - squaresBefore[column]!) * share - mean * mean;
      const deviation = variance > 0 ? Math.sqrt(variance) : 0;
      const at = row * side + column;
      const even = 0.5 + (source[at]! - mean) / (2 * reach * (deviation + flatContrast));
      values[at] = even < 0 ? 0 : even > 1 ? 1 : even;
    }
  }
  return values;
}
