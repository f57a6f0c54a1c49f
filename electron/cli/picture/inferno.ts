import type { Colour } from './canvas.ts';

/**
 * The colour map 'inferno' of matplotlib: perceptually uniform and safe for colour-blind eyes. A polynomial
 * of degree 6 through it (Matt Zucker, "colormaps", CC0), within seven of 255 of the table.
 */
const coefficients: readonly Colour[] = [
  [0.00021894, 0.00165101, -0.0194809],
  [0.10651342, 0.56395644, 3.93271239],
  [11.60249308, -3.97285397, -15.94239411],
  [-41.70399613, 17.43639888, 44.3541452],
  [77.1629357, -33.40235894, -81.80730926],
  [-71.31942824, 32.62606426, 73.20951986],
  [25.13112622, -12.24266895, -23.070325],
];

/** @param value 0 (black) … 1 (light yellow) */
export function inferno(value: number): Colour {
  const channel = (c: 0 | 1 | 2): number => {
    let sum = 0;
    for (let n = coefficients.length - 1; n >= 0; n--) sum = sum * value + coefficients[n]![c];
    return Math.round(255 * Math.min(1, Math.max(0, sum)));
  };
  return [channel(0), channel(1), channel(2)];
}
