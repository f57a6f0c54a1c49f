import { describe, expect, it } from 'vitest';
import type { LabellingQueue } from '../../electron/contract/queue.ts';
import type { WorklistRow } from '../../electron/contract/reads.ts';
import { nextToRead, ordered, reasonOf } from './listOrder.ts';

const row = (name: string, change: Partial<WorklistRow> = {}): WorklistRow => ({
  imageHash: name,
  fileName: name,
  patientName: null,
  patientId: null,
  laterality: 'left',
  importedAt: '2026-11-24T00:00:00.000Z',
  state: 'answered',
  reason: null,
  machine: null,
  person: [],
  lastReader: null,
  simulated: true,
  ...change,
});
const queueOf = (names: readonly string[], withheld = false): LabellingQueue => ({
  id: 1,
  at: '2026-11-24T00:00:00.000Z',
  modelHash: 'model',
  rows: names.map((name, i) => ({
    imageHash: name,
    fileName: name,
    patientId: null,
    rank: i + 1,
    score: withheld ? null : 0.5,
    reasons: withheld ? [] : [{ reason: 'entropy' as const, value: 1, sentence: 'Unsure.' }],
  })),
  unlabelled: names.length,
  scored: names.length,
  withheld,
});
const names = (rows: readonly WorklistRow[]): string => rows.map(({ imageHash }) => imageHash).join('');

describe('the order of the list', () => {
  const rows = ['a', 'b', 'c', 'd'].map((name) => row(name));

  it('is the queue first, then the others as they came; without a queue as they came', () => {
    expect(names(ordered(rows, queueOf(['d', 'b'])))).toBe('dbac');
    expect(ordered(rows, null)).toBe(rows);
  });

  it('tells a reason until the film is read, and none that is withheld', () => {
    const queue = queueOf(['a', 'b']);
    expect(reasonOf(rows[0]!, queue)).toHaveLength(1);
    expect(reasonOf(row('a', { person: ['none'] }), queue)).toBeNull();
    expect(reasonOf(rows[2]!, queue)).toBeNull();
    expect(reasonOf(rows[0]!, queueOf(['a'], true))).toBeNull();
  });
});

describe('the film after a commit', () => {
  const read = { person: ['none' as const] };

  it('is the next below that can be used', () => {
    expect(nextToRead([row('a'), row('b', { state: 'unusable' }), row('c')], 'a')).toBe('c');
  });

  it('is the first unread from the top at the end of the list', () => {
    expect(nextToRead([row('a', read), row('b', { state: 'unusable' }), row('c'), row('d')], 'd')).toBe('c');
  });

  it('is none when all others are read', () => {
    expect(nextToRead([row('a', read), row('b')], 'b')).toBeNull();
    expect(nextToRead([], null)).toBeNull();
  });
});
