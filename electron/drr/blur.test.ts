import { describe, expect, it } from 'vitest';
import { gaussianBlur } from './blur.ts';

const size = 121;
const plane = { rows: size, columns: size };

describe('gaussianBlur', () => {
  it.each([0.7, 1.9, 3.1, 5, 12])('spreads a point to a Gaussian of deviation %f', (deviation) => {
    for (const place of [60, 57]) {
      const values = new Float32Array(size * size);
      values[place * size + place] = 1;
      const blurred = gaussianBlur(values, plane, deviation);
      let [sum, mean, spread, worst] = [0, 0, 0, 0];
      const peak = 1 / (2 * Math.PI * deviation ** 2);
      blurred.forEach((value, n) => {
        const x = (n % size) - place;
        const y = Math.floor(n / size) - place;
        sum += value;
        mean += value * x;
        spread += value * x * x;
        worst = Math.max(worst, Math.abs(value - peak * Math.exp(-(x * x + y * y) / (2 * deviation ** 2))));
      });
      expect(sum).toBeCloseTo(1, 4);
      expect(Math.abs(mean)).toBeLessThan(1e-3);
      expect(Math.abs(spread / deviation ** 2 - 1)).toBeLessThan(3e-3);
      expect(worst).toBeLessThan(0.02 * peak);
    }
  });

  it('has the asked variance where the deviation is less than a pixel', () => {
    const values = new Float32Array(size * size);
    values[60 * size + 60] = 1;
    let spread = 0;
    gaussianBlur(values, plane, 0.4).forEach((value, n) => (spread += value * ((n % size) - 60) ** 2));
    expect(spread).toBeCloseTo(0.16, 6);
  });

  it('keeps a level picture level, to its border', () => {
    const level = new Float32Array(30 * 20).fill(2.5);
    for (const deviation of [0, 1, 4.2, 15]) {
      for (const value of gaussianBlur(level, { rows: 30, columns: 20 }, deviation))
        expect(value).toBeCloseTo(2.5, 5);
    }
  });

  it('loses half at a straight border beyond which is nothing', () => {
    const level = new Float32Array(200 * 200).fill(1);
    const wide = { rows: 200, columns: 200 };
    for (const deviation of [2, 9]) {
      const blurred = gaussianBlur(level, wide, deviation, 'nothing');
      // On the border itself half a Gaussian is left, far inside all of it.
      const border = 1.5 * blurred[100 * 200]! - 0.5 * blurred[100 * 200 + 1]!;
      expect(Math.abs(border - 0.5)).toBeLessThan(0.03);
      expect(blurred[100 * 200 + 100]).toBeCloseTo(1, 5);
    }
  });
});
