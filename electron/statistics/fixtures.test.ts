/** Against R: `fixtures/make.R` says with which packages, and makes the numbers anew. */
import { describe, expect, test } from 'vitest';
import { krippendorffAlpha, type AlphaLevel } from './alpha.ts';
import { calibrationSlope } from './calibration.ts';
import r from './fixtures/r.json' with { type: 'json' };
import { cohenKappa, fleissKappa } from './kappa.ts';
import { holm, mcNemar } from './mcnemar.ts';
import { binomialTail, chiSquareTail, logGamma, normalCdf, normalQuantile } from './normal.ts';
import type { Interval } from './proportion.ts';
import { areaUnderRoc, deLong, deLongPaired, rocCurve } from './roc.ts';
import { fitTemperature } from './temperature.ts';

/** Agreement relative to the number itself, so that a tail of 1e-300 is held to its digits too. */
function expectNear(value: number | undefined, expected: number | undefined, relative = 1e-6): void {
  expect(Math.abs(value! - expected!)).toBeLessThanOrEqual(relative * Math.max(1e-290, Math.abs(expected!)));
}

function expectInterval(interval: Interval | null, expected: readonly number[]): void {
  expectNear(interval?.estimate, expected[0]);
  expectNear(interval?.low, expected[1]);
  expectNear(interval?.high, expected[2]);
}

describe('distributions of R, to twelve digits', () => {
  const { normal, quantile, chiSquare, binomial, logGamma: logGammas } = r.distributions;
  test.each(normal)('pnorm(%d)', (z, p) => {
    expectNear(normalCdf(z), p, 1e-12);
  });
  test.each(quantile)('qnorm(%d)', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 11);
  });
  test.each(chiSquare)('pchisq(%d, %d)', (x, degrees, p) => {
    expectNear(chiSquareTail(x, degrees), p, 1e-12);
  });
  test.each(binomial)('pbinom(%d, %d, %d)', (most, trials, share, p) => {
    expectNear(binomialTail(most, trials, share), p, 1e-11);
  });
  test.each(logGammas)('lgamma(%d)', (x, expected) => {
    expect(Math.abs(logGamma(x) - expected)).toBeLessThan(1e-14 * (1 + Math.abs(expected)));
  });
});

describe('ranking, pROC', () => {
  const { truths, a, b } = r.ranking;

  test('area, its variance and its interval', () => {
    const { variance, ...interval } = deLong(a, truths);
    expectInterval(interval, [r.ranking.area, r.ranking.low, r.ranking.high]);
    expectNear(variance, r.ranking.variance);
    expectNear(areaUnderRoc(b, truths), r.ranking.areaB);
  });

  test('two areas on the same cases', () => {
    const { difference, z, p } = deLongPaired(a, b, truths);
    expectInterval(difference, [r.ranking.area - r.ranking.areaB, ...r.ranking.difference]);
    expectNear(z, r.ranking.z);
    expectNear(p, r.ranking.p);
  });

  test('the curve', () => {
    const points = rocCurve(a, truths);
    expect(points).toHaveLength(r.ranking.sensitivities.length);
    points.forEach(({ sensitivity, specificity }, i) => {
      expect(sensitivity).toBeCloseTo(r.ranking.sensitivities[i]!, 12);
      expect(specificity).toBeCloseTo(r.ranking.specificities[i]!, 12);
    });
  });
});

test("calibration is glm's with Wald's intervals", () => {
  const { probabilities, truths, slope, intercept, inTheLarge } = r.calibration;
  const fit = calibrationSlope(probabilities, truths);
  expectInterval(fit.slope, slope);
  expectInterval(fit.intercept, intercept);
  expectInterval(fit.inTheLarge, inTheLarge);
});

test('the temperature is where the loss has no slope', () => {
  const { logits, truths, temperature } = r.temperature;
  expectNear(fitTemperature(logits, truths), temperature);
});

test.each(r.mcnemar)('mcnemar.test and binom.test: $onlyA and $onlyB', ({ onlyA, onlyB, ...expected }) => {
  const result = mcNemar(onlyA, onlyB);
  expectNear(result.statistic, expected.statistic);
  expectNear(result.p, expected.p);
  expectNear(result.correctedStatistic, expected.correctedStatistic);
  expectNear(result.correctedP, expected.correctedP);
  expectNear(result.exactP, expected.exactP);
});

test('p.adjust, Holm', () => {
  holm(r.holm.ps).forEach((p, i) => {
    expectNear(p, r.holm.adjusted[i]);
  });
});

describe('kappa, irr, vcd and psych', () => {
  test.each(['none', 'linear', 'quadratic'] as const)('%s weights', (weights) => {
    const kappa = cohenKappa(r.kappa.table, weights);
    expectNear(kappa.estimate, r.kappa[weights][0]);
    expectNear(kappa.standardError, r.kappa[weights][1]);
    expectNear(kappa.estimate, r.kappa.irr[['none', 'linear', 'quadratic'].indexOf(weights)]);
  });

  test('its test, and the same standard error in psych', () => {
    const kappa = cohenKappa(r.kappa.table);
    expectNear(kappa.z, r.kappa.irrZ);
    expectNear(kappa.standardError ** 2, r.kappa.psych);
  });

  test("Fleiss' thirty patients: .430, and z = 17.65 by the standard error of 1979", () => {
    const kappa = fleissKappa(r.fleiss.counts);
    expectNear(kappa.estimate, r.fleiss.value);
    expectNear(kappa.z, r.fleiss.z);
    expect(kappa.estimate).toBeCloseTo(0.43, 3);
    expect(kappa.z).toBeCloseTo(17.65, 2);
  });
});

test.each([0, 1, 2])("Krippendorff's alpha of irr, example %i", (i) => {
  const { ratings, ...expected } = r.alpha[i]!;
  for (const level of Object.keys(expected) as AlphaLevel[]) {
    expectNear(krippendorffAlpha(ratings, level), expected[level]);
  }
});
