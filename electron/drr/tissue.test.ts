import { describe, expect, it } from 'vitest';
import { kilovoltPeak, mm, type KiloelectronVolt } from '../contract/units.ts';
import { densityOf, massAttenuation } from './attenuation.ts';
import { tungstenSpectrum } from './spectrum.ts';
import {
  boneWhole,
  cementHounsfield,
  cobaltChromeHounsfield,
  steelHounsfield,
  tissueDensity,
  tissueMixture,
  titaniumHounsfield,
} from './tissue.ts';

/** Total attenuation of elements, cm²/g, at 30, 40, 50, 60, 80 and 100 keV, from xraylib 4.3 (CS_Total). */
const energies = [30, 40, 50, 60, 80, 100];
const elements = {
  cobalt: [8.963, 3.98, 2.144, 1.314, 0.6414, 0.3949],
  chromium: [6.435, 2.855, 1.551, 0.964, 0.4905, 0.3166],
  nickel: [10.34, 4.6, 2.475, 1.511, 0.7306, 0.4439],
  molybdenum: [28.1, 12.94, 7.04, 4.274, 1.962, 1.096],
} as const;

function element(name: keyof typeof elements, energy: number): number {
  const n = Math.max(
    1,
    energies.findIndex((at) => at >= energy),
  );
  const [low, high] = [energies[n - 1]!, energies[n]!];
  const [below, above] = [elements[name][n - 1]!, elements[name][n]!];
  return below * (above / below) ** (Math.log(energy / low) / Math.log(high / low));
}

/** The metals of implants, 1/cm. */
const metals = [
  {
    name: 'titanium alloy',
    hounsfield: titaniumHounsfield,
    attenuation: (e: KiloelectronVolt) => 4.43 * massAttenuation('titanium', e),
  },
  {
    name: 'stainless steel 316L',
    hounsfield: steelHounsfield,
    attenuation: (e: KiloelectronVolt) =>
      7.95 *
      (0.68 * massAttenuation('iron', e) +
        0.17 * element('chromium', e) +
        0.125 * element('nickel', e) +
        0.025 * element('molybdenum', e)),
  },
  {
    name: 'CoCr28Mo6',
    hounsfield: cobaltChromeHounsfield,
    attenuation: (e: KiloelectronVolt) =>
      8.3 * (0.66 * element('cobalt', e) + 0.28 * element('chromium', e) + 0.06 * element('molybdenum', e)),
  },
];

describe('a metal of an implant', () => {
  it.each(metals)(
    '$name weakens a hip film as the bone that stands for it',
    ({ hounsfield, attenuation }) => {
      for (const voltage of [70, 75, 80]) {
        const { energies: keV, photons } = tungstenSpectrum(kilovoltPeak(voltage), mm(3));
        const behindHip = keV.map(
          (e, n) => photons[n]! * e * Math.exp(-16 * massAttenuation('softTissue', e)),
        );
        const absorbance = (perCentimetre: (e: KiloelectronVolt) => number, thickness: number) => {
          let open = 0;
          let through = 0;
          keV.forEach((e, n) => {
            open += behindHip[n]!;
            through += behindHip[n]! * Math.exp(-perCentimetre(e) * thickness);
          });
          return -Math.log(through / open);
        };
        const bone = (e: KiloelectronVolt) => tissueDensity(hounsfield) * massAttenuation('corticalBone', e);
        for (const thickness of [0.1, 0.2, 0.5, 1]) {
          const metal = absorbance(attenuation, thickness);
          expect(Math.abs(absorbance(bone, thickness) / metal - 1)).toBeLessThan(0.18);
        }
      }
    },
  );

  it('is denser than any tissue, in the order of its Hounsfield units', () => {
    const rising = [1000, boneWhole, cementHounsfield, 3071, titaniumHounsfield, steelHounsfield];
    rising.push(cobaltChromeHounsfield, 32767);
    rising.slice(1).forEach((hounsfield, n) => {
      expect(tissueDensity(hounsfield)).toBeGreaterThanOrEqual(tissueDensity(rising[n]!));
    });
    expect(tissueMixture(titaniumHounsfield).soft).toBe(0);
  });
});

describe('bone cement', () => {
  it('weakens a beam as PMMA with a tenth of barium sulphate, within 15 %', () => {
    // xraylib 4.3 at 60 keV, cm²/g: PMMA 0.1924, barium sulphate 5.116; 1.28 g/cm³ for the mixture.
    const cement = 1.28 * (0.9 * 0.1924 + 0.1 * 5.116);
    const bone = tissueDensity(cementHounsfield) * 0.3148;
    expect(Math.abs(bone / cement - 1)).toBeLessThan(0.15);
    expect(densityOf('corticalBone')).toBeLessThan(tissueDensity(cementHounsfield));
  });
});
