import { describe, expect, it } from 'vitest';
import { seeded } from './random.ts';

describe('seeded', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    const draw = (seed: number) => {
      const random = seeded(seed);
      return Array.from({ length: 20 }, () => random.uniform());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('splits into streams that do not move when another stream draws more', () => {
    const one = seeded(1);
    one.stream('a').uniform();
    const two = seeded(1);
    for (let i = 0; i < 100; i++) two.stream('a').uniform();
    expect(one.stream('b').uniform()).toBe(two.stream('b').uniform());
  });

  it('gives every seed streams of its own, the small ones that people type first too', () => {
    const firsts = new Set(Array.from({ length: 10_000 }, (_, seed) => seeded(seed).stream('a').uniform()));
    expect(firsts.size).toBe(10_000);
  });

  it('begins anew with every seed: the first numbers of seeds 0 to 9999 are uniform themselves', () => {
    const n = 10_000;
    const firsts = Array.from({ length: n }, (_, seed) => seeded(seed).uniform());
    const mean = firsts.reduce((a, b) => a + b, 0) / n;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    const tenths = new Array<number>(10).fill(0);
    for (const first of firsts) tenths[Math.floor(first * 10)]! += 1;
    // Chi-squared with 9 degrees of freedom: 27.9 is its 99.9th percentile.
    const chiSquared = tenths.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0);
    expect(chiSquared).toBeLessThan(27.9);
  });

  it('begins anew in every stream: neighbours in a numbered family are no more alike than strangers', () => {
    for (const family of [seeded(7), seeded(7).stream('film')]) {
      const n = 10_000;
      const firsts = Array.from({ length: n }, (_, child) => family.stream(child).uniform());
      const products = firsts.slice(1).map((value, i) => (value - 0.5) * (firsts[i]! - 0.5));
      const correlation = (12 * products.reduce((a, b) => a + b, 0)) / (n - 1);
      // Five standard errors of a correlation that is none.
      expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(n));
    }
  });

  it('has the moments of the uniform and the normal distribution', () => {
    const random = seeded(3);
    const n = 100_000;
    const uniform = Array.from({ length: n }, () => random.uniform());
    const normal = Array.from({ length: n }, () => random.normal(2, 3));
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const variance = (values: number[]) => {
      const m = mean(values);
      return mean(values.map((v) => (v - m) ** 2));
    };
    // Five standard errors.
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(variance(uniform) - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / n));
    expect(Math.abs(mean(normal) - 2)).toBeLessThan((5 * 3) / Math.sqrt(n));
    expect(Math.abs(variance(normal) - 9)).toBeLessThan(5 * 9 * Math.sqrt(2 / n));
  });

  it('keeps a truncated normal inside its bounds and refuses an empty interval', () => {
    const random = seeded(5);
    for (let i = 0; i < 1000; i++) {
      const value = random.normalWithin(0, 1, 1, 2);
      expect(value).toBeGreaterThanOrEqual(1);
      expect(value).toBeLessThanOrEqual(2);
    }
    expect(() => random.normalWithin(0, 1, 2, 1)).toThrow(RangeError);
  });
});
