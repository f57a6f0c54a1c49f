import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../random/random.ts';
import { pairedClusterBootstrap, weightedBootstrap } from './bootstrap.ts';
import { clusteredArea, clusteredAreaPaired } from './clusteredRoc.ts';
import { averagePrecision, precisionRecallCurve } from './precisionRecall.ts';
import { areaUnderRoc, deLong, deLongPaired, rocCurve } from './roc.ts';

/** Scores with many ties, and truths of both kinds. */
const ranked = fc
  .array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.boolean()), { minLength: 4, maxLength: 40 })
  .map((cases) => ({ scores: cases.map(([score]) => score), truths: cases.map(([, truth]) => truth) }))
  .filter(({ truths }) => truths.filter(Boolean).length > 1 && truths.filter((truth) => !truth).length > 1);

describe('the ROC curve and the area under it', () => {
  test('the area is the share of pairs in order, ties counting half', () => {
    fc.assert(
      fc.property(ranked, ({ scores, truths }) => {
        let [won, pairs] = [0, 0];
        truths.forEach((positive, i) => {
          truths.forEach((other, j) => {
            if (!positive || other) return;
            pairs++;
            won += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
          });
        });
        expect(areaUnderRoc(scores, truths)).toBeCloseTo(won / pairs, 12);
      }),
    );
  });

  test('it is the area of the trapezia under the curve', () => {
    fc.assert(
      fc.property(ranked, ({ scores, truths }) => {
        const points = rocCurve(scores, truths);
        let area = 0;
        for (let i = 1; i < points.length; i++) {
          const [before, after] = [points[i - 1]!, points[i]!];
          area += ((before.specificity - after.specificity) * (before.sensitivity + after.sensitivity)) / 2;
        }
        expect(areaUnderRoc(scores, truths)).toBeCloseTo(area, 12);
        expect(points.at(0)).toEqual({ threshold: Infinity, sensitivity: 0, specificity: 1 });
        expect(points.at(-1)).toMatchObject({ sensitivity: 1, specificity: 0 });
      }),
    );
  });

  test('a rising change of the scores changes nothing, a falling one turns the area over', () => {
    fc.assert(
      fc.property(ranked, ({ scores, truths }) => {
        const area = deLong(scores, truths);
        const risen = deLong(
          scores.map((score) => Math.exp(score / 3) - 7),
          truths,
        );
        const fallen = deLong(
          scores.map((score) => -score),
          truths,
        );
        expect(risen).toEqual(area);
        expect(fallen.estimate).toBeCloseTo(1 - area.estimate, 12);
        expect(fallen.variance).toBeCloseTo(area.variance, 12);
      }),
    );
  });

  test('infinite scores are ranks like others', () => {
    expect(areaUnderRoc([Infinity, Infinity, 0, -Infinity], [true, false, true, false])).toBe(0.625);
  });

  test('a ranking compared with itself is no difference', () => {
    const { difference, z, p } = deLongPaired(
      [1, 2, 3, 4, 2],
      [1, 2, 3, 4, 2],
      [false, true, true, true, false],
    );
    expect(difference.estimate).toBe(0);
    expect([z, p]).toEqual([0, 1]);
  });

  test.each([
    [[1, 2], [true]],
    [
      [1, 2],
      [true, true],
    ],
    [
      [1, NaN],
      [true, false],
    ],
    [[], []],
  ])('%j with %j is refused', (scores, truths) => {
    expect(() => areaUnderRoc(scores, truths)).toThrow(RangeError);
    expect(() => rocCurve(scores, truths)).toThrow(RangeError);
  });

  test('one positive has no spread', () => {
    expect(() => deLong([3, 2, 1], [true, false, false])).toThrow(RangeError);
  });
});

