import { describe, expect, test } from 'vitest';
import { seeded } from '../random/random.ts';
import { krippendorffAlpha, krippendorffAlphaInterval } from './alpha.ts';
import { cohenKappa, fleissKappa } from './kappa.ts';

describe("Cohen's kappa", () => {
  // Cohen, Psychol Bull 1968; 70: 213, table 1: two psychiatrists, 200 patients, disagreement weights 0, 1, 3, 6.
  const cohen1968 = [
    [88, 10, 2],
    [14, 40, 6],
    [18, 10, 12],
  ];
  const disagreement = [
    [0, 1, 3],
    [1, 0, 6],
    [3, 6, 0],
  ];

  test("Cohen's own example: .492, weighted .348", () => {
    expect(cohenKappa(cohen1968).estimate).toBeCloseTo(0.492, 3);
    const agreement = disagreement.map((row) => row.map((weight) => 1 - weight / 6));
    expect(cohenKappa(cohen1968, agreement).estimate).toBeCloseTo(0.348, 3);
  });

  test('no agreement beyond chance is 0, whole agreement 1', () => {
    const chance = [
      [8, 12],
      [12, 18],
    ];
    expect(cohenKappa(chance).estimate).toBeCloseTo(0, 12);
    const whole = cohenKappa([
      [20, 0],
      [0, 30],
    ]);
    expect(whole).toMatchObject({ estimate: 1, standardError: 0 });
  });

  test('of two classes weights do not matter', () => {
    const table = [
      [20, 5],
      [10, 15],
    ];
    expect(cohenKappa(table, 'linear')).toEqual(cohenKappa(table));
    expect(cohenKappa(table).estimate).toBeCloseTo(0.4, 12);
  });

  test('is NaN where both readers say one thing only', () => {
    expect(
      cohenKappa([
        [7, 0],
        [0, 0],
      ]),
    ).toMatchObject({ estimate: NaN, p: NaN });
  });

  test('is refused for what is no table', () => {
    expect(() => cohenKappa([[1, 2]])).toThrow(RangeError);
    expect(() => cohenKappa([[0]])).toThrow(RangeError);
  });
});

describe("Fleiss' kappa", () => {
  test('its standard error is the spread over samples', () => {
    const random = seeded(12);
    const estimates: number[] = [];
    const errors: number[] = [];
    for (let run = 0; run < 300; run++) {
      const counts = Array.from({ length: 80 }, () => {
        const truth = random.integer(3);
        const row = [0, 0, 0];
        for (let reader = 0; reader < 5; reader++) row[random.chance(0.7) ? truth : random.integer(3)]! += 1;
        return row;
      });
      const { estimate, standardError } = fleissKappa(counts);
      estimates.push(estimate);
      errors.push(standardError);
    }
    const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
    const spread = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 299);
    const error = errors.reduce((sum, value) => sum + value, 0) / errors.length;
    // A standard deviation of 300 values is known to about 4 %.
    expect(error / spread).toBeGreaterThan(0.88);
    expect(error / spread).toBeLessThan(1.12);
  });

  test('is NaN where all readers say one thing only', () => {
    expect(
      fleissKappa([
        [3, 0],
        [3, 0],
      ]),
    ).toMatchObject({ estimate: NaN, p: NaN });
  });

  test('is refused with unequal numbers of readers', () => {
    expect(() =>
      fleissKappa([
        [2, 1],
        [1, 1],
      ]),
    ).toThrow(RangeError);
  });
});

describe("Krippendorff's alpha", () => {
  // Krippendorff 2011, part A: two observers, ten units of 0 or 1; printed alpha .095.
  const meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0];
  const owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0];

  test('the binary example of 2011', () => {
    const ratings = meg.map((value, i) => [value, owen[i]!]);
    expect(krippendorffAlpha(ratings, 'nominal')).toBeCloseTo(0.095, 3);
  });

  test('three readers without gaps weigh a unit by its pairs', () => {
    // Units 1 1 1 and 1 1 2: coincidences 1-1 of 3 and 1, 1-2 twice 1; 6 values. 1 − 5 · 2 / (2 · 5 · 1).
    expect(
      krippendorffAlpha(
        [
          [1, 1, 1],
          [1, 1, 2],
        ],
        'nominal',
      ),
    ).toBeCloseTo(0, 12);
  });

  test('a case read once changes nothing, one value only is no agreement', () => {
    const ratings = meg.map((value, i) => [value, owen[i]!]);
    expect(krippendorffAlpha([...ratings, [7, null]], 'ordinal')).toBe(krippendorffAlpha(ratings, 'ordinal'));
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [1, 1],
        ],
        'nominal',
      ),
    ).toBeNaN();
  });

  test('its interval draws whole patients where it is told whose the cases are', () => {
    const random = seeded(15);
    const rate = (): number[] => {
      const truth = random.integer(3);
      return [0, 1].map(() => (random.chance(0.7) ? truth : random.integer(3)));
    };
    const patients = Array.from({ length: 80 }, rate);
    const width = (ratings: readonly number[][], clusters?: readonly number[]): number => {
      const draw = seeded(16);
      const { low, high } = krippendorffAlphaInterval(
        ratings,
        'nominal',
        () => draw.uniform(),
        1000,
        clusters,
      );
      return high - low;
    };
    // Every case again: taken for as many cases more it would seem √2 as sure.
    const again = [...patients, ...patients];
    const whose = [...patients.keys(), ...patients.keys()];
    expect(width(again, whose) / width(patients)).toBeCloseTo(1, 1);
    expect(width(again) / width(patients)).toBeLessThan(0.85);
  });

  test('its interval holds it and follows from the seed', () => {
    const random = seeded(13);
    const ratings = Array.from({ length: 100 }, () => {
      const truth = random.integer(4);
      return [0, 1, 2].map(() =>
        random.chance(0.1) ? null : random.chance(0.8) ? truth : random.integer(4),
      );
    });
    const interval = (): ReturnType<typeof krippendorffAlphaInterval> => {
      const draw = seeded(14);
      return krippendorffAlphaInterval(ratings, 'ordinal', () => draw.uniform(), 500);
    };
    const { estimate, low, high } = interval();
    expect(estimate).toBe(krippendorffAlpha(ratings, 'ordinal'));
    expect(low).toBeLessThan(estimate);
    expect(high).toBeGreaterThan(estimate);
    expect(interval()).toEqual({ estimate, low, high, level: 0.95 });
  });
});
