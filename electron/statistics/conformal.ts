/**
 * Split conformal prediction sets with a promise for each class: of new cases of class k, at least 1 − miscoverage have
 * k in their set, whatever the network, as long as they are exchangeable with the calibration cases of k (Vovk 2012,
 * 'Mondrian'; Sadinle, Lei and Wasserman, JASA 2019; 114: 223).
 */

/**
 * @param probabilities one row a calibration case, which the network must not have learned from
 * @param truths class of each
 * @param miscoverage share of cases whose set may miss the truth, in (0, 1)
 * @returns for each class the probability from which it is in a set; 0, so always, where there are too few cases of it
 *   to promise more
 * @throws RangeError when a truth is no class or `miscoverage` no share
 */
export function conformalThresholds(
  probabilities: readonly (readonly number[])[],
  truths: readonly number[],
  classes: number,
  miscoverage: number,
): number[] {
  if (!(miscoverage > 0 && miscoverage < 1)) throw new RangeError(`${String(miscoverage)} is no share`);
  const ofTruth: number[][] = Array.from({ length: classes }, () => []);
  probabilities.forEach((row, i) => {
    const [of, p] = [ofTruth[truths[i]!], row[truths[i]!]];
    if (of === undefined || p === undefined) throw new RangeError(`${String(truths[i])} is no class`);
    of.push(p);
  });
  return ofTruth.map((values) => {
    values.sort((a, b) => a - b);
    // The ⌈(n + 1)(1 − miscoverage)⌉-th smallest of 1 − p, counted from the other end; a product such as 0.1 · 70
    // must not fall short of its whole number by rounding.
    const place = Math.floor((values.length + 1) * miscoverage + 1e-9);
    return place === 0 ? 0 : values[Math.min(place, values.length) - 1]!;
  });
}
