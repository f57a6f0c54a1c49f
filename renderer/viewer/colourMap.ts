import type { SaliencyMap } from '../../electron/contract/finding.ts';

/** Below this value the map is transparent: it has nothing to say there. */
export const saliencyFloor = 0.25;

/**
 * Cividis at t in 0..1 as [r, g, b] 0..255: a perceptually uniform map made for normal and colour-blind
 * eyes alike (Nuñez, Anderton, Renslow, PLOS ONE 2018), by the polynomial of d3-scale-chromatic.
 */
export function cividis(t: number): [number, number, number] {
  const x = Math.min(1, Math.max(0, t));
  const channel = (value: number) => Math.round(Math.min(255, Math.max(0, value)));
  return [
    channel(-4.54 - x * (35.34 - x * (2381.73 - x * (6402.7 - x * (7024.72 - x * 2710.57))))),
    channel(32.49 + x * (170.73 + x * (52.82 - x * (131.46 - x * (176.58 - x * 67.37))))),
    channel(81.24 + x * (442.36 - x * (2482.43 - x * (6167.24 - x * (6614.94 - x * 2475.67))))),
  ];
}

/** A saliency map as RGBA, rows × columns; alpha rises from the floor so that the edge is soft. */
export function saliencyPixels(map: SaliencyMap): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(map.rows * map.columns * 4);
  map.values.forEach((value, i) => {
    const above = (value - saliencyFloor) / (1 - saliencyFloor);
    const [red, green, blue] = cividis(above);
    pixels.set([red, green, blue, 255 * Math.min(1, Math.max(0, above) * 3)], i * 4);
  });
  return pixels;
}
