/** Ranking of weighted cases: sorted once, then one walk a draw. */
import type { WeightedStatistic } from './evaluateSample.ts';

/** Calls `step` after each group of equal scores, from the highest: weights of positives and negatives so far. */
function walk(
  order: Uint32Array,
  scores: readonly number[],
  truths: readonly boolean[],
  weights: Float64Array,
  step: (positives: number, negatives: number, threshold: number) => void,
): void {
  let [positives, negatives] = [0, 0];
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    if (truths[at]!) positives += weights[at]!;
    else negatives += weights[at]!;
    if (i + 1 === order.length || scores[order[i + 1]!] !== scores[at])
      step(positives, negatives, scores[at]!);
  }
}

function descending(scores: readonly number[]): Uint32Array {
  return Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || 0);
}

/** Area under the ROC curve, ties counting half (the trapezium rule). */
export function rankedArea(scores: readonly number[], truths: readonly boolean[]): WeightedStatistic {
  const order = descending(scores);
  return (weights) => {
    let [area, lastPositives, lastNegatives] = [0, 0, 0];
    walk(order, scores, truths, weights, (positives, negatives) => {
      area += ((negatives - lastNegatives) * (positives + lastPositives)) / 2;
      [lastPositives, lastNegatives] = [positives, negatives];
    });
    return area / (lastPositives * lastNegatives);
  };
}

/** Mean precision at each new positive, equal scores taken together: Σ (R_i − R_{i−1}) P_i. */
export function rankedPrecision(scores: readonly number[], truths: readonly boolean[]): WeightedStatistic {
  const order = descending(scores);
  return (weights) => {
    let [sum, lastPositives] = [0, 0];
    walk(order, scores, truths, weights, (positives, negatives) => {
      if (positives > lastPositives)
        sum += ((positives - lastPositives) * positives) / (positives + negatives);
      lastPositives = positives;
    });
    return sum / lastPositives;
  };
}

/** Sensitivity at each of `falsePositiveShares` (rising), by linear interpolation between the corners of the curve. */
export function sensitivitiesAt(
  scores: readonly number[],
  truths: readonly boolean[],
  falsePositiveShares: readonly number[],
): (weights: Float64Array) => number[] {
  const order = descending(scores);
  return (weights) => {
    const corners: [negatives: number, positives: number][] = [[0, 0]];
    walk(order, scores, truths, weights, (positives, negatives) => corners.push([negatives, positives]));
    const [allNegatives, allPositives] = corners.at(-1)!;
    let corner = 0;
    return falsePositiveShares.map((share) => {
      const wanted = share * allNegatives;
      // The upper end of a vertical step: the best sensitivity at that share.
      while (corner + 1 < corners.length && corners[corner + 1]![0] <= wanted) corner++;
      const [x0, y0] = corners[corner]!;
      const next = corners[corner + 1];
      const y = next === undefined ? y0 : y0 + ((next[1] - y0) * (wanted - x0)) / (next[0] - x0);
      return y / allPositives;
    });
  };
}
