/** A picture of rows × columns values, row-major. */
interface Plane {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Gaussian blur with the border repeated outward; standard deviation in pixels. Up to 2 px by the sampled
 * kernel, above by three running means (variance matched; within 3 % of the peak of the Gaussian), whose
 * time does not grow with width.
 */
export function gaussianBlur(values: Float32Array, plane: Plane, deviation: number): Float32Array {
  if (deviation <= 0) return values.slice();
  const along = deviation <= 2 ? kernelPass(deviation) : meanPasses(deviation);
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

/** Three running means whose variances, (w² - 1) / 12 each, sum as near to the Gaussian's as odd widths allow. */
function meanPasses(deviation: number): TurningPass {
  const ideal = Math.sqrt(4 * deviation ** 2 + 1);
  const narrow = 2 * Math.floor((ideal - 1) / 2) + 1;
  const narrowCount = Math.round(
    (12 * deviation ** 2 - 3 * (narrow + 2) ** 2 + 3) / (narrow ** 2 - (narrow + 2) ** 2),
  );
  const reaches = [0, 1, 2].map((n) => ((n < narrowCount ? narrow : narrow + 2) - 1) / 2);
  return (values, rows, columns) => {
    const result = new Float32Array(values.length);
    let from = new Float64Array(columns);
    let to = new Float64Array(columns);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) from[column] = values[row * columns + column]!;
      for (const reach of reaches) {
        runningMean(from, to, reach);
        [from, to] = [to, from];
      }
      for (let column = 0; column < columns; column++) result[column * rows + row] = from[column]!;
    }
    return result;
  };
}

function runningMean(from: Float64Array, to: Float64Array, reach: number): void {
  const last = from.length - 1;
  let total = 0;
  for (let n = -reach; n <= reach; n++) total += from[Math.min(last, Math.max(0, n))]!;
  const width = 2 * reach + 1;
  for (let n = 0; n <= last; n++) {
    to[n] = total / width;
    total += from[Math.min(last, n + reach + 1)]! - from[Math.max(0, n - reach)]!;
  }
}
