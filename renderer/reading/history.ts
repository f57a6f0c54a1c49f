import type { Draft, DraftHip } from './draft.ts';

/** One change of a draft, both ways: what stood at each place before and after. */
export interface Delta {
  readonly label: string;
  readonly hips: readonly {
    readonly id: string;
    /** Null where the hip did not exist. */
    readonly before: Placed | null;
    readonly after: Placed | null;
  }[];
  readonly comment: { readonly before: string; readonly after: string } | null;
}
interface Placed {
  readonly place: number;
  readonly hip: DraftHip;
}

/** What turns `before` into `after`; null when they say the same. */
export function difference(label: string, before: Draft, after: Draft): Delta | null {
  const place = (draft: Draft, id: string): Placed | null => {
    const index = draft.hips.findIndex((hip) => hip.id === id);
    const hip = draft.hips[index];
    return hip === undefined ? null : { place: index, hip };
  };
  const ids = new Set([...before.hips, ...after.hips].map((hip) => hip.id));
  const hips = [...ids]
    .map((id) => ({ id, before: place(before, id), after: place(after, id) }))
    .filter((change) => !same(change.before, change.after));
  const comment = before.comment === after.comment ? null : { before: before.comment, after: after.comment };
  return hips.length === 0 && comment === null ? null : { label, hips, comment };
}

export function invert(delta: Delta): Delta {
  return {
    label: delta.label,
    hips: delta.hips.map(({ id, before, after }) => ({ id, before: after, after: before })),
    comment: delta.comment === null ? null : { before: delta.comment.after, after: delta.comment.before },
  };
}

/** The draft with every place of the delta as it stands after it; other hips keep their order. */
export function apply(draft: Draft, delta: Delta): Draft {
  const touched = new Set(delta.hips.map((change) => change.id));
  const hips = draft.hips.filter((hip) => !touched.has(hip.id));
  const placed = delta.hips.flatMap((change) => (change.after === null ? [] : [change.after]));
  for (const { place, hip } of placed.toSorted((a, b) => a.place - b.place)) hips.splice(place, 0, hip);
  return { hips, comment: delta.comment?.after ?? draft.comment };
}

/** One delta for two that follow each other, so a sentence is undone as a sentence, not letter by letter. */
export function merge(first: Delta, second: Delta): Delta {
  const hips = new Map(first.hips.map((change) => [change.id, change]));
  for (const change of second.hips) {
    const earlier = hips.get(change.id);
    hips.set(change.id, earlier === undefined ? change : { ...change, before: earlier.before });
  }
  const comment =
    second.comment === null
      ? first.comment
      : { before: first.comment?.before ?? second.comment.before, after: second.comment.after };
  return { label: second.label, hips: [...hips.values()], comment };
}

function same(a: Placed | null, b: Placed | null): boolean {
  if (a === null || b === null) return a === b;
  return a.place === b.place && a.hip === b.hip;
}
