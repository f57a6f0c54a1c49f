import { gaussianBlur } from './blur.ts';
import type { DetectorGrid } from './detector.ts';
import { shutterField } from './detector.ts';
import type { Exposure, FilmLook } from './exposure.ts';

/**
 * Detector signal to picture, as a digital radiography system does it: logarithm, dynamic range
 * compression, unsharp mask, window by percentiles of the exposed field, tone curve.
 *
 * @param signal share of the open beam, above zero; rows × columns.
 * @returns 0..maximum, rising with attenuation.
 */
export function develop(
  signal: Float32Array,
  grid: DetectorGrid,
  exposure: Exposure,
  look: FilmLook,
  maximum: number,
): Uint16Array {
  const { rows, columns, spacing } = grid;
  const plane = { rows, columns };
  const density = signal.map((value) => -Math.log(value));
  if (look.compression.amount > 0) {
    const shade = gaussianBlur(density, plane, look.compression.spread / spacing);
    for (let n = 0; n < density.length; n++) density[n]! -= look.compression.amount * shade[n]!;
  }
  if (look.sharpening.amount > 0) {
    const smooth = gaussianBlur(density, plane, look.sharpening.spread / spacing);
    for (let n = 0; n < density.length; n++) {
      density[n]! += look.sharpening.amount * (density[n]! - smooth[n]!);
    }
  }
  const field = shutterField(grid, exposure);
  const [black, white] = percentiles(density, field, look.window);
  const pixels = new Uint16Array(density.length);
  for (let n = 0; n < pixels.length; n++) {
    const value = tone((density[n]! - black) / (white - black), look.shoulder) ** look.gamma;
    const shown = look.border === 'black' ? value * Math.min(1, Math.max(0, 2 * field[n]! - 0.5)) : value;
    pixels[n] = Math.round(shown * maximum);
  }
  return pixels;
}

/** 0..1 from any value: a straight cut mixed with a smooth curve that has the same middle and slope there. */
function tone(value: number, shoulder: number): number {
  const cut = Math.min(1, Math.max(0, value));
  const bent = 0.5 + 0.5 * Math.tanh(2 * (value - 0.5));
  return cut + shoulder * (bent - cut);
}

/** Two percentiles over the open field, from a histogram of 4096 bins. */
function percentiles(
  values: Float32Array,
  field: Float32Array,
  [low, high]: FilmLook['window'],
): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (let n = 0; n < values.length; n++) {
    if (field[n]! < 0.9) continue;
    if (values[n]! < least) least = values[n]!;
    if (values[n]! > most) most = values[n]!;
  }
  if (!(most > least)) return [least, least + 1];
  const bins = 4096;
  const counts = new Uint32Array(bins);
  let total = 0;
  for (let n = 0; n < values.length; n++) {
    if (field[n]! < 0.9) continue;
    counts[Math.min(bins - 1, Math.floor(((values[n]! - least) / (most - least)) * bins))]!++;
    total++;
  }
  const at = (percent: number): number => {
    let below = 0;
    let bin = 0;
    while (bin < bins - 1 && below + counts[bin]! < (percent / 100) * total) below += counts[bin++]!;
    return least + ((bin + 0.5) / bins) * (most - least);
  };
  const black = at(low);
  return [black, Math.max(at(high), black + 1e-3)];
}
