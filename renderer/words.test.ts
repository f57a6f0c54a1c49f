import { describe, expect, it } from 'vitest';
import type { Finding, HipFinding } from '../electron/contract/finding.ts';
import { answerLine, bySeverity, bytesWords, findingText, percent, personName } from './words.ts';

const hip = (
  gradeGroup: HipFinding['gradeGroup'],
  top: number,
  side: HipFinding['laterality'],
): HipFinding => ({
  box: { x: 0, y: 0, width: 10, height: 10 },
  laterality: side,
  lateralitySource: 'tag',
  presence: 0.99,
  probabilities: { none: (1 - top) / 2, 'I-II': (1 - top) / 2, 'III-IV': (1 - top) / 2, [gradeGroup]: top },
  gradeGroup,
  certainty: null,
  scope: null,
  needsHuman: [],
});
const finding = (outcome: Finding['outcome'], hips: HipFinding[]): Finding => ({
  imageHash: 'a'.repeat(64),
  modelHash: 'b'.repeat(64),
  modelName: 'calcar-first',
  backend: 'wasm',
  outcome,
  warnings: [],
  hips,
  confidenceHash: null,
  scope: null,
  input: null,
  timings: { decodeMs: 1, localizeMs: 1, classifyMs: 1 },
});

describe('words', () => {
  it('says the answer as DESIGN.md does, and never calls a patient normal', () => {
    expect(answerLine(hip('III-IV', 0.9, 'left'))).toBe('Garden III–IV fracture, left hip');
    expect(answerLine(hip('none', 0.9, 'right'))).toBe('Fracture not seen, right hip');
    expect(answerLine(hip('I-II', 0.9, 'unknown'))).toBe('Garden I–II fracture, hip, side unknown');
    expect(findingText(finding('answered', [hip('none', 0.9, 'right')]))).not.toMatch(/normal/i);
  });

  it('claims no certainty', () => {
    expect([0, 0.004, 0.34, 0.996, 1].map(percent)).toEqual(['<1 %', '<1 %', '34 %', '>99 %', '>99 %']);
  });

  it('puts the most severe hip first', () => {
    const order = bySeverity([
      hip('none', 0.9, 'right'),
      hip('III-IV', 0.9, 'left'),
      hip('I-II', 0.9, 'left'),
    ]);
    expect(order.map(({ index }) => index)).toEqual([1, 2, 0]);
  });

  it('asks for a human with the reason, and says calibrated probabilities where there are some', () => {
    const sure = hip('I-II', 0.99, 'left');
    expect(findingText(finding('answered', [sure]))).not.toMatch(/human/);
    const unsure: HipFinding = {
      ...sure,
      certainty: {
        probabilities: { none: 0.3, 'I-II': 0.6, 'III-IV': 0.1 },
        set: ['none', 'I-II'],
        fractureAtHighSensitivity: true,
        fractureAtHighSpecificity: false,
      },
      needsHuman: ['several-groups'],
    };
    expect(findingText(finding('answered', [unsure]))).toMatch(
      /60 %\. Needs a human\. It can be Garden I–II or no fracture seen\./,
    );
  });

  it('reads DICOM person names: family, given and middle; the first of the representations', () => {
    expect(personName('Adams^John Robert Quincy^^Rev.^B.A. M.Div.')).toBe('Adams, John Robert Quincy');
    expect(personName('Yamada^Tarou=山田^太郎')).toBe('Yamada, Tarou');
    expect(personName('^^^')).toBe('No name');
    expect(personName(null)).toBe('No name');
  });

  it('says bytes in decimal units', () => {
    expect(bytesWords(12_300_000_000)).toMatch(/^12[.,]3/);
    expect(bytesWords(0)).toMatch(/^0/);
  });
});
