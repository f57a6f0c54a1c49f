import { CalcarError } from '../contract/errors.ts';
import { kiloelectronVolt } from '../contract/units.ts';
import type { KiloelectronVolt, KilovoltPeak, Millimetres } from '../contract/units.ts';
import { densityOf, massAttenuation } from './attenuation.ts';

/** Photons by energy; the numbers sum to 1. */
export interface Spectrum {
  /** Middle of each bin, rising. */
  readonly energies: readonly KiloelectronVolt[];
  readonly photons: Float64Array;
}

/** K edge of tungsten, NIST SRD 126. */
const kEdge = 69.525;
/**
 * K lines of tungsten: keV and share of the K photons (Kα2, Kα1, Kβ1 with Kβ3, Kβ2), energies and
 * intensities of the X-ray Data Booklet.
 */
const kLines = [
  [57.98, 0.291],
  [59.32, 0.505],
  [67.24, 0.16],
  [69.07, 0.044],
] as const;
/**
 * K photons over Kramers' constant at overvoltage U are 6.6 (U - 1)^1.63: Green and Cosslett's exponent
 * (1968), the factor set so that the lines stand as high as in MC-GPU's 90 and 120 kV spectra.
 */
const kYield = (overvoltage: number): number => 6.6 * (overvoltage - 1) ** 1.63;
/**
 * Tungsten that photons of a 90 kV tube cross on their way out, g/cm², and aluminium of window and oil:
 * both set so that mean energy and transmission agree with MC-GPU's spectra at 60, 90 and 120 kV.
 */
const anodeDepth = 0.015;
const anodeDepthExponent = 1.5;
const inherentAluminiumMm = 0.6;
const binWidth = 1;
const lowestEnergy = 15;

/**
 * The beam of a tungsten tube: Kramers' bremsstrahlung (photons ∝ kVp / E - 1) with the K lines, attenuated
 * in the anode, the tube's window and the added aluminium. Bins of 1 keV from 15 keV up; below, 2.5 mm of
 * aluminium lets nothing through that matters.
 *
 * @param filtration added aluminium.
 * @throws CalcarError 'invalid-input' outside 40 to 150 kV, or for filtration below zero.
 */
export function tungstenSpectrum(tubeVoltage: KilovoltPeak, filtration: Millimetres): Spectrum {
  if (!(tubeVoltage >= 40 && tubeVoltage <= 150 && filtration >= 0)) {
    throw new CalcarError(
      'invalid-input',
      'A tube voltage must lie between 40 and 150 kV and its filter cannot be thinner than nothing. Correct the exposure.',
    );
  }
  const energies: KiloelectronVolt[] = [];
  for (let low = lowestEnergy; low < tubeVoltage; low += binWidth) {
    energies.push(kiloelectronVolt((low + Math.min(low + binWidth, tubeVoltage)) / 2));
  }
  const photons = new Float64Array(energies.length);
  energies.forEach((energy, n) => {
    const width = Math.min(lowestEnergy + (n + 1) * binWidth, tubeVoltage) - (lowestEnergy + n * binWidth);
    photons[n] = (tubeVoltage / energy - 1) * width;
  });
  if (tubeVoltage > kEdge) {
    const lines = kYield(tubeVoltage / kEdge);
    for (const [energy, share] of kLines) {
      photons[Math.floor((energy - lowestEnergy) / binWidth)]! += lines * share;
    }
  }
  const depth = anodeDepth * (tubeVoltage / 90) ** anodeDepthExponent;
  const aluminium = ((filtration + inherentAluminiumMm) / 10) * densityOf('aluminium');
  let sum = 0;
  energies.forEach((energy, n) => {
    photons[n]! *= Math.exp(
      -massAttenuation('tungsten', energy) * depth - massAttenuation('aluminium', energy) * aluminium,
    );
    sum += photons[n]!;
  });
  for (let n = 0; n < photons.length; n++) photons[n]! /= sum;
  return { energies, photons };
}

/** Mean photon energy. */
export function meanEnergy({ energies, photons }: Spectrum): KiloelectronVolt {
  let sum = 0;
  let weighted = 0;
  energies.forEach((energy, n) => {
    sum += photons[n]!;
    weighted += photons[n]! * energy;
  });
  return kiloelectronVolt(weighted / sum);
}

/**
 * The share of its unattenuated signal that an energy-integrating detector keeps behind soft tissue and
 * bone of these masses (g/cm²): Σ p E exp(-Σ (μ/ρ) m) / Σ p E, as DeepDRR.
 */
export function transmission({ energies, photons }: Spectrum, soft: number, bone: number): number {
  let open = 0;
  let through = 0;
  energies.forEach((energy, n) => {
    const weight = photons[n]! * energy;
    open += weight;
    through +=
      weight *
      Math.exp(
        -massAttenuation('softTissue', energy) * soft - massAttenuation('corticalBone', energy) * bone,
      );
  });
  return through / open;
}
