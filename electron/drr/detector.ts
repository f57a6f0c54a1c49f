import type { Millimetres } from '../contract/units.ts';
import type { Random } from '../random/random.ts';
import { gaussianBlur } from './blur.ts';
import type { Exposure } from './exposure.ts';

/** A picture's grid and its pixel spacing at the detector. */
export interface DetectorGrid {
  readonly rows: number;
  readonly columns: number;
  readonly spacing: Millimetres;
}

/**
 * Photons in the open beam per mm² and mAs at 70 kV and 1 m: about 50 µGy a mAs behind 3 mm of aluminium,
 * 30 000 photons per mm² and µGy.
 */
const photonsPerSquareMillimetre = 50 * 30_000;
/** A tube's output rises with about the 2.5th power of its voltage. */
const outputExponent = 2.5;
/** What a 12:1 grid lets through. */
const gridPrimary = 0.7;
const gridScatter = 0.12;
/** -ln transmission of 20 cm of soft tissue at 75 kV, where an exposure's scatter ratio is meant. */
const pelvisAbsorbance = 5;
/** What the shutters' lead lets through, and the width of their penumbra. */
const shutterLeak = 0.002;
const penumbraMm = 1;
/** Quanta of electronic noise: the detector's floor under deep shadow. */
const electronicQuanta = 3;

/** Quanta a pixel counts in the open beam: ∝ mAs · kVp^2.5 / SID², over the pixel's area. */
export function openBeamQuanta(exposure: Exposure, spacing: Millimetres): number {
  const { charge, tubeVoltage, sourceToImageDistance, grid, detectiveEfficiency } = exposure;
  const output =
    photonsPerSquareMillimetre * detectiveEfficiency * charge * (tubeVoltage / 70) ** outputExponent;
  return output * (1000 / sourceToImageDistance) ** 2 * spacing ** 2 * (grid ? gridPrimary : 1);
}

/**
 * What the detector measures behind an absorbance picture, as a share of the open beam. Scatter is an
 * approximation (see `addScatter`; no Monte Carlo). Quanta are Poisson, then blurred by the scintillator,
 * which makes the noise of neighbouring pixels alike.
 *
 * @returns rows × columns, above zero.
 */
export function detect(
  absorbance: Float32Array,
  grid: DetectorGrid,
  exposure: Exposure,
  random: Random,
): Float32Array {
  const { rows, columns, spacing } = grid;
  const field = shutterField(grid, exposure);
  const sharp = absorbance.map((value, n) => Math.exp(-value) * field[n]!);
  const primary = gaussianBlur(sharp, { rows, columns }, exposure.unsharpness / spacing);
  const signal = addScatter(primary, absorbance, grid, exposure);
  const open = openBeamQuanta(exposure, spacing);
  for (let n = 0; n < signal.length; n++) {
    const quanta = poisson(signal[n]! * open, random) + random.normal(0, electronicQuanta);
    signal[n] = Math.max(quanta, 0) / open;
  }
  const blurred = gaussianBlur(signal, { rows, columns }, exposure.detectorBlur / spacing);
  // Half a quantum stands for none, so that the logarithm has an end.
  for (let n = 0; n < blurred.length; n++) blurred[n] = Math.max(blurred[n]!, 0.5 / open);
  return blurred;
}

/** The share of the beam that the shutters let through, by pixel. */
export function shutterField(grid: DetectorGrid, { collimation }: Exposure): Float32Array {
  const { rows, columns, spacing } = grid;
  const open = (position: number, before: number, after: number, length: number): number => {
    const inside = Math.min(
      before > 0 ? position - before : Infinity,
      after > 0 ? length - after - position : Infinity,
    );
    return 1 / (1 + Math.exp((-4 * inside) / penumbraMm));
  };
  const across = Float64Array.from({ length: columns }, (_, column) =>
    open((column + 0.5) * spacing, collimation.left, collimation.right, columns * spacing),
  );
  const down = Float64Array.from({ length: rows }, (_, row) =>
    open((row + 0.5) * spacing, collimation.top, collimation.bottom, rows * spacing),
  );
  const field = new Float32Array(rows * columns);
  for (let row = 0, n = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, n++) {
      field[n] = shutterLeak + (1 - shutterLeak) * down[row]! * across[column]!;
    }
  }
  return field;
}

/**
 * Scatter is born in the patient: in proportion to the primary and to what it lost on its way (P · -ln P, the
 * first-order form of Ohnesorge et al. 1999), then spread by a wide Gaussian. Open beam makes none.
 */
function addScatter(
  primary: Float32Array,
  absorbance: Float32Array,
  { rows, columns, spacing }: DetectorGrid,
  exposure: Exposure,
): Float32Array {
  const ratio = exposure.scatterToPrimary * (exposure.grid ? gridScatter / gridPrimary : 1);
  if (ratio <= 0) return primary;
  const born = primary.map(
    (value, n) => (value * Math.min(absorbance[n]!, pelvisAbsorbance)) / pelvisAbsorbance,
  );
  const spread = gaussianBlur(born, { rows, columns }, exposure.scatterSpread / spacing);
  return primary.map((value, n) => value + ratio * spread[n]!);
}

/** Poisson deviate: by inversion up to 30, above by the rounded normal deviate of equal mean and variance. */
export function poisson(mean: number, random: Random): number {
  if (mean > 30) return Math.max(0, Math.round(random.normal(mean, Math.sqrt(mean))));
  let left = random.uniform();
  let probability = Math.exp(-mean);
  let count = 0;
  while (left > probability && count < 200) {
    left -= probability;
    count++;
    probability *= mean / count;
  }
  return count;
}
