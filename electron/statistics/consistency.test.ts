import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { macroShares, topOne } from './confusion.ts';
import { checkBinary, checkClasses } from './consistency.ts';

describe("the paper's abstract", () => {
  test('two classes: no table as printed; one with sensitivity and specificity exchanged', () => {
    const result = checkBinary(70, 35, {
      sensitivity: '0.91',
      specificity: '0.93',
      accuracy: '92.3%',
      ppv: '0.96',
      npv: '0.86',
    });
    expect(result.verdict).toBe('fits when swapped');
    expect(result.asPrinted.deviation).toBeCloseTo(0.041, 3);
    expect(result.swap?.names).toEqual(['sensitivity', 'specificity']);
    expect(result.swap?.match.table).toEqual([
      [65, 5],
      [3, 32],
    ]);
    expect(result.swap?.match.deviation).toBeCloseTo(0.016, 3);
    expect(result.tables).toBe(1);
    expect(result.sentence).toContain('TP 65, FN 5, TN 32, FP 3 (accuracy cut off, not rounded)');
  });

  test('three classes: 86.0 % is the mean of one-versus-rest accuracies of 83 right of 105', () => {
    const result = checkClasses([35, 35, 35], {
      sensitivity: '0.79',
      specificity: '0.90',
      accuracy: '86.0 %',
      ppv: '0.80',
      npv: '0.90',
    });
    expect(result.verdict).toBe('fits');
    expect(result.asPrinted.accuracy).toBe('mean one-versus-rest');
    expect(result.right).toEqual([83]);
    expect(result.sentence).toContain('top-1 is 83 of 105, 79.0 %');
  });
});

describe('any table', () => {
  const sizes = fc.integer({ min: 3, max: 40 });

  test('fits its own numbers, rounded or cut off', () => {
    fc.assert(
      fc.property(sizes, sizes, fc.nat(), fc.nat(), fc.boolean(), (positives, negatives, a, b, cut) => {
        const [tp, tn] = [1 + (a % (positives - 1)), 1 + (b % (negatives - 1))];
        const print = (share: number): string =>
          cut ? (Math.floor(share * 1000 + 1e-9) / 1000).toFixed(3) : share.toFixed(3);
        const result = checkBinary(positives, negatives, {
          sensitivity: print(tp / positives),
          specificity: print(tn / negatives),
          accuracy: print((tp + tn) / (positives + negatives)),
          ppv: print(tp / (tp + negatives - tn)),
          npv: print(tn / (tn + positives - tp)),
        });
        expect(result.verdict).toBe('fits');
        expect(result.right).toContain(tp + tn);
      }),
      { numRuns: 60 },
    );
  });

  test('of three classes fits its own numbers under either reading', () => {
    const table = [
      [10, 2, 0],
      [1, 6, 3],
      [0, 4, 9],
    ];
    const macro = macroShares(table);
    for (const accuracy of [topOne(table), macro.accuracy]) {
      const result = checkClasses([12, 10, 13], {
        sensitivity: macro.sensitivity.toFixed(4),
        specificity: macro.specificity.toFixed(4),
        ppv: macro.ppv.toFixed(4),
        npv: macro.npv.toFixed(4),
        accuracy: accuracy.toFixed(4),
      });
      expect(result.verdict).toBe('fits');
      expect(result.right).toContain(25);
    }
  });
});

test('numbers that no table has are told so, with the nearest', () => {
  const result = checkBinary(10, 10, { sensitivity: '0.55' });
  expect(result.verdict).toBe('cannot be');
  expect(result.asPrinted.deviation).toBeCloseTo(0.05, 12);
  const three = checkClasses([4, 4, 4], { sensitivity: '0.50', accuracy: '0.90' });
  expect(three.verdict).toBe('cannot be');
  expect(three.sentence).toContain('No table of 4 + 4 + 4 cases');
});

test.each(['1.2', 'abc', '', '.', '120 %'])("'%s' is no share", (text) => {
  expect(() => checkBinary(10, 10, { sensitivity: text })).toThrow(RangeError);
});

test('counts that are none, and too many tables, are refused', () => {
  expect(() => checkBinary(0, 10, { sensitivity: '0.5' })).toThrow(RangeError);
  expect(() => checkBinary(10, 10, {})).toThrow(RangeError);
  expect(() => checkClasses([1000, 1000, 1000], { sensitivity: '0.5' })).toThrow(RangeError);
});
