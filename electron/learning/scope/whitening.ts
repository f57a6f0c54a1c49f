/** Share of the mean variance that is added to each: few films cannot say that a direction never varies. */
const ridge = 0.02;

/**
 * Mean of the rows, and W (n × n, row-major) with Wᵀ W the inverse of their covariance plus a ridge: the inverse of
 * its Cholesky factor, so that |W (x − mean)| is Mahalanobis' distance.
 *
 * @param rows of one length n each, more than one
 */
export function whiteningOf(rows: readonly Float32Array[]): {
  readonly mean: Float32Array;
  readonly whitening: Float32Array;
} {
  const n = rows[0]!.length;
  const mean = Float64Array.from(
    { length: n },
    (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length,
  );
  const covariance = new Float64Array(n * n);
  for (const row of rows)
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++)
        covariance[i * n + j]! += ((row[i]! - mean[i]!) * (row[j]! - mean[j]!)) / (rows.length - 1);
  const trace = mean.reduce((sum, _, i) => sum + covariance[i * n + i]!, 0);
  for (let i = 0; i < n; i++) covariance[i * n + i]! += (ridge * trace) / n;
  return {
    mean: Float32Array.from(mean),
    whitening: Float32Array.from(inverseLower(cholesky(covariance, n), n)),
  };
}

/** L, lower, with L Lᵀ the matrix of which the lower half is given. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]!;
    }
  return lower;
}

function inverseLower(lower: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let column = 0; column < n; column++)
    for (let row = column; row < n; row++) {
      let sum = row === column ? 1 : 0;
      for (let k = column; k < row; k++) sum -= lower[row * n + k]! * inverse[k * n + column]!;
      inverse[row * n + column] = sum / lower[row * n + row]!;
    }
  return inverse;
}
