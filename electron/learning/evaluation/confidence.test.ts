import { describe, expect, test } from 'vitest';
import type { FilmOutcome } from '../../contract/evaluation.ts';
import { modelConfidence } from '../../contract/confidence.ts';
import { gradeGroups, type Probabilities } from '../../contract/finding.ts';
import { seeded, type Random } from '../../random/random.ts';
import { answered, outcomesOf, sureOf } from '../testing/knownOutcomes.ts';
import { fixConfidence, fixOn } from './confidence.ts';
import { evaluateOutcomes } from './evaluate.ts';
import { sampleOf } from './evaluateSample.ts';

const gradeOf = { none: 'none', 'I-II': 'II', 'III-IV': 'IV' } as const;

/** Hips whose class is drawn with the very probabilities of it, which are then told sharper by a temperature. */
function drawnHips(random: Random, hips: number, temperature: number, first: number): FilmOutcome[] {
  return Array.from({ length: hips }, (_, i) => {
    const logits = gradeGroups.map(() => 2.5 * random.normal());
    const softmax = (t: number): number[] => {
      const raised = logits.map((logit) => Math.exp(logit / t));
      const sum = raised.reduce((total, value) => total + value, 0);
      return raised.map((value) => value / sum);
    };
    const [none, undisplaced] = softmax(1);
    const at = random.uniform();
    const truth = at < none! ? 'none' : at < none! + undisplaced! ? 'I-II' : 'III-IV';
    const told = softmax(1 / temperature);
    const probabilities: Probabilities = { none: told[0]!, 'I-II': told[1]!, 'III-IV': told[2]! };
    return answered(first + i, gradeOf[truth], probabilities);
  });
}

const model = 'a'.repeat(64);
const options = { prevalence: 0.1, draws: 300 };

describe('confidence fixed on tuning patients', () => {
  const random = seeded(11);
  const outcomes = outcomesOf(drawnHips(random, 1500, 3, 0), drawnHips(random, 3000, 3, 10_000), model);
  const report = evaluateOutcomes(outcomes, options);
  const confidence = modelConfidence.parse(fixConfidence(outcomes, report));

  test('finds the temperature that the answers were sharpened by', () => {
    expect(confidence.temperature).toBeGreaterThan(2.7);
    expect(confidence.temperature).toBeLessThan(3.3);
    const { before, after } = report.calibration;
    expect(before.expectedCalibrationError!.estimate).toBeGreaterThan(0.1);
    expect(after!.expectedCalibrationError!.estimate).toBeLessThan(0.03);
  });

  test('covers what it promises in each class of others, to the noise of two samples', () => {
    for (const { coverage } of confidence.judged!.coverageByClass) {
      // Some 500 tuning and 1,000 test hips a class: a standard error of 0.3/√500 + that of the test.
      expect(Math.abs(coverage!.estimate - 0.9)).toBeLessThan(4 * Math.sqrt(0.09 / 500 + 0.09 / 1000));
    }
  });

  test('reaches what was asked of the operating points on the tuning patients themselves', () => {
    const self = { ...outcomes, test: outcomes.tune };
    const { judged } = fixConfidence(self, evaluateOutcomes(self, options))!;
    expect(judged!.highSensitivity.sensitivity!.estimate).toBeGreaterThanOrEqual(0.95);
    expect(judged!.highSpecificity.specificity!.estimate).toBeGreaterThanOrEqual(0.95);
  });

  test('answers more rightly where it answers than over all hips', () => {
    const { needsHuman, rightOfAnswered } = confidence.judged!;
    expect(needsHuman!.n).toBe(3000);
    expect(rightOfAnswered!.n).toBe(Math.round(3000 * (1 - needsHuman!.estimate)));
    expect(rightOfAnswered!.low).toBeGreaterThan(report.classifier.topOne.high);
  });
});

describe('what is left to a human', () => {
  test('has the hips that were not found and the films in doubt', () => {
    const tune = Array.from({ length: 120 }, (_, i) => {
      const group = gradeGroups[i % 3]!;
      return answered(i, gradeOf[group], sureOf(group));
    });
    const doubted: FilmOutcome = { ...answered(900, 'none', sureOf('none')), doubts: ['low-contrast'] };
    const missed = answered(901, 'IV', null);
    const films = [
      answered(902, 'none', sureOf('none')),
      answered(903, 'IV', sureOf('none')),
      doubted,
      missed,
    ];
    const { abstention } = evaluateOutcomes(outcomesOf(tune, films), options);
    expect(abstention.needsHuman).toMatchObject({ estimate: 0.5, n: 4 });
    expect(abstention.rightOfAnswered).toMatchObject({ estimate: 0.5, n: 2 });
  });

  test('is not told where the tuning patients lack a class', () => {
    const tune = [answered(1, 'none', sureOf('none')), answered(2, 'IV', sureOf('III-IV'))];
    expect(fixOn(sampleOf(tune))).toBeNull();
    const outcomes = outcomesOf(tune, tune);
    expect(fixConfidence(outcomes, evaluateOutcomes(outcomes, options))).toBeNull();
  });
});
