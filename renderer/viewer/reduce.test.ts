import { describe, expect, it } from 'vitest';
import { reduceToFit } from './reduce.ts';

describe('a film beyond the card', () => {
  it('keeps every sample of one that fits', () => {
    const samples = Uint16Array.from([1, 2, 3, 4]);
    expect(reduceToFit({ rows: 2, columns: 2, samples }, 2)).toEqual({
      rows: 2,
      columns: 2,
      samples,
      factor: 1,
    });
  });

  it('is the mean of its blocks, the last ones smaller', () => {
    const samples = Uint16Array.from([0, 2, 10, 4, 6, 20, 65535, 65535, 7]);
    const reduced = reduceToFit({ rows: 3, columns: 3, samples }, 2);
    expect(reduced).toMatchObject({ rows: 2, columns: 2, factor: 2 });
    expect([...reduced.samples]).toEqual([3, 15, 65535, 7]);
  });
});
