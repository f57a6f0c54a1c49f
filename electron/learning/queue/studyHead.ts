/** The learner of the study: a softmax over frozen features, fitted again after every round of labels. */

/** Rows × columns numbers, row-major; the first column is the constant 1. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** [classes × columns] weights. */
export type Head = readonly Float64Array[];

/** Ridge on the weights, in units of hips, over standardised features. */
const ridge = 1;
const mostSteps = 60;
const enough = 1e-4;

/**
 * Multinomial logistic regression with a ridge, each class weighing the same in sum, as balanced accuracy judges it.
 * Steps by Böhning's fixed bound of the curvature (Ann Inst Stat Math 1992): X'WX / 2 is never less than the Hessian,
 * so it is inverted once and every step climbs.
 *
 * @param rows of `features` that have a label; a row may come twice, as in a bootstrap
 * @param labels class of each row of `features`
 */
export function fitHead(
  features: Matrix,
  rows: readonly number[],
  labels: Uint8Array,
  classes: number,
): Head {
  const { columns, values } = features;
  const weights = balancedWeights(rows, labels, classes);
  const bound = curvatureBound(features, rows, weights);
  const factor = cholesky(bound, columns);
  const head = Array.from({ length: classes }, () => new Float64Array(columns));
  for (let step = 0; step < mostSteps; step++) {
    const slopes = head.map((w) => w.map((value) => -ridge * value));
    rows.forEach((row, i) => {
      const p = probabilitiesOf(head, features, row);
      for (let k = 0; k < classes; k++) {
        const error = weights[i]! * ((labels[row] === k ? 1 : 0) - p[k]!);
        const slope = slopes[k]!;
        for (let c = 0; c < columns; c++) slope[c]! += error * values[row * columns + c]!;
      }
    });
    let largest = 0;
    for (let k = 0; k < classes; k++) {
      const move = solve(factor, slopes[k]!, columns);
      for (let c = 0; c < columns; c++) {
        head[k]![c]! += move[c]!;
        largest = Math.max(largest, Math.abs(move[c]!));
      }
    }
    if (largest < enough) break;
  }
  return head;
}

/** Probabilities of one row. */
export function probabilitiesOf(head: Head, { columns, values }: Matrix, row: number): number[] {
  const logits = head.map((w) => {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += w[c]! * values[row * columns + c]!;
    return sum;
  });
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Weights that sum to the number of rows, the same for every class that has any. */
function balancedWeights(rows: readonly number[], labels: Uint8Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const row of rows) counts[labels[row]!]! += 1;
  const present = counts.filter((count) => count > 0).length;
  return Float64Array.from(rows, (row) => rows.length / (present * counts[labels[row]!]!));
}

function curvatureBound(
  { columns, values }: Matrix,
  rows: readonly number[],
  weights: Float64Array,
): Float64Array {
  const bound = new Float64Array(columns * columns);
  rows.forEach((row, i) => {
    for (let a = 0; a < columns; a++) {
      const left = (weights[i]! / 2) * values[row * columns + a]!;
      for (let b = 0; b <= a; b++) bound[a * columns + b]! += left * values[row * columns + b]!;
    }
  });
  for (let a = 0; a < columns; a++) bound[a * columns + a]! += ridge;
  return bound;
}

/** Lower factor of a positive definite matrix of which the lower half is given. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * n + k]! * factor[j * n + k]!;
      factor[i * n + j] = i === j ? Math.sqrt(sum) : sum / factor[j * n + j]!;
    }
  return factor;
}

function solve(factor: Float64Array, right: Float64Array, n: number): Float64Array {
  const x = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * n + k]! * x[k]!;
    x[i]! /= factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= factor[k * n + i]! * x[k]!;
    x[i]! /= factor[i * n + i]!;
  }
  return x;
}
