/** How several reasons to label a film become one order, for the station's queue and for the study of it alike. */

/**
 * One score a film from several signals: the mean of the shares of films that a signal puts below it (mid-ranks, so 0..1),
 * because ranks of entropy, disagreement and novelty can be added where their values cannot. A film without a signal
 * stands in its middle, 0.5, so a signal that nobody has changes no order.
 *
 * @param signals one array a signal, one value a film; null where the signal is not known
 */
export function combinedScores(signals: readonly (readonly (number | null)[])[]): number[] {
  const shares = signals.map(rankShares);
  const films = signals[0]?.length ?? 0;
  return Array.from({ length: films }, (_, film) => {
    const sum = shares.reduce((total, share) => total + share[film]!, 0);
    return sum / signals.length;
  });
}

/** Share of the known others below each value, ties counting half; 0.5 where the value is null or has no others. */
export function rankShares(values: readonly (number | null)[]): number[] {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  return values.map((value) => {
    if (value === null || sorted.length < 2) return 0.5;
    const below = firstAtLeast(sorted, value);
    const tiedOthers = firstAbove(sorted, value) - below - 1;
    return (below + tiedOthers / 2) / (sorted.length - 1);
  });
}

/** Place of the first value that is not below `limit` in sorted values. */
const firstAtLeast = (sorted: readonly number[], limit: number): number => split(sorted, (v) => v >= limit);
const firstAbove = (sorted: readonly number[], limit: number): number => split(sorted, (v) => v > limit);

function split(sorted: readonly number[], isAfter: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The highest scores first, but never two films of one patient in a row while a film of another is left: the second film
 * of a patient teaches less than the first. Of equal scores the earlier item comes first.
 *
 * @param most ends the order after so many
 */
export function inTurns<T extends { readonly score: number; readonly patient: string }>(
  items: readonly T[],
  most = items.length,
): T[] {
  const left = [...items].sort((a, b) => b.score - a.score);
  const order: T[] = [];
  while (left.length > 0 && order.length < most) {
    const last = order.at(-1)?.patient;
    const other = left.findIndex(({ patient }) => patient !== last);
    order.push(...left.splice(Math.max(other, 0), 1));
  }
  return order;
}
