import { gaussianBlur } from './blur.ts';
import type { DetectorGrid } from './detector.ts';
import { shutterField } from './detector.ts';
import type { Exposure, FilmLook } from './exposure.ts';
import { equaliseLocally } from './localContrast.ts';
import { leaveOutMarker } from './marker.ts';

/** Where -ln of the signal is above this there is a patient before the detector: 4 cm of soft tissue. */
const bodyDensity = 0.9;
/** And above this there is metal: 10 is 40 cm of soft tissue. */
const metalDensity = 10;
/** A border that shows grey stands at this share of white. */
const borderGrey = 0.5;

/**
 * Detector signal to picture, as a digital radiography system does it: logarithm, dynamic range
 * compression, local contrast, unsharp mask, window by percentiles of the body inside the shutters, tone curve.
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
  const field = shutterField(grid, exposure);
  const density = new Float32Array(signal.length);
  const body = new Uint8Array(signal.length);
  for (let n = 0; n < density.length; n++) {
    const value = -Math.log(signal[n]!);
    density[n] = value;
    body[n] = value > bodyDensity && value < metalDensity && field[n]! > 0.9 ? 1 : 0;
  }
  if (exposure.marker !== null) leaveOutMarker(body, grid, exposure.marker);
  if (look.compression.amount > 0) {
    const weight = shutterField(grid, exposure, look.compression.spread);
    compress(density, body, field, weight, grid, look.compression);
  }
  if (look.localContrast.amount > 0) {
    const [thin, thick] = percentiles(density, body, [0.5, 99.8]);
    for (let n = 0; n < density.length; n++) density[n] = (density[n]! - thin) / (thick - thin);
    equaliseLocally(density, body, grid, look.localContrast);
  }
  if (look.sharpening.amount > 0) {
    const smooth = gaussianBlur(density, grid, look.sharpening.spread / grid.spacing);
    const { amount } = look.sharpening;
    for (let n = 0; n < density.length; n++) density[n]! += amount * (density[n]! - smooth[n]!);
  }
  return shown(density, field, percentiles(density, body, look.window), look, maximum);
}

/**
 * The shade of the body alone: neither the open beam nor the shutters may throw a halo over it; `weight` is the field
 * blurred as the shade is.
 */
function compress(
  density: Float32Array,
  body: Uint8Array,
  field: Float32Array,
  weight: Float32Array,
  grid: DetectorGrid,
  { amount, spread }: FilmLook['compression'],
): void {
  const [thin, thick] = percentiles(density, body, [1, 99.5]);
  const held = new Float32Array(density.length);
  for (let n = 0; n < held.length; n++) {
    held[n] = Math.min(thick, Math.max(thin, density[n]!)) * field[n]!;
  }
  const shade = gaussianBlur(held, grid, spread / grid.spacing);
  const middle = (thin + thick) / 2;
  for (let n = 0; n < density.length; n++) {
    density[n]! -= amount * (shade[n]! / weight[n]! - middle);
  }
}

/** Window, tone curve and gamma by a table over three windows' width, with straight lines between its entries. */
function shown(
  density: Float32Array,
  field: Float32Array,
  [black, white]: readonly [number, number],
  look: FilmLook,
  maximum: number,
): Uint16Array {
  const steps = 3072;
  const tones = Float64Array.from(
    { length: steps + 2 },
    (_, n) => maximum * tone((3 * n) / steps - 1, look.shoulder) ** look.gamma,
  );
  const border = look.border === 'grey' ? borderGrey * maximum : 0;
  const scale = steps / (3 * (white - black));
  const start = black - (white - black);
  const pixels = new Uint16Array(density.length);
  for (let n = 0; n < pixels.length; n++) {
    const at = Math.min(steps, Math.max(0, (density[n]! - start) * scale));
    const entry = Math.floor(at);
    pixels[n] = tones[entry]! + (at - entry) * (tones[entry + 1]! - tones[entry]!) + 0.5;
  }
  if (look.border === 'white') return pixels;
  for (let n = 0; n < pixels.length; n++) {
    // The border's colour begins inside the penumbra, or its bright edge would frame the field.
    const open = Math.min(1, Math.max(0, 4 * field[n]! - 3));
    if (open < 1) pixels[n] = border + open * (pixels[n]! - border) + 0.5;
  }
  return pixels;
}

/** 0..1 from any value: a straight cut mixed with a smooth curve of the same middle. */
function tone(value: number, shoulder: number): number {
  const cut = Math.min(1, Math.max(0, value));
  const bent = 0.5 + 0.5 * Math.tanh(2 * (value - 0.5));
  return cut + shoulder * (bent - cut);
}

/** More pixels than these tell no more of a percentile. */
const enoughPixels = 50_000;

/**
 * Two percentiles of the values where the mask is not 0, from a histogram of 4096 bins; over all where it is empty. Of a
 * large picture every n-th pixel is asked, n odd, so that no column is asked more than another.
 */
function percentiles(
  values: Float32Array,
  mask: Uint8Array,
  [low, high]: FilmLook['window'],
): [number, number] {
  const step = 2 * Math.floor(values.length / enoughPixels / 2) + 1;
  const asked = new Float32Array(Math.ceil(values.length / step));
  const everywhere = !mask.includes(1);
  let total = 0;
  let least = Infinity;
  let most = -Infinity;
  for (let n = 0; n < values.length; n += step) {
    if (!everywhere && mask[n] === 0) continue;
    const value = values[n]!;
    asked[total++] = value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(most > least)) return total > 0 ? [least, least + 1] : [0, 1];
  const bins = 4096;
  const counts = new Uint32Array(bins);
  const scale = bins / (most - least);
  for (let n = 0; n < total; n++) counts[Math.min(bins - 1, Math.floor((asked[n]! - least) * scale))]!++;
  const at = (percent: number): number => {
    let below = 0;
    let bin = 0;
    while (bin < bins - 1 && below + counts[bin]! < (percent / 100) * total) below += counts[bin++]!;
    return least + (bin + 0.5) / scale;
  };
  const black = at(low);
  return [black, Math.max(at(high), black + 1e-3)];
}
