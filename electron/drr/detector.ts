import { mm, type Millimetres } from '../contract/units.ts';
import type { Random } from '../random/random.ts';
import { gaussianBlur } from './blur.ts';
import type { Exposure } from './exposure.ts';
import { layMarker } from './marker.ts';

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
export const pelvisAbsorbance = 5;
/** What the shutters' lead lets through, and the width of their penumbra. */
const shutterLeak = 0.002;
const penumbraMm = 1;
/**
 * Extra-focal radiation: the share of the beam that comes from all over the anode and so from beside the shutters' edge,
 * and how far it reaches at the film (standard deviation). It makes the border beside open beam grey.
 */
const extraFocalShare = 0.04;
const extraFocalSpread = mm(15);
/** From this mean on, Poisson deviates are drawn from the normal distribution. */
const normalFrom = 30;
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
 * which makes the noise of neighbouring pixels alike; the variance of each is that of the quanta, of the electronics
 * and of the detector's grain together.
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
  const field = beamField(grid, exposure);
  const sharp = new Float32Array(absorbance.length);
  for (let n = 0; n < sharp.length; n++) sharp[n] = Math.exp(-absorbance[n]!) * field[n]!;
  const primary = gaussianBlur(sharp, { rows, columns }, exposure.unsharpness / spacing);
  const signal = addScatter(primary, absorbance, grid, exposure);
  if (exposure.marker !== null) layMarker(signal, grid, exposure.marker);
  const open = openBeamQuanta(exposure, spacing);
  countQuanta(signal, open, (exposure.granularity / spacing) ** 2, random);
  const blurred = gaussianBlur(signal, { rows, columns }, exposure.detectorBlur / spacing);
  // Half a quantum stands for none, so that the logarithm has an end.
  const least = 0.5 / open;
  for (let n = 0; n < blurred.length; n++) if (!(blurred[n]! > least)) blurred[n] = least;
  return blurred;
}

/** Replaces each mean signal by one that was counted, in place; never below zero. */
function countQuanta(signal: Float32Array, open: number, grainVariance: number, random: Random): void {
  const electronic = electronicQuanta ** 2;
  for (let n = 0; n < signal.length; n++) {
    const mean = signal[n]! * open;
    const grain = grainVariance * mean * mean;
    // Above 30, Poisson is normal to the eye and to a test, and one deviate serves all three causes.
    const counted =
      mean > normalFrom
        ? random.normal(mean, Math.sqrt(mean + electronic + grain))
        : poisson(mean, random) + random.normal(0, Math.sqrt(electronic + grain));
    signal[n] = counted > 0 ? counted / open : 0;
  }
}

/** The beam before the patient, by pixel: the shutters' field with its glare, weaker on the anode's side. */
function beamField(grid: DetectorGrid, exposure: Exposure): Float32Array {
  const field = shutterField(grid, exposure);
  if (Object.values(exposure.collimation).some((width) => width > 0)) {
    const glare = shutterField(grid, exposure, extraFocalSpread);
    for (let n = 0; n < field.length; n++) field[n]! += extraFocalShare * (glare[n]! - field[n]!);
  }
  if (exposure.heelEffect === 0) return field;
  const { rows, columns } = grid;
  for (let row = 0; row < rows; row++) {
    const strength = 1 + exposure.heelEffect * (0.5 - (row + 0.5) / rows);
    for (let n = row * columns; n < (row + 1) * columns; n++) field[n]! *= strength;
  }
  return field;
}

/**
 * The share of the beam that the shutters let through, by pixel; blurred by a Gaussian of `spread` where given. Both
 * ways are apart, so that the blur is of two lines only.
 */
export function shutterField(
  { rows, columns, spacing }: DetectorGrid,
  { collimation }: Exposure,
  spread: Millimetres = mm(0),
): Float32Array {
  const profile = (count: number, before: number, after: number): Float32Array => {
    const open = Float32Array.from({ length: count }, (_, n) => {
      const position = (n + 0.5) * spacing;
      const inside = Math.min(
        before > 0 ? position - before : Infinity,
        after > 0 ? count * spacing - after - position : Infinity,
      );
      return 1 / (1 + Math.exp((-4 * inside) / penumbraMm));
    });
    return gaussianBlur(open, { rows: 1, columns: count }, spread / spacing);
  };
  const across = profile(columns, collimation.left, collimation.right);
  const down = profile(rows, collimation.top, collimation.bottom);
  const field = new Float32Array(rows * columns);
  for (let row = 0, n = 0; row < rows; row++) {
    const open = (1 - shutterLeak) * down[row]!;
    for (let column = 0; column < columns; column++, n++) field[n] = shutterLeak + open * across[column]!;
  }
  return field;
}

/**
 * Scatter is born in the patient: in proportion to the primary and to what it lost on its way (P · -ln P, the
 * first-order form of Ohnesorge et al. 1999), then spread by a wide Gaussian. So it grows with the thickness of the
 * patient and with the field: nothing comes from beyond the shutters and the film, and open beam makes none.
 */
function addScatter(
  primary: Float32Array,
  absorbance: Float32Array,
  { rows, columns, spacing }: DetectorGrid,
  exposure: Exposure,
): Float32Array {
  const ratio = exposure.scatterToPrimary * (exposure.grid ? gridScatter / gridPrimary : 1);
  if (ratio <= 0) return primary;
  const born = new Float32Array(primary.length);
  for (let n = 0; n < born.length; n++) born[n] = (primary[n]! * absorbance[n]!) / pelvisAbsorbance;
  const spread = gaussianBlur(born, { rows, columns }, exposure.scatterSpread / spacing, 'nothing');
  for (let n = 0; n < born.length; n++) spread[n] = primary[n]! + ratio * spread[n]!;
  return spread;
}

/** Poisson deviate: by inversion up to 30, above by the rounded normal deviate of equal mean and variance. */
export function poisson(mean: number, random: Random): number {
  if (mean > normalFrom) return Math.max(0, Math.round(random.normal(mean, Math.sqrt(mean))));
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
