import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../random/random.ts';
import {
  brier,
  brierOfClasses,
  calibrationSlope,
  expectedCalibrationError,
  reliabilityCurve,
} from './calibration.ts';
import { conformalThresholds } from './conformal.ts';
import { macroShares, meanOneVersusRestAccuracy, oneVersusRest, recalls } from './confusion.ts';
import { mcNemar, holm } from './mcnemar.ts';
import { detectableDifference, wilson } from './proportion.ts';
import { fitTemperature, softmaxAt } from './temperature.ts';
import {
  atThreshold,
  predictiveValues,
  thresholdForSensitivity,
  thresholdForSpecificity,
  youdenThreshold,
} from './threshold.ts';

describe('a decision at a threshold', () => {
  const scores = [0.9, 0.8, 0.7, 0.4, 0.3, 0.2];
  const truths = [true, true, false, true, false, false];

  test('counts the threshold itself as positive', () => {
    const at = atThreshold(scores, truths, 0.7);
    expect(at.counts).toEqual({ truePositives: 2, falseNegatives: 1, trueNegatives: 2, falsePositives: 1 });
    expect(at.sensitivity).toEqual(wilson(2, 3));
    expect(at.ppv).toEqual(wilson(2, 3));
    expect(at.accuracy).toEqual(wilson(4, 6));
  });

  test('shares of nothing are null', () => {
    expect(atThreshold(scores, truths, 2).ppv).toBeNull();
    expect(atThreshold([], [], 0).sensitivity).toBeNull();
    expect(() => atThreshold([NaN], [true], 0)).toThrow(RangeError);
  });

  test('thresholds keep what they promise and are the furthest that do', () => {
    expect(youdenThreshold(scores, truths)).toBe(0.8);
    expect(thresholdForSensitivity(scores, truths, 1)).toBe(0.4);
    expect(thresholdForSensitivity(scores, truths, 0.6)).toBe(0.8);
    expect(thresholdForSpecificity(scores, truths, 1)).toBe(0.8);
    expect(thresholdForSpecificity(scores, truths, 0.6)).toBe(0.4);
    expect(thresholdForSpecificity([1, 2], [true, false], 1)).toBe(Infinity);
  });
});

describe('predictive values at another prevalence', () => {
  test("are Bayes'", () => {
    // Sensitivity .9, specificity .8 at 1 %: .009 / (.009 + .198).
    const { ppv, npv } = predictiveValues(0.01, wilson(90, 100), wilson(80, 100));
    expect(ppv.estimate).toBeCloseTo(0.009 / 0.207, 12);
    expect(npv.estimate).toBeCloseTo(0.792 / 0.793, 12);
  });

  test("at the sample's own prevalence are its own", () => {
    const { ppv, npv } = predictiveValues(70 / 105, wilson(65, 70), wilson(32, 35));
    expect(ppv.estimate).toBeCloseTo(65 / 68, 12);
    expect(npv.estimate).toBeCloseTo(32 / 37, 12);
  });

  test('hold the truth as often as they say', () => {
    const random = seeded(11);
    const [se, sp, prevalence] = [0.9, 0.85, 0.1];
    const truePpv = (se * prevalence) / (se * prevalence + (1 - sp) * (1 - prevalence));
    const trueNpv = (sp * (1 - prevalence)) / (sp * (1 - prevalence) + (1 - se) * prevalence);
    const draw = (share: number): ReturnType<typeof wilson> => {
      let successes = 0;
      for (let i = 0; i < 150; i++) if (random.chance(share)) successes++;
      return wilson(successes, 150);
    };
    let [ppvHeld, npvHeld] = [0, 0];
    for (let run = 0; run < 2000; run++) {
      const { ppv, npv } = predictiveValues(prevalence, draw(se), draw(sp));
      if (ppv.low <= truePpv && truePpv <= ppv.high) ppvHeld++;
      if (npv.low <= trueNpv && trueNpv <= npv.high) npvHeld++;
    }
    // 95 % ± 3 standard errors of 2,000 runs, and a little for the approximation.
    for (const held of [ppvHeld, npvHeld]) {
      expect(held / 2000).toBeGreaterThan(0.93);
      expect(held / 2000).toBeLessThan(0.97);
    }
  });

  test('of a faultless sample still have an interval', () => {
    const { ppv, npv } = predictiveValues(0.05, wilson(40, 40), wilson(60, 60));
    expect([ppv.estimate, npv.estimate]).toEqual([1, 1]);
    expect(ppv.low).toBeGreaterThan(0);
    expect(ppv.low).toBeLessThan(0.9);
    expect(npv.low).toBeLessThan(1);
    expect(() => predictiveValues(0, wilson(1, 2), wilson(1, 2))).toThrow(RangeError);
  });
});

