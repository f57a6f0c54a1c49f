import { describe, expect, test } from 'vitest';
import { seeded } from '../random/random.ts';
import { clusterBootstrap, mean, quantile } from './bootstrap.ts';
import { balancedAccuracy, confusion, meanOneVersusRestAccuracy, recalls, topOne } from './confusion.ts';
import { wilson } from './proportion.ts';

describe("Wilson's interval", () => {
  // Newcombe, Statistics in Medicine 1998; 17: 857-872, Table I, method 3 (score, no continuity correction).
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (successes, trials, low, high) => {
    const interval = wilson(successes, trials);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
    expect(interval.estimate).toBe(successes / trials);
  });

  test('refuses what is no proportion', () => {
    expect(() => wilson(3, 2)).toThrow(RangeError);
    expect(() => wilson(0, 0)).toThrow(RangeError);
  });
});

describe('the clustered bootstrap', () => {
  test('of independent values agrees with the normal interval of the mean', () => {
    const random = seeded(5);
    const values = Array.from({ length: 400 }, () => random.normal(10, 2));
    const interval = clusterBootstrap(
      values.map((value) => [value]),
      mean,
      () => random.uniform(),
    );
    const half = (1.96 * 2) / Math.sqrt(400);
    expect(interval.estimate).toBeCloseTo(mean(values), 10);
    expect(interval.high - interval.low).toBeGreaterThan(2 * half * 0.85);
    expect(interval.high - interval.low).toBeLessThan(2 * half * 1.15);
  });

  test('is as wide for copies of a patient as for that patient once', () => {
    const random = seeded(6);
    const values = Array.from({ length: 100 }, () => random.normal());
    const width = (copies: number): number => {
      const draw = seeded(7);
      const clusters = values.map((value) => new Array<number>(copies).fill(value));
      const { low, high } = clusterBootstrap(clusters, mean, () => draw.uniform());
      return high - low;
    };
    expect(width(5)).toBeCloseTo(width(1), 10);
  });

  test('quantiles are those of R and NumPy', () => {
    // numpy.quantile([1, 2, 3, 4], [0.25, 0.5, 0.9]) = 1.75, 2.5, 3.7
    expect(quantile([1, 2, 3, 4], 0.25)).toBeCloseTo(1.75, 12);
    expect(quantile([1, 2, 3, 4], 0.5)).toBeCloseTo(2.5, 12);
    expect(quantile([1, 2, 3, 4], 0.9)).toBeCloseTo(3.7, 12);
  });
});

describe('the confusion table', () => {
  test("reproduces the paper's three-class numbers: 83 of 105 right is top-1 79.0 % and one-vs-rest 86.0 %", () => {
    const pairs = Array.from({ length: 105 }, (_, i) => {
      const truth = i % 3;
      return { truth, answer: i < 83 ? truth : (truth + 1) % 3 };
    });
    const table = confusion(pairs, 3);
    expect(topOne(table)).toBeCloseTo(0.7905, 4);
    expect(meanOneVersusRestAccuracy(table)).toBeCloseTo(0.8603, 4);
    const interval = wilson(83, 105);
    expect(interval.low).toBeCloseTo(0.703, 3);
    expect(interval.high).toBeCloseTo(0.857, 3);
  });

  test('balanced accuracy weighs classes and not cases', () => {
    const table = [
      [90, 0],
      [5, 5],
    ];
    expect(recalls(table)).toEqual([1, 0.5]);
    expect(balancedAccuracy(table)).toBe(0.75);
    expect(topOne(table)).toBe(0.95);
    expect(() => confusion([{ truth: 0, answer: 2 }], 2)).toThrow(RangeError);
  });
});
