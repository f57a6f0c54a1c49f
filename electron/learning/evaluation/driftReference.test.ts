import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { driftReference } from '../../contract/driftSignals.ts';
import { answered, outcomesOf, sureOf } from '../testing/knownOutcomes.ts';
import { driftReferenceOf, saveDriftReference } from './driftReference.ts';

const model = 'a'.repeat(64);

describe('driftReferenceOf', () => {
  const test = [
    // Two films of one patient count as one: their mean is 0.5, between the 0.2 and the 0.8 of the others.
    { ...answered(1, 'I', sureOf('I-II')), input: { grey: 0.4 } },
    { ...answered(1, 'I', sureOf('none')), film: 1, input: { grey: 0.6 } },
    { ...answered(2, 'none', sureOf('none')), input: { grey: 0.2 } },
    { ...answered(3, 'IV', sureOf('III-IV')), input: { grey: 0.8 } },
    { ...answered(4, 'none', null), refusal: 'blank' as const, hips: [] },
  ];
  const reference = driftReferenceOf(outcomesOf([], test, model));

  it('takes mean and deviation over patients', () => {
    expect(reference.films).toBe(5);
    expect(reference.signals.grey?.n).toBe(3);
    expect(reference.signals.grey?.mean).toBeCloseTo(0.5, 12);
    expect(reference.signals.grey?.deviation).toBeCloseTo(0.3, 12);
    expect(reference.signals.refused).toMatchObject({ mean: 0.25, n: 4 });
    // One of two, one of one, one of one.
    expect(reference.signals.right?.mean).toBeCloseTo(2.5 / 3, 12);
    // Right less the 0.8 that each answer had.
    expect(reference.signals.overconfidence?.mean).toBeCloseTo(2.5 / 3 - 0.8, 12);
  });

  it('leaves out what was the same on every film or not there, for it cannot be drifted from', () => {
    expect(reference.signals).not.toHaveProperty('probability');
    expect(reference.signals).not.toHaveProperty('noise');
    expect(reference.signals.doubted).toMatchObject({ mean: 0, n: 3 });
  });

  it('comes back from its file as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'calcar-reference-'));
    try {
      saveDriftReference(folder, reference);
      const text = await readFile(join(folder, 'reference.json'), 'utf8');
      expect(driftReference.parse(JSON.parse(text))).toEqual(reference);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
