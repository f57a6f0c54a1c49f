/** A picture of rows × columns values, row-major. */
interface Plane {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Gaussian blur with the border repeated outward; standard deviation in pixels. Up to 3 px by the sampled
 * kernel, above by three running means (same variance, within an eighth of the Gaussian's peak), whose time
 * does not grow with width.
 */
export function gaussianBlur(values: Float32Array, plane: Plane, deviation: number): Float32Array {
  if (deviation <= 0) return values.slice();
  const along = deviation <= 3 ? kernelPass(deviation) : meanPasses(deviation);
  const { rows, columns } = plane;
  const turned = along(values, rows, columns);
  return along(turned, columns, rows);
}

/** Filters every row and writes the picture turned (columns × rows), so that two calls filter both ways. */
type TurningPass = (values: Float32Array, rows: number, columns: number) => Float32Array;

function kernelPass(deviation: number): TurningPass {
  const reach = Math.max(1, Math.ceil(4 * deviation));
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, n) =>
    Math.exp(-((n - reach) ** 2) / (2 * deviation ** 2)),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  return (values, rows, columns) => {
    const result = new Float32Array(values.length);
    const line = new Float64Array(columns + 2 * reach);
    for (let row = 0; row < rows; row++) {
      for (let n = 0; n < line.length; n++) {
        line[n] = values[row * columns + Math.min(columns - 1, Math.max(0, n - reach))]!;
      }
      for (let column = 0; column < columns; column++) {
        let total = 0;
        for (let n = 0; n < kernel.length; n++) total += kernel[n]! * line[column + n]!;
        result[column * rows + row] = total / sum;
      }
    }
    return result;
  };
}

/**
 * Running means with fractional ends, each of a third of the variance (extended box filter of Gwosdek et al.,
 * SSVM 2011, equations 8 and 9).
 */
function meanPasses(deviation: number): TurningPass {
  const passes = 3;
  const variance = deviation ** 2 / passes;
  const reach = Math.floor((Math.sqrt(12 * variance + 1) - 1) / 2);
  const end = ((2 * reach + 1) * (reach * (reach + 1) - 3 * variance)) / (6 * (variance - (reach + 1) ** 2));
  return (values, rows, columns) => {
    const result = new Float32Array(values.length);
    let from = new Float64Array(columns);
    let to = new Float64Array(columns);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) from[column] = values[row * columns + column]!;
      for (let pass = 0; pass < passes; pass++) {
        runningMean(from, to, reach, end);
        [from, to] = [to, from];
      }
      for (let column = 0; column < columns; column++) result[column * rows + row] = from[column]!;
    }
    return result;
  };
}

/** Mean over `reach` values to each side and the share `end` of the one beyond. */
function runningMean(from: Float64Array, to: Float64Array, reach: number, end: number): void {
  const last = from.length - 1;
  const at = (n: number): number => from[n < 0 ? 0 : n > last ? last : n]!;
  let total = 0;
  for (let n = -reach; n <= reach; n++) total += at(n);
  const width = 2 * (reach + end) + 1;
  for (let n = 0; n <= last; n++) {
    to[n] = (total + end * (at(n - reach - 1) + at(n + reach + 1))) / width;
    total += at(n + reach + 1) - at(n - reach);
  }
}
