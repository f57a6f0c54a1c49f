import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grades } from '../../electron/contract/finding.ts';
import type { Draft, DraftHip } from './draft.ts';
import { apply, difference, invert, merge } from './history.ts';

const anyHip: fc.Arbitrary<DraftHip> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  box: fc.record({
    x: fc.integer(),
    y: fc.integer(),
    width: fc.integer({ min: 1 }),
    height: fc.integer({ min: 1 }),
  }),
  laterality: fc.constantFrom('left', 'right', 'unknown'),
  grade: fc.option(fc.constantFrom(...grades)),
  confidence: fc.option(fc.integer({ min: 1, max: 5 })),
  offered: fc.boolean(),
});
const anyDraft: fc.Arbitrary<Draft> = fc.record({
  hips: fc.uniqueArray(anyHip, { selector: (hip) => hip.id, maxLength: 5 }),
  comment: fc.string({ maxLength: 8 }),
});

describe('undo and redo', () => {
  it('a difference leads from the one draft to the other, and its inverse leads back', () => {
    fc.assert(
      fc.property(anyDraft, anyDraft, (before, after) => {
        const delta = difference('change', before, after);
        if (delta === null) {
          expect(after).toEqual(before);
          return;
        }
        expect(apply(before, delta)).toEqual(after);
        expect(apply(after, invert(delta))).toEqual(before);
      }),
    );
  });

  it('a whole afternoon of changes is undone to the start and redone to the end', () => {
    fc.assert(
      fc.property(fc.array(anyDraft, { minLength: 2, maxLength: 12 }), (drafts) => {
        const deltas = drafts.slice(1).map((draft, i) => difference('change', drafts[i]!, draft));
        let draft = drafts.at(-1)!;
        for (const delta of deltas.toReversed()) draft = delta === null ? draft : apply(draft, invert(delta));
        expect(draft).toEqual(drafts[0]);
        for (const delta of deltas) draft = delta === null ? draft : apply(draft, delta);
        expect(draft).toEqual(drafts.at(-1));
      }),
    );
  });

  it('two comment changes in a row are one step', () => {
    const empty: Draft = { hips: [], comment: '' };
    const first = difference('comment', empty, { hips: [], comment: 'a' })!;
    const second = difference('comment', { hips: [], comment: 'a' }, { hips: [], comment: 'ab' })!;
    const both = merge(first, second);
    expect(apply(empty, both).comment).toBe('ab');
    expect(apply({ hips: [], comment: 'ab' }, invert(both)).comment).toBe('');
  });
});