describe('one class against the rest', () => {
  const table = [
    [30, 3, 2],
    [4, 28, 3],
    [1, 5, 29],
  ];

  test('counts each class as the answer looked for', () => {
    expect(oneVersusRest(table)[1]!.counts).toEqual({
      truePositives: 28,
      falseNegatives: 7,
      trueNegatives: 62,
      falsePositives: 8,
    });
  });

  test('its means are those known by other names', () => {
    const macro = macroShares(table);
    expect(macro.accuracy).toBeCloseTo(meanOneVersusRestAccuracy(table), 12);
    expect(macro.sensitivity).toBeCloseTo(recalls(table).reduce((a, b) => a + b, 0) / 3, 12);
  });
});

describe('two readers', () => {
  test('without a disagreement there is nothing to test', () => {
    expect(mcNemar(0, 0)).toMatchObject({ p: 1, exactP: 1, correctedP: 1 });
    expect(() => mcNemar(1.5, 2)).toThrow(RangeError);
  });

  test('Holm never lowers a p, keeps their order, and one test alone is itself', () => {
    const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(ps, (raw) => {
        const adjusted = holm(raw);
        raw.forEach((p, i) => {
          expect(adjusted[i]!).toBeGreaterThanOrEqual(p);
          raw.forEach((q, j) => {
            if (p < q) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
      }),
    );
    expect(holm([0.03])).toEqual([0.03]);
  });

  test('the difference that could have been seen is 2.80 standard errors', () => {
    const interval = { estimate: 0, low: -1.959964, high: 1.959964, level: 0.95 };
    expect(detectableDifference(interval)).toBeCloseTo(2.8016, 4);
  });
});

describe('calibration', () => {
  test('by hand: two bins of two', () => {
    const confidences = [0.1, 0.3, 0.7, 0.9];
    const right = [false, true, true, true];
    const [low, high] = reliabilityCurve(confidences, right, 2);
    expect(low).toMatchObject({ confidence: 0.2, share: { estimate: 0.5 }, n: 2 });
    expect(high!.confidence).toBeCloseTo(0.8, 12);
    expect(expectedCalibrationError(confidences, right, 2)).toBeCloseTo(0.5 * 0.3 + 0.5 * 0.2, 12);
    expect(brier(confidences, right)).toBeCloseTo((0.01 + 0.49 + 0.09 + 0.01) / 4, 12);
    expect(expectedCalibrationError([0, 1], [false, true], 10)).toBe(0);
  });

  test("of two classes Brier's own score is twice the other", () => {
    const probabilities = [0.2, 0.9, 0.55];
    const truths = [false, true, true];
    const rows = probabilities.map((p) => [1 - p, p]);
    expect(brierOfClasses(rows, truths.map(Number))).toBeCloseTo(2 * brier(probabilities, truths), 12);
  });

  test('probabilities that are true have slope 1 and intercept 0 within their intervals', () => {
    const random = seeded(4);
    const probabilities = Array.from({ length: 5000 }, () => random.between(0.02, 0.98));
    const truths = probabilities.map((p) => random.chance(p));
    const { slope, intercept, inTheLarge } = calibrationSlope(probabilities, truths);
    expect(Math.abs(slope!.estimate - 1)).toBeLessThan(0.1);
    for (const { low, high } of [intercept!, inTheLarge!]) {
      expect(low).toBeLessThan(0.1);
      expect(high).toBeGreaterThan(-0.1);
    }
  });

  test('what has no finite answer has none', () => {
    expect(calibrationSlope([0.1, 0.2, 0.8], [false, false, true])).toMatchObject({
      slope: null,
      intercept: null,
    });
    expect(calibrationSlope([0.5, 0.5], [false, true]).slope).toBeNull();
    expect(calibrationSlope([0.1, 0.2], [true, true]).inTheLarge).toBeNull();
    expect(() => reliabilityCurve([1.2], [true], 10)).toThrow(RangeError);
  });

  test('certain and wrong is finite', () => {
    const { slope } = calibrationSlope([0, 1, 0.5, 0.2, 1], [true, false, true, false, true]);
    expect(Number.isFinite(slope!.estimate)).toBe(true);
  });
});

describe('temperature', () => {
  test('scaling the logits scales it', () => {
    const random = seeded(5);
    const logits = Array.from({ length: 300 }, () => [
      random.normal(0, 2),
      random.normal(0, 2),
      random.normal(0, 2),
    ]);
    const truths = logits.map((row) => {
      const p = softmaxAt(row, 1.5);
      const u = random.uniform();
      return u < p[0]! ? 0 : u < p[0]! + p[1]! ? 1 : 2;
    });
    const temperature = fitTemperature(logits, truths);
    expect(temperature).toBeGreaterThan(1.2);
    expect(temperature).toBeLessThan(1.9);
    const tripled = logits.map((row) => row.map((logit) => 3 * logit));
    expect(fitTemperature(tripled, truths)).toBeCloseTo(3 * temperature, 9);
  });

  test('ends at its bounds where the likelihood has no best', () => {
    expect(fitTemperature([[2, 0]], [0])).toBe(0.01);
    expect(fitTemperature([[2, 0]], [1])).toBe(100);
    expect(() => fitTemperature([[2, 0]], [2])).toThrow(RangeError);
    expect(() => fitTemperature([], [])).toThrow(RangeError);
  });

  test('a softmax sums to 1 whatever its logits', () => {
    expect(softmaxAt([1000, 0, -1000], 1)).toEqual([1, 0, 0]);
    expect(softmaxAt([3, 3], 7)).toEqual([0.5, 0.5]);
  });
});

describe('conformal sets', () => {
  test('by hand: of 9 cases, a tenth of 10 is the lowest', () => {
    const column = [0.9, 0.8, 0.7, 0.6, 0.55, 0.5, 0.4, 0.3, 0.2].map((p) => [p, 1 - p]);
    const truths = column.map(() => 0);
    expect(conformalThresholds(column, truths, 2, 0.1)).toEqual([0.2, 0]);
    expect(conformalThresholds(column, truths, 2, 0.3)[0]).toBe(0.4);
    expect(conformalThresholds(column.slice(1), truths.slice(1), 2, 0.1)[0]).toBe(0);
  });

  test('hold the truth of each class as often as promised, on average over samples', () => {
    const random = seeded(6);
    // A poor network on rare and common classes: the promise does not depend on it.
    const sample = (n: number): { probabilities: number[][]; truths: number[] } => {
      const truths = Array.from({ length: n }, () => (random.chance(0.15) ? 2 : random.chance(0.3) ? 1 : 0));
      const probabilities = truths.map((truth) =>
        softmaxAt(
          [0, 1, 2].map((k) => random.normal(k === truth ? 0.8 : 0, 1)),
          0.5,
        ),
      );
      return { probabilities, truths };
    };
    const missed = [0, 0, 0];
    const seen = [0, 0, 0];
    for (let run = 0; run < 150; run++) {
      const calibration = sample(120);
      const thresholds = conformalThresholds(calibration.probabilities, calibration.truths, 3, 0.2);
      const fresh = sample(60);
      fresh.probabilities.forEach((row, i) => {
        const truth = fresh.truths[i]!;
        seen[truth]! += 1;
        if (row[truth]! < thresholds[truth]!) missed[truth]! += 1;
      });
    }
    seen.forEach((n, k) => {
      // At most the promised miss, and, without ties, not much less: 1 / (n + 1) of the class' calibration cases.
      expect(missed[k]! / n).toBeLessThan(0.2 + 0.03);
      expect(missed[k]! / n).toBeGreaterThan(0.2 - 1 / 15 - 0.03);
    });
  });
});
