/** A film in a handful of numbers, as the localizer sees it, so that a change of films is seen without anybody looking at them. */

/** Between two pixels that differ by less, nothing was exposed: a border, a shutter, burnt-out air. */
const flatStep = 1e-4;
/** Of a normal distribution, the standard deviation over the median absolute value. */
const perMedian = 1.4826;
/** J. Immerkær's mask has a root sum of squares of 6 (Comput Vis Image Underst 1996; 64: 300-302). */
const maskGain = 6;
/** The mask is asked at every third pixel of every second row: enough for a median, and in little time. */
const rowStep = 2;
const columnStep = 3;

export interface InputStatistics extends Readonly<Record<string, number>> {
  /** Mean and standard deviation of the greys, 0..1. */
  readonly grey: number;
  readonly contrast: number;
  /** Root mean square of the step to the next pixel, along rows and columns. */
  readonly sharpness: number;
  /** Standard deviation of the noise, by Immerkær's mask, which edges and slopes pass by. */
  readonly noise: number;
  /** Share of the pixels that differ from a neighbour. */
  readonly exposed: number;
  /** Width over height of the film. */
  readonly aspect: number;
}

/**
 * @param values size × size greys in 0..1, row-major: the localizer's input
 * @param film rows and columns of the whole film
 */
export function inputStatistics(
  values: Float32Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): InputStatistics {
  const size = Math.sqrt(values.length);
  let sum = 0;
  let squares = 0;
  let steps = 0;
  let exposed = 0;
  for (let y = 0; y < size - 1; y++) {
    for (let x = 0; x < size - 1; x++) {
      const i = y * size + x;
      const value = values[i]!;
      const right = values[i + 1]! - value;
      const down = values[i + size]! - value;
      sum += value;
      squares += value * value;
      steps += right * right + down * down;
      if (Math.abs(right) > flatStep || Math.abs(down) > flatStep) exposed++;
    }
  }
  const n = (size - 1) ** 2;
  const grey = sum / n;
  return {
    grey,
    contrast: Math.sqrt(Math.max(0, squares / n - grey * grey)),
    sharpness: Math.sqrt(steps / (2 * n)),
    noise: noiseOf(values, size),
    exposed: exposed / n,
    aspect: columns / rows,
  };
}

/** Over the exposed pixels alone: a median of a border's zeros would say that there is no noise. */
function noiseOf(values: Float32Array, size: number): number {
  const answers: number[] = [];
  for (let y = 1; y < size - 1; y += rowStep) {
    for (let x = 1; x < size - 1; x += columnStep) {
      const i = y * size + x;
      const corners =
        values[i - size - 1]! + values[i - size + 1]! + values[i + size - 1]! + values[i + size + 1]!;
      const sides = values[i - size]! + values[i + size]! + values[i - 1]! + values[i + 1]!;
      const answer = Math.abs(corners - 2 * sides + 4 * values[i]!);
      if (answer > flatStep) answers.push(answer);
    }
  }
  const sorted = Float32Array.from(answers).sort();
  return (perMedian * (sorted[sorted.length >> 1] ?? 0)) / maskGain;
}
