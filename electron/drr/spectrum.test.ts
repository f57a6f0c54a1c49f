import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { kiloelectronVolt, kilovoltPeak, mm } from '../contract/units.ts';
import { absorbance } from './absorbance.ts';
import { densityOf, massAttenuation } from './attenuation.ts';
import type { Spectrum } from './spectrum.ts';
import { meanEnergy, transmission, tungstenSpectrum } from './spectrum.ts';

const mcgpu = z
  .object({
    spectra: z.array(
      z.object({
        tubeVoltage: z.number(),
        aluminium: z.number(),
        meanEnergy: z.number(),
        halfValueLayer: z.number(),
        photons: z.array(z.number()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('testing/mcgpuSpectra.json', import.meta.url), 'utf8')));

const beam = (voltage: number, filter: number) => tungstenSpectrum(kilovoltPeak(voltage), mm(filter));
/** Behind 20 cm of body, of which `bone` cm are cortical bone. */
const throughBody = (spectrum: Spectrum, bone: number) =>
  transmission(spectrum, (20 - bone) * densityOf('softTissue'), bone * densityOf('corticalBone'));

describe('massAttenuation', () => {
  // NIST SRD 126 (Hubbell and Seltzer), cm²/g at 20, 30, 40, 50, 60, 80 and 100 keV; tissues of ICRU-44.
  it.each([
    ['corticalBone', [4.001, 1.331, 0.6655, 0.4242, 0.3148, 0.2229, 0.1855]],
    ['softTissue', [0.823, 0.379, 0.2688, 0.2264, 0.2048, 0.1823, 0.1693]],
    ['muscle', [0.8205, 0.3783, 0.2685, 0.2262, 0.2048, 0.1823, 0.1693]],
    ['water', [0.8096, 0.3756, 0.2683, 0.2269, 0.2059, 0.1837, 0.1707]],
    ['adipose', [0.5677, 0.3063, 0.2396, 0.2123, 0.1974, 0.18, 0.1688]],
  ] as const)('of %s is NIST SRD 126 at its own energies', (name, values) => {
    expect([20, 30, 40, 50, 60, 80, 100].map((e) => massAttenuation(name, kiloelectronVolt(e)))).toEqual(
      values,
    );
  });

  it('follows the table between its energies and across an edge', () => {
    // XCOM for aluminium at 70 keV is 0.2297 cm²/g: the table's own spacing, log-log, comes within 3 %.
    expect(massAttenuation('aluminium', kiloelectronVolt(70))).toBeCloseTo(0.233, 2);
    expect(massAttenuation('tungsten', kiloelectronVolt(69))).toBeLessThan(3);
    expect(massAttenuation('tungsten', kiloelectronVolt(70))).toBeGreaterThan(10);
    expect(() => massAttenuation('softTissue', kiloelectronVolt(200))).toThrow('15 to 150 keV');
  });
});

/** Mass energy-absorption of dry air, NIST SRD 126, cm²/g by keV: what an ionisation chamber reads. */
const airAbsorption = [
  [15, 1.334],
  [20, 0.5389],
  [30, 0.1537],
  [40, 0.06833],
  [50, 0.04098],
  [60, 0.03041],
  [80, 0.02407],
  [100, 0.02325],
  [150, 0.02496],
] as const;

function absorbedInAir(energy: number): number {
  const n = Math.max(
    1,
    airAbsorption.findIndex(([at]) => at >= energy),
  );
  const [low, below] = airAbsorption[n - 1]!;
  const [high, above] = airAbsorption[n]!;
  return below * (above / below) ** (Math.log(energy / low) / Math.log(high / low));
}

/** Aluminium, mm, that halves the air kerma of a beam. */
function halfValueLayer({ energies, photons }: Spectrum): number {
  const kerma = (thickness: number) =>
    energies.reduce((sum, energy, n) => {
      const filter = massAttenuation('aluminium', energy) * densityOf('aluminium') * (thickness / 10);
      return sum + photons[n]! * energy * absorbedInAir(energy) * Math.exp(-filter);
    }, 0);
  let [low, high] = [0, 30];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (kerma(middle) > kerma(0) / 2) low = middle;
    else high = middle;
  }
  return low;
}

/** MC-GPU's three spectra, with their photons at the energies where their bins begin, as DeepDRR reads them. */
const published = mcgpu.spectra.map((spectrum) => ({
  ...spectrum,
  beam: {
    energies: spectrum.photons.map((_, n) => kiloelectronVolt(15 + 0.5 * n)),
    photons: Float64Array.from(spectrum.photons),
  },
}));

describe('transmission of a polyenergetic beam', () => {
  // Computed apart from this code from the same spectra and NIST tables: energy-integrated, 20 cm of soft
  // tissue, of which 2 cm are replaced by cortical bone.
  it.each([
    [60, 3.803e-3, 9.954e-4, 1.34, 0.2786],
    [90, 9.791e-3, 4.538e-3, 0.769, 0.2313],
    [120, 1.426e-2, 7.969e-3, 0.582, 0.2125],
  ])('of MC-GPU at %d kV is the test vector', (voltage, open, behindBone, contrast, attenuation) => {
    const { beam: spectrum } = published.find(({ tubeVoltage }) => tubeVoltage === voltage)!;
    const soft = throughBody(spectrum, 0);
    const bone = throughBody(spectrum, 2);
    expect(Math.abs(soft / open - 1)).toBeLessThan(1e-3);
    expect(Math.abs(bone / behindBone - 1)).toBeLessThan(1e-3);
    expect(Math.abs(Math.log(soft / bone) / contrast - 1)).toBeLessThan(1e-3);
    expect(Math.abs(-Math.log(soft) / 20 / attenuation - 1)).toBeLessThan(1e-3);
  });
});

describe('tungstenSpectrum', () => {
  it.each(published)('is near MC-GPU at $tubeVoltage kV', (truth) => {
    const spectrum = beam(truth.tubeVoltage, truth.aluminium);
    expect(Math.abs(meanEnergy(spectrum) - truth.meanEnergy)).toBeLessThan(0.5);
    expect(Math.abs(halfValueLayer(spectrum) / truth.halfValueLayer - 1)).toBeLessThan(0.05);
    // The published layer itself, from the published photons, tells that the layer is computed as they did.
    expect(Math.abs(halfValueLayer(truth.beam) / truth.halfValueLayer - 1)).toBeLessThan(0.01);
    const contrast = (one: Spectrum) => Math.log(throughBody(one, 0) / throughBody(one, 2));
    expect(Math.abs(throughBody(spectrum, 0) / throughBody(truth.beam, 0) - 1)).toBeLessThan(0.03);
    expect(Math.abs(contrast(spectrum) / contrast(truth.beam) - 1)).toBeLessThan(0.02);
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
