import { weightedBootstrap } from './bootstrap.ts';
import type { Interval } from './proportion.ts';

/** How far apart two ratings are: not the same; by ranks between them; by their difference. */
export type AlphaLevel = 'nominal' | 'ordinal' | 'interval';

/** One row a case, one column a reader; null where that reader did not read that case. */
export type Ratings = readonly (readonly (number | null)[])[];

/**
 * Krippendorff's alpha of any number of readers with gaps (K. Krippendorff, 'Computing Krippendorff's
 * Alpha-Reliability', 2011): 1 − observed / expected disagreement. NaN where nothing could disagree: no case with two
 * ratings, or one value only.
 */
export function krippendorffAlpha(ratings: Ratings, level: AlphaLevel): number {
  return alphaOf(ratings, level)(new Float64Array(ratings.length).fill(1));
}

/**
 * The same with a percentile bootstrap of the cases, 95 % (Zapf et al., BMC Med Res Methodol 2016; 16: 93).
 *
 * @param uniform numbers in [0, 1)
 * @param clusters which patient each case belongs to, any label; whole patients are drawn. Without it every case is one.
 * @throws RangeError of nothing
 */
export function krippendorffAlphaInterval(
  ratings: Ratings,
  level: AlphaLevel,
  uniform: () => number,
  draws = 2000,
  clusters: readonly (string | number)[] = [...ratings.keys()],
): Interval {
  return weightedBootstrap(clusters, alphaOf(ratings, level), uniform, { draws });
}

/** Alpha of the cases, each counting as often as its weight says. */
function alphaOf(ratings: Ratings, level: AlphaLevel): (weights: Float64Array) => number {
  const rows = ratings.map((row) => row.filter((value) => value !== null));
  const values = [...new Set(rows.flat())].sort((a, b) => a - b);
  const place = new Map(values.map((value, k) => [value, k]));
  const classes = values.length;
  // Of each case how often each value was given; a case with fewer than two ratings can be paired with nothing.
  const given = rows.map((row) => {
    const counts = new Float64Array(classes);
    for (const value of row) counts[place.get(value)!]! += 1;
    return { counts, readers: row.length };
  });
  return (weights) => {
    const coincidences = new Float64Array(classes * classes);
    given.forEach(({ counts, readers }, i) => {
      if (readers < 2 || weights[i] === 0) return;
      for (let c = 0; c < classes; c++) {
        for (let k = 0; k < classes; k++) {
          const pairs = counts[c]! * (counts[k]! - (c === k ? 1 : 0));
          coincidences[c * classes + k]! += (weights[i]! * pairs) / (readers - 1);
        }
      }
    });
    const totals = values.map((_, c) =>
      coincidences.subarray(c * classes, (c + 1) * classes).reduce((sum, count) => sum + count, 0),
    );
    const all = totals.reduce((sum, count) => sum + count, 0);
    const upTo = totals.reduce<number[]>((sums, count) => [...sums, (sums.at(-1) ?? 0) + count], []);
    const distance = (c: number, k: number): number => {
      if (level === 'nominal') return c === k ? 0 : 1;
      if (level === 'interval') return (values[c]! - values[k]!) ** 2;
      // Half of the two values' own ratings and all between.
      return (upTo[k]! - totals[k]! / 2 - (upTo[c]! - totals[c]! / 2)) ** 2;
    };
    let [observed, expected] = [0, 0];
    for (let c = 0; c < classes; c++) {
      for (let k = 0; k < classes; k++) {
        observed += coincidences[c * classes + k]! * distance(c, k);
        expected += totals[c]! * totals[k]! * distance(c, k);
      }
    }
    return 1 - ((all - 1) * observed) / expected;
  };
}
