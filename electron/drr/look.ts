import { gaussianBlur } from './blur.ts';
import type { DetectorGrid } from './detector.ts';
import { shutterField } from './detector.ts';
import type { Exposure, FilmLook } from './exposure.ts';

/** Where -ln of the signal is above this there is a patient before the detector: 4 cm of soft tissue. */
const bodyDensity = 0.9;

/**
 * Detector signal to picture, as a digital radiography system does it: logarithm, dynamic range
 * compression, unsharp mask, window by percentiles of the body inside the shutters, tone curve.
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
  const field = shutterField(grid, exposure);
  const body = density.map((value, n) => (value > bodyDensity && field[n]! > 0.9 ? 1 : 0));
  const [thin, thick] = percentiles(density, body, [1, 99.5]);
  if (look.compression.amount > 0) {
    // The shade of the body alone: neither the open beam nor the shutters may throw a halo over it.
    const held = density.map((value, n) => Math.min(thick, Math.max(thin, value)) * field[n]!);
    const shade = gaussianBlur(held, plane, look.compression.spread / spacing);
    const weight = gaussianBlur(field, plane, look.compression.spread / spacing);
    const middle = (thin + thick) / 2;
    for (let n = 0; n < density.length; n++) {
      density[n]! -= look.compression.amount * (shade[n]! / weight[n]! - middle);
    }
  }
  if (look.sharpening.amount > 0) {
    const smooth = gaussianBlur(density, plane, look.sharpening.spread / spacing);
    for (let n = 0; n < density.length; n++) {
      density[n]! += look.sharpening.amount * (density[n]! - smooth[n]!);
    }
  }
  const [black, white] = percentiles(density, body, look.window);
  const pixels = new Uint16Array(density.length);
  for (let n = 0; n < pixels.length; n++) {
    const value = tone((density[n]! - black) / (white - black), look.shoulder) ** look.gamma;
    // Black begins inside the penumbra, or its bright edge would frame the field.
    const shown = look.border === 'black' ? value * Math.min(1, Math.max(0, 4 * field[n]! - 3)) : value;
    pixels[n] = Math.round(shown * maximum);
  }
  return pixels;
}

/** 0..1 from any value: a straight cut mixed with a smooth curve of the same middle. */
function tone(value: number, shoulder: number): number {
  const cut = Math.min(1, Math.max(0, value));
  const bent = 0.5 + 0.5 * Math.tanh(2 * (value - 0.5));
  return cut + shoulder * (bent - cut);
}

/** Two percentiles of the values where the mask is not 0, from a histogram of 4096 bins; over all where it is empty. */
function percentiles(
  values: Float32Array,
  mask: Float32Array,
  [low, high]: FilmLook['window'],
): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  let total = 0;
  const everywhere = !mask.some((inside) => inside !== 0);
  for (let n = 0; n < values.length; n++) {
    if (!everywhere && mask[n] === 0) continue;
    total++;
    if (values[n]! < least) least = values[n]!;
    if (values[n]! > most) most = values[n]!;
  }
  if (!(most > least)) return [least, least + 1];
  const bins = 4096;
  const counts = new Uint32Array(bins);
  const scale = bins / (most - least);
  for (let n = 0; n < values.length; n++) {
    if (!everywhere && mask[n] === 0) continue;
    counts[Math.min(bins - 1, Math.floor((values[n]! - least) * scale))]!++;
  }
  const at = (percent: number): number => {
    let below = 0;
    let bin = 0;
    while (bin < bins - 1 && below + counts[bin]! < (percent / 100) * total) below += counts[bin++]!;
    return least + (bin + 0.5) / scale;
  };
  const black = at(low);
  return [black, Math.max(at(high), black + 1e-3)];
}
