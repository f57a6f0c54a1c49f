import { describe, expect, it } from 'vitest';
import type { Probabilities } from '../contract/finding.ts';
import { atTemperature, certaintyOf, humanReasonsOf, type FixedConfidence } from './certainty.ts';

const fixed: FixedConfidence = {
  temperature: 1,
  conformal: { miscoverage: 0.1, least: { none: 0.5, 'I-II': 0.2, 'III-IV': 0.4 } },
  highSensitivity: { threshold: 0.25, least: 0.95 },
  highSpecificity: { threshold: 0.75, least: 0.95 },
};
const of = (none: number, undisplaced: number, displaced: number): Probabilities => ({
  none,
  'I-II': undisplaced,
  'III-IV': displaced,
});
const reasons = (raw: Probabilities, gradeGroup: keyof Probabilities, fix: FixedConfidence | null = fixed) =>
  humanReasonsOf(
    { probabilities: raw, gradeGroup, certainty: fix && certaintyOf(raw, fix), scope: null },
    false,
  );

describe('how sure', () => {
  it('is the softmax of the logits over the temperature', () => {
    // Logits 2, 1, 0: at temperature 2 their softmax is that of 1, 0.5, 0.
    const softmax = (logits: number[]) => {
      const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
      return logits.map((logit) => Math.exp(logit) / sum);
    };
    const [a, b, c] = softmax([2, 1, 0]);
    const after = Object.values(atTemperature(of(a!, b!, c!), 2));
    softmax([1, 0.5, 0]).forEach((p, k) => expect(after[k]).toBeCloseTo(p, 12));
  });

  it('keeps 1 and 0 where a network gives them', () => {
    expect(atTemperature(of(1, 0, 0), 1.7)).toEqual(of(1, 0, 0));
  });

  it('rules out the groups below their threshold and calls a fracture at two points', () => {
    expect(certaintyOf(of(0.6, 0.3, 0.1), fixed)).toMatchObject({
      set: ['none', 'I-II'],
      fractureAtHighSensitivity: true,
      fractureAtHighSpecificity: false,
    });
    expect(certaintyOf(of(0.2, 0.2, 0.6), fixed)).toMatchObject({
      set: ['I-II', 'III-IV'],
      fractureAtHighSpecificity: true,
    });
  });
});

describe('a human is needed', () => {
  it('unless the set is the likeliest group alone', () => {
    expect(reasons(of(0.9, 0.1, 0), 'none')).toEqual([]);
    expect(reasons(of(0.6, 0.3, 0.1), 'none')).toEqual(['several-groups']);
    expect(reasons(of(0.45, 0.19, 0.36), 'none')).toEqual(['no-group']);
    // The likeliest group is ruled out and another is not.
    expect(reasons(of(0.49, 0.25, 0.26), 'none')).toEqual(['several-groups']);
  });

  it('below two chances in three where the confidence was never fixed', () => {
    expect(reasons(of(0.66, 0.34, 0), 'none', null)).toEqual(['low-probability']);
    expect(reasons(of(0.67, 0.33, 0), 'none', null)).toEqual([]);
  });

  it('for what the groups do not name, and on a doubtful film, however sure', () => {
    const sure = { probabilities: of(1, 0, 0), gradeGroup: 'none' as const };
    const certainty = certaintyOf(sure.probabilities, fixed);
    expect(
      humanReasonsOf({ ...sure, certainty, scope: { scope: 'implant', probability: 0.9 } }, true),
    ).toEqual(['implant', 'doubtful-film']);
    expect(
      humanReasonsOf({ ...sure, certainty, scope: { scope: 'other injury', probability: 0.9 } }, false),
    ).toEqual(['other-injury']);
  });
});
