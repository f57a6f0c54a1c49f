import { waldInterval, type Interval } from './proportion.ts';
import { placements, testOfDifference, type Placements } from './roc.ts';

/**
 * Area under the ROC curve with several cases a patient, dependent in any way (N. A. Obuchowski, Biometrics 1997;
 * 53: 567-578). With one case a patient it is DeLong's.
 *
 * @param clusters which patient each case belongs to, any label
 * @throws RangeError as `deLong`; and unless two patients have positives and two have negatives
 */
export function clusteredArea(
  scores: readonly number[],
  truths: readonly boolean[],
  clusters: readonly (string | number)[],
): Interval & { readonly variance: number } {
  const sums = clusterSums(placements(scores, truths), truths, clusters);
  const variance = Math.max(0, covariance(sums, sums));
  return { ...waldInterval(sums.area, Math.sqrt(variance), 0, 1), variance };
}

/** Test of two areas on the same cases of the same patients, as `deLongPaired`. */
export function clusteredAreaPaired(
  a: readonly number[],
  b: readonly number[],
  truths: readonly boolean[],
  clusters: readonly (string | number)[],
): ReturnType<typeof testOfDifference> {
  const [first, second] = [a, b].map((scores) => clusterSums(placements(scores, truths), truths, clusters));
  const variance =
    covariance(first!, first!) + covariance(second!, second!) - 2 * covariance(first!, second!);
  return testOfDifference(first!.area - second!.area, Math.sqrt(Math.max(0, variance)));
}

/** What one patient's cases deviate from the area in sum. */
interface ClusterSum {
  positives: number;
  negatives: number;
  positiveDeviation: number;
  negativeDeviation: number;
}

interface ClusterSums {
  readonly area: number;
  /** In the order in which the clusters first appear. */
  readonly sums: readonly ClusterSum[];
}

function clusterSums(
  { area, ofPositives, ofNegatives }: Placements,
  truths: readonly boolean[],
  clusters: readonly (string | number)[],
): ClusterSums {
  if (clusters.length !== truths.length) {
    throw new RangeError(`${String(clusters.length)} patients for ${String(truths.length)} cases`);
  }
  const sums = new Map<string | number, ClusterSum>();
  let [p, n] = [0, 0];
  truths.forEach((truth, i) => {
    const sum = sums.get(clusters[i]!) ?? {
      positives: 0,
      negatives: 0,
      positiveDeviation: 0,
      negativeDeviation: 0,
    };
    sums.set(clusters[i]!, sum);
    if (truth) {
      sum.positives++;
      sum.positiveDeviation += ofPositives[p++]! - area;
    } else {
      sum.negatives++;
      sum.negativeDeviation += ofNegatives[n++]! - area;
    }
  });
  return { area, sums: [...sums.values()] };
}

/** Obuchowski's S10 / M + S01 / N + 2 S11 / (M N), or its bilinear form for two rankings. */
function covariance(a: ClusterSums, b: ClusterSums): number {
  let [positives, negatives, withPositives, withNegatives] = [0, 0, 0, 0];
  let [s10, s01, s11] = [0, 0, 0];
  a.sums.forEach((x, i) => {
    const y = b.sums[i]!;
    positives += x.positives;
    negatives += x.negatives;
    if (x.positives > 0) withPositives++;
    if (x.negatives > 0) withNegatives++;
    s10 += x.positiveDeviation * y.positiveDeviation;
    s01 += x.negativeDeviation * y.negativeDeviation;
    s11 += x.positiveDeviation * y.negativeDeviation + y.positiveDeviation * x.negativeDeviation;
  });
  if (withPositives < 2 || withNegatives < 2) {
    throw new RangeError('a spread needs two patients with positives and two with negatives');
  }
  const all = a.sums.length;
  return (
    ((withPositives / (withPositives - 1)) * s10) / positives ** 2 +
    ((withNegatives / (withNegatives - 1)) * s01) / negatives ** 2 +
    ((all / (all - 1)) * s11) / (positives * negatives)
  );
}
