import type { Laterality } from '../../contract/finding.ts';
import { intersectionOverUnion, type Box } from '../../contract/image.ts';

interface PlacedHip {
  readonly box: Box;
  readonly laterality: Laterality;
}

/** Two boxes that overlap less need not mean the same hip. */
const leastOverlap = 0.3;

/**
 * Which hips of two answers to one film are the same: first those whose boxes overlap most, whatever side they were
 * given, then those that are alone in being left of their known side. A hip that only one has found stands with null.
 */
export function matchHips<A extends PlacedHip, B extends PlacedHip>(
  first: readonly A[],
  second: readonly B[],
): (readonly [A | null, B | null])[] {
  const freeA = new Set(first);
  const freeB = new Set(second);
  const matched: (readonly [A | null, B | null])[] = [];
  const take = (a: A, b: B): void => {
    freeA.delete(a);
    freeB.delete(b);
    matched.push([a, b]);
  };
  const byOverlap = first
    .flatMap((a) => second.map((b) => ({ a, b, overlap: intersectionOverUnion(a.box, b.box) })))
    .filter(({ overlap }) => overlap >= leastOverlap)
    .sort((one, other) => other.overlap - one.overlap);
  for (const { a, b } of byOverlap) if (freeA.has(a) && freeB.has(b)) take(a, b);
  for (const side of ['right', 'left'] as const) {
    const [a, ...otherA] = [...freeA].filter(({ laterality }) => laterality === side);
    const [b, ...otherB] = [...freeB].filter(({ laterality }) => laterality === side);
    if (a && b && otherA.length + otherB.length === 0) take(a, b);
  }
  return [
    ...matched,
    ...[...freeA].map((a) => [a, null] as const),
    ...[...freeB].map((b) => [null, b] as const),
  ];
}
