import { describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import { sampleExposure, sampleLook, type FilmLook } from './exposure.ts';
import { develop } from './look.ts';

const [rows, columns] = [40, 400];
const grid = { rows, columns, spacing: mm(1) };
const exposure = sampleExposure(seeded(1), 'drr');
const plain: FilmLook = { ...sampleLook(seeded(1), 'drr'), window: [0, 100] };
const maximum = 4095;
/** A picture of the same density down every column, developed; the row in its middle. */
function developed(densityAt: (column: number) => number, look: FilmLook, shut = exposure): number[] {
  const signal = Float32Array.from({ length: rows * columns }, (_, n) => Math.exp(-densityAt(n % columns)));
  return Array.from(
    develop(signal, grid, shut, look, maximum).slice((rows / 2) * columns, (rows / 2 + 1) * columns),
  );
}
const ramp = (column: number) => 1 + (4 * column) / (columns - 1);
const closed = { ...exposure, collimation: { ...exposure.collimation, left: mm(60) } };

describe('develop', () => {
  it('is the logarithm: a straight ramp of density is a straight ramp of grey, to the power gamma', () => {
    for (const gamma of [1, 1.6]) {
      developed(ramp, { ...plain, gamma }).forEach((grey, column) => {
        expect(Math.abs(grey / maximum - (column / (columns - 1)) ** gamma)).toBeLessThan(1.5e-3);
      });
    }
  });

  it('cuts at the percentiles of its window', () => {
    const row = developed(ramp, { ...plain, window: [20, 70] });
    expect(row[70]).toBe(0);
    expect(row[290]).toBe(maximum);
    expect(Math.abs(row[180]! / maximum - 0.5)).toBeLessThan(0.01);
  });

  it('shows the patient alike with and without metal in him', () => {
    const metal = (column: number) => (column > 200 && column < 230 ? 18 : ramp(column));
    const [bare, implanted] = [developed(ramp, plain), developed(metal, plain)];
    expect(implanted[215]).toBe(maximum);
    expect(Math.abs(implanted[100]! - bare[100]!)).toBeLessThan(10);
  });

  it('bends into black and white with a shoulder, and never falls', () => {
    const row = developed(ramp, { ...plain, window: [20, 80], shoulder: 1 });
    // Half of 1 + tanh(2 (v - 1/2)): 0.1192 at black, 0.8808 at white.
    expect(Math.abs(row[80]! / maximum - 0.1192)).toBeLessThan(5e-3);
    expect(Math.abs(row[320]! / maximum - 0.8808)).toBeLessThan(5e-3);
    row.slice(1).forEach((grey, n) => {
      expect(grey).toBeGreaterThanOrEqual(row[n]!);
    });
  });

  it('overshoots an edge by half the unsharp mask', () => {
    const edge = (column: number) => (column < 200 ? 2 : 4);
    const row = developed(edge, { ...plain, sharpening: { amount: 0.8, spread: mm(6) } });
    // Far from the edge nothing is added; beside it a step of 2 gains 0.8 · 2 · (1 - Φ(0.5 / 6)).
    const step = row[260]! - row[140]!;
    expect((row[200]! - row[260]!) / step).toBeCloseTo(0.8 * (1 - 0.5332), 1);
    expect((row[140]! - row[199]!) / step).toBeCloseTo(0.8 * (1 - 0.5332), 1);
  });

  it('takes away the share of the coarse shade that it is told, and none of what is fine', () => {
    const ripple = (column: number) => ramp(column) + 0.05 * Math.cos((2 * Math.PI * column) / 8);
    const fineOverCoarse = (amount: number) => {
      const row = developed(ripple, { ...plain, compression: { amount, spread: mm(30) } });
      const fine = row[200]! - row[204]!;
      return fine / (row[240]! - row[160]!);
    };
    // The crests at 160 and 240 differ by the ramp alone; halving it doubles the ripple's share.
    const plainRatio = fineOverCoarse(0);
    const rampStep = (4 * 4) / (columns - 1);
    expect(plainRatio).toBeCloseTo((0.1 - rampStep) / ((80 * 4) / (columns - 1)), 1);
    expect(fineOverCoarse(0.5)).toBeGreaterThan(1.9 * plainRatio);
  });

  it.each([
    ['black', 0],
    ['grey', 0.5],
    ['white', 1],
  ] as const)('shows a %s border where the shutters were closed', (border, share) => {
    const shut = (column: number) => (column < 60 ? 9 : ramp(column));
    const row = developed(shut, { ...plain, border }, closed);
    expect(Math.abs(row[20]! / maximum - share)).toBeLessThan(1e-3);
    expect(row[380]! / maximum).toBeGreaterThan(0.9);
  });
});