describe('several hips of a patient', () => {
  /** Patients with a common part of their score, each with one to three hips. */
  function patients(
    seed: number,
    count: number,
    common: number,
  ): { scores: number[]; truths: boolean[]; of: number[] } {
    const random = seeded(seed);
    const [scores, truths, of]: [number[], boolean[], number[]] = [[], [], []];
    for (let patient = 0; patient < count; patient++) {
      const shared = random.normal(0, common);
      const sick = random.chance(0.5);
      for (let hip = 0; hip <= random.integer(3); hip++) {
        const truth = random.chance(sick ? 0.8 : 0.2);
        truths.push(truth);
        scores.push(shared + random.normal(truth ? 1.2 : 0, 1));
        of.push(patient);
      }
    }
    return { scores, truths, of };
  }

  test('one hip a patient is DeLong', () => {
    fc.assert(
      fc.property(ranked, ({ scores, truths }) => {
        const own = scores.map((_, i) => i);
        const clustered = clusteredArea(scores, truths, own);
        const plain = deLong(scores, truths);
        expect(clustered.estimate).toBe(plain.estimate);
        expect(clustered.variance).toBeCloseTo(plain.variance, 12);
        const shifted = scores.map((score, i) => score + (i % 3));
        expect(clusteredAreaPaired(scores, shifted, truths, own).p).toBeCloseTo(
          deLongPaired(scores, shifted, truths).p,
          6,
        );
      }),
    );
  });

  test('copies of a hip add nothing to what is known', () => {
    const { scores, truths } = patients(3, 40, 1);
    const once = deLong(scores, truths);
    const of = scores.map((_, i) => i);
    const thrice = clusteredArea(
      [...scores, ...scores, ...scores],
      [...truths, ...truths, ...truths],
      [...of, ...of, ...of],
    );
    expect(thrice.variance).toBeCloseTo(once.variance, 12);
  });

  test('agrees with the bootstrap of patients, where DeLong is too sure', () => {
    const { scores, truths, of } = patients(4, 300, 2);
    const formula = clusteredArea(scores, truths, of);
    const random = seeded(8);
    const drawn = weightedBootstrap(of, weightedArea(scores, truths), () => random.uniform(), {
      draws: 1000,
    });
    expect(drawn.estimate).toBeCloseTo(formula.estimate, 12);
    const ratio = (drawn.high - drawn.low) / (formula.high - formula.low);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });

  test('the paired bootstrap agrees with the paired formula', () => {
    const { scores, truths, of } = patients(5, 300, 1);
    const random = seeded(9);
    const others = scores.map((score) => score + random.normal(0, 1));
    const formula = clusteredAreaPaired(scores, others, truths, of);
    const drawn = pairedClusterBootstrap(
      of,
      weightedArea(scores, truths),
      weightedArea(others, truths),
      () => random.uniform(),
      { draws: 1000 },
    );
    expect(drawn.estimate).toBeCloseTo(formula.difference.estimate, 12);
    expect(drawn.low).toBeCloseTo(formula.difference.low, 1.5);
    expect(drawn.high).toBeCloseTo(formula.difference.high, 1.5);
    expect(drawn.p < 0.05).toBe(formula.p < 0.05);
  });
});

/** The area of weighted cases by its definition over pairs of distinct scores. */
function weightedArea(
  scores: readonly number[],
  truths: readonly boolean[],
): (weights: Float64Array) => number {
  const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!);
  return (weights) => {
    let [negatives, positives, won] = [0, 0, 0];
    for (const at of order) {
      if (truths[at]!) {
        positives += weights[at]!;
        won += weights[at]! * negatives;
      } else negatives += weights[at]!;
    }
    return won / (positives * negatives);
  };
}

describe('precision and recall', () => {
  // Ranked + − + + −: precisions at the positives 1, 2/3, 3/4.
  const [scores, truths] = [
    [5, 4, 3, 2, 1],
    [true, false, true, true, false],
  ];

  test('average precision is the mean of the precisions at the positives', () => {
    expect(averagePrecision(scores, truths)).toBeCloseTo((1 + 2 / 3 + 3 / 4) / 3, 12);
    expect(precisionRecallCurve(scores, truths).at(2)).toEqual({
      threshold: 3,
      recall: 2 / 3,
      precision: 2 / 3,
    });
  });

  test('scores that say nothing have the prevalence', () => {
    expect(averagePrecision([1, 1, 1, 1], [true, false, false, false])).toBe(0.25);
  });
});

describe('the bootstrap by weights', () => {
  const meanOf =
    (values: readonly number[]) =>
    (weights: Float64Array): number => {
      const sum = weights.reduce((total, weight, i) => total + weight * values[i]!, 0);
      return sum / weights.reduce((total, weight) => total + weight, 0);
    };

  test('strata are drawn to their size: a difference between strata is no spread', () => {
    const random = seeded(1);
    const values = [...new Array<number>(30).fill(0), ...new Array<number>(70).fill(1)];
    const of = values.map((_, i) => i);
    const free = weightedBootstrap(of, meanOf(values), () => random.uniform());
    const stratified = weightedBootstrap(of, meanOf(values), () => random.uniform(), { strata: values });
    // Normal interval of 70 of 100: .61 to .79.
    expect(free.low).toBeCloseTo(0.61, 1.5);
    expect(free.high).toBeCloseTo(0.79, 1.5);
    expect([stratified.low, stratified.high]).toEqual([0.7, 0.7]);
  });

  test('a patient in two strata and no cases are refused', () => {
    const zero = (): number => 0;
    expect(() => weightedBootstrap([], zero, zero)).toThrow(RangeError);
    expect(() => weightedBootstrap(['a', 'a'], zero, zero, { strata: [0, 1] })).toThrow(RangeError);
  });

  test('a difference that is always there has the smallest p, none has 1', () => {
    const random = seeded(2);
    const of = Array.from({ length: 50 }, (_, i) => i);
    const values = of.map(() => random.normal());
    const paired = (shift: number): number =>
      pairedClusterBootstrap(
        of,
        meanOf(values.map((value) => value + shift)),
        meanOf(values),
        () => random.uniform(),
        { draws: 999 },
      ).p;
    expect(paired(3)).toBeCloseTo(0.001, 12);
    expect(paired(0)).toBe(1);
  });

  test('3,000 patients and 2,000 draws take seconds', () => {
    const random = seeded(3);
    const of = Array.from({ length: 6000 }, (_, i) => i >> 1);
    const values = of.map(() => random.normal());
    const { low, high } = weightedBootstrap(of, meanOf(values), () => random.uniform());
    expect((high - low) / (2 * 1.96)).toBeCloseTo(1 / Math.sqrt(6000), 3);
  });
});
