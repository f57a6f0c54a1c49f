import { describe, expect, it } from 'vitest';
import { groupsInWords, pointsInWords, reasonsInWords, shownProbabilities } from './certaintyWords.ts';
import type { HipFinding } from './finding.ts';

const hip: HipFinding = {
  box: { x: 0, y: 0, width: 10, height: 10 },
  laterality: 'left',
  lateralitySource: 'tag',
  presence: 0.9,
  probabilities: { none: 0.7, 'I-II': 0.2, 'III-IV': 0.1 },
  gradeGroup: 'none',
  certainty: {
    probabilities: { none: 0.6, 'I-II': 0.25, 'III-IV': 0.15 },
    set: ['I-II'],
    fractureAtHighSensitivity: true,
    fractureAtHighSpecificity: false,
  },
  scope: null,
  needsHuman: ['several-groups', 'implant'],
};

describe('certainty in words', () => {
  it('names the groups of a set, the most severe first', () => {
    expect(groupsInWords(['none', 'I-II'])).toBe('Garden I–II or no fracture seen');
    expect(groupsInWords(['none', 'I-II', 'III-IV'])).toBe('Garden III–IV, Garden I–II or no fracture seen');
    expect(groupsInWords(['I-II'])).toBe('Garden I–II');
  });

  it('gives every reason, and the likeliest group beside a set that leaves it out', () => {
    expect(reasonsInWords(hip)).toEqual([
      'It can be Garden I–II or no fracture seen.',
      expect.stringContaining('implant') as string,
    ]);
  });

  it('says where a fracture is called, and calibrated probabilities where there are some', () => {
    expect(pointsInWords(hip.certainty!)).toBe(
      'Fracture called at high sensitivity, not at high specificity.',
    );
    expect(shownProbabilities(hip).none).toBe(0.6);
    expect(shownProbabilities({ ...hip, certainty: null }).none).toBe(0.7);
  });
});
