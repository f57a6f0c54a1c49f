import { describe, expect, it } from 'vitest';
import { kiloelectronVolt, kilovoltPeak, mm } from '../contract/units.ts';
import { absorbance } from './absorbance.ts';
import { densityOf, massAttenuation } from './attenuation.ts';
import type { Spectrum } from './spectrum.ts';
import { meanEnergy, transmission, tungstenSpectrum } from './spectrum.ts';

const beam = (voltage: number, filter: number) => tungstenSpectrum(kilovoltPeak(voltage), mm(filter));
/** Behind 20 cm of body, of which `bone` cm are cortical bone. */
const throughBody = (spectrum: Spectrum, bone: number) =>
  transmission(spectrum, (20 - bone) * densityOf('softTissue'), bone * densityOf('corticalBone'));

describe('massAttenuation', () => {
  it('is NIST SRD 126 at its own energies and between them', () => {
    expect(massAttenuation('corticalBone', kiloelectronVolt(60))).toBe(0.3148);
    expect(massAttenuation('softTissue', kiloelectronVolt(20))).toBe(0.823);
    // XCOM for aluminium at 70 keV is 0.2297 cm²/g: the table's own spacing, log-log, comes within 3 %.
    expect(massAttenuation('aluminium', kiloelectronVolt(70))).toBeCloseTo(0.233, 2);
    expect(massAttenuation('tungsten', kiloelectronVolt(69))).toBeLessThan(3);
    expect(massAttenuation('tungsten', kiloelectronVolt(70))).toBeGreaterThan(10);
    expect(() => massAttenuation('softTissue', kiloelectronVolt(200))).toThrow('15 to 150 keV');
  });
});

describe('tungstenSpectrum', () => {
  // MC-GPU's spectra (Badal and Badano 2009), their mean energy, and their energy-integrated transmission of
  // 20 cm of soft tissue, and ln of the contrast of 2 cm of bone in it, computed with the same NIST tables.
  const published = [
    { voltage: 60, filter: 3.5, mean: 37.5, open: 3.803e-3, contrast: 1.34 },
    { voltage: 90, filter: 4, mean: 49.2, open: 9.791e-3, contrast: 0.769 },
    { voltage: 120, filter: 4.3, mean: 58.2, open: 1.426e-2, contrast: 0.582 },
  ];
  it.each(published)('is near MC-GPU at $voltage kV', ({ voltage, filter, mean, open, contrast }) => {
    const spectrum = beam(voltage, filter);
    expect(Math.abs(meanEnergy(spectrum) - mean)).toBeLessThan(0.5);
    const bare = throughBody(spectrum, 0);
    expect(Math.abs(bare / open - 1)).toBeLessThan(0.05);
    expect(Math.abs(Math.log(bare / throughBody(spectrum, 2)) / contrast - 1)).toBeLessThan(0.03);
  });

  it('has K lines above 69.5 kV only, and ends at the tube voltage', () => {
    const at = (spectrum: Spectrum, energy: number) =>
      spectrum.photons[spectrum.energies.findIndex((e) => Math.abs(e - energy) <= 0.5)]!;
    expect(at(beam(69, 3), 59.5)).toBeLessThan(at(beam(69, 3), 57));
    expect(at(beam(90, 3), 59.5)).toBeGreaterThan(1.5 * at(beam(90, 3), 56.5));
    expect(Math.max(...beam(72.4, 3).energies)).toBeLessThan(72.4);
    expect(beam(80, 3).photons.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  it('hardens with filtration and with voltage, and bone contrast falls', () => {
    expect(meanEnergy(beam(80, 4))).toBeGreaterThan(meanEnergy(beam(80, 2)));
    let last = Infinity;
    for (const voltage of [60, 69, 71, 80, 90, 100, 120]) {
      const contrast = Math.log(throughBody(beam(voltage, 3), 0) / throughBody(beam(voltage, 3), 1));
      expect(contrast).toBeLessThan(last);
      last = contrast;
    }
    expect(() => beam(20, 3)).toThrow('between 40 and 150 kV');
  });
});

describe('transmission', () => {
  it('is the exponential law for one energy', () => {
    const line: Spectrum = { energies: [kiloelectronVolt(50)], photons: Float64Array.of(1) };
    expect(transmission(line, 10, 0)).toBeCloseTo(Math.exp(-2.264), 12);
    expect(transmission(line, 10, 3)).toBeCloseTo(Math.exp(-2.264 - 3 * 0.4242), 12);
  });
});

describe('absorbance', () => {
  it('is -ln of the sum over energies within a thousandth', () => {
    const spectrum = beam(75, 3);
    const masses = [0, 0.03, 0.2, 1.3, 4.11, 9.99, 17.6, 24.2, 33.3];
    const pairs = masses.flatMap((soft) =>
      masses.filter((bone) => bone < 20).map((bone) => [soft, bone] as const),
    );
    const table = absorbance(spectrum, {
      rows: 1,
      columns: pairs.length,
      spacing: mm(1),
      soft: Float32Array.from(pairs, ([soft]) => soft),
      bone: Float32Array.from(pairs, ([, bone]) => bone),
    });
    pairs.forEach(([soft, bone], n) => {
      expect(Math.abs(Math.exp(-table[n]!) / transmission(spectrum, soft, bone) - 1)).toBeLessThan(1e-3);
    });
  });
});
