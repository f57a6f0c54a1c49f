/** Agreement of readers beyond chance on cases put into classes. */
import { twoSidedP } from './normal.ts';
import { waldInterval, type Interval } from './proportion.ts';

export interface Kappa extends Interval {
  /** Of the estimate, for its interval. */
  readonly standardError: number;
  /** Against no agreement beyond chance, with the standard error that holds then. */
  readonly z: number;
  readonly p: number;
}

/** Weights that fall from 1 on the diagonal by distance or its square, or any table of agreement weights. */
export type KappaWeights = 'none' | 'linear' | 'quadratic' | readonly (readonly number[])[];

/**
 * Cohen's kappa of two readers (Educ Psychol Meas 1960; weighted: Psychol Bull 1968; 70: 213), with the large-sample
 * standard errors of Fleiss, Cohen and Everitt, Psychol Bull 1969; 72: 323. NaN when chance alone agrees wholly.
 *
 * @param table counts: rows the first reader's classes, columns the second's, in order for weights
 * @throws RangeError unless the table is square and has cases
 */
export function cohenKappa(table: readonly (readonly number[])[], weights: KappaWeights = 'none'): Kappa {
  const classes = table.length;
  const total = table.flat().reduce((sum, count) => sum + count, 0);
  if (!(total > 0) || table.some((row) => row.length !== classes)) {
    throw new RangeError('kappa needs a square table with cases in it');
  }
  const weight = (i: number, j: number): number => agreementWeight(weights, i, j, classes);
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0) / total);
  const columns = table.map((_, j) => table.reduce((sum, row) => sum + row[j]!, 0) / total);
  const meanOfRow = rows.map((_, i) => columns.reduce((sum, p, j) => sum + p * weight(i, j), 0));
  const meanOfColumn = columns.map((_, j) => rows.reduce((sum, p, i) => sum + p * weight(i, j), 0));
  let [observed, chance] = [0, 0];
  table.forEach((row, i) => {
    row.forEach((count, j) => {
      observed += (count / total) * weight(i, j);
      chance += rows[i]! * columns[j]! * weight(i, j);
    });
  });
  const kappa = (observed - chance) / (1 - chance);
  let [spread, nullSpread] = [0, 0];
  table.forEach((row, i) => {
    row.forEach((count, j) => {
      const means = meanOfRow[i]! + meanOfColumn[j]!;
      spread += (count / total) * (weight(i, j) - means * (1 - kappa)) ** 2;
      nullSpread += rows[i]! * columns[j]! * (weight(i, j) - means) ** 2;
    });
  });
  const scale = total * (1 - chance) ** 2;
  const standardError = Math.sqrt(Math.max(0, spread - (kappa - chance * (1 - kappa)) ** 2) / scale);
  const z = kappa / Math.sqrt(Math.max(0, nullSpread - chance ** 2) / scale);
  return { ...waldInterval(kappa, standardError, -1, 1), standardError, z, p: twoSidedP(z) };
}

function agreementWeight(weights: KappaWeights, i: number, j: number, classes: number): number {
  if (typeof weights !== 'string') return weights[i]![j]!;
  if (i === j) return 1;
  const distance = Math.abs(i - j) / (classes - 1);
  return weights === 'none' ? 0 : 1 - (weights === 'linear' ? distance : distance ** 2);
}

/**
 * Fleiss' kappa of several readers, not the same ones for each case (Psychol Bull 1971; 76: 378). z takes the standard
 * error under no agreement of Fleiss, Nee and Landis, Psychol Bull 1979; 86: 974; the interval takes Gwet's, which holds
 * with agreement (K. L. Gwet, Br J Math Stat Psychol 2008; 61: 29, for cases drawn from many).
 *
 * @param counts one row a case: how many readers chose each class
 * @throws RangeError unless all cases have the same number of readers, at least two, and there are two cases
 */
export function fleissKappa(counts: readonly (readonly number[])[]): Kappa {
  const cases = counts.length;
  const readers = counts[0]?.reduce((sum, count) => sum + count, 0) ?? 0;
  const uneven = counts.some((row) => row.reduce((sum, count) => sum + count, 0) !== readers);
  if (cases < 2 || readers < 2 || uneven) {
    throw new RangeError("Fleiss' kappa needs two cases or more, each read by the same number of readers");
  }
  const shares = counts[0]!.map((_, k) => counts.reduce((sum, row) => sum + row[k]!, 0) / (cases * readers));
  const chance = shares.reduce((sum, share) => sum + share ** 2, 0);
  const agreements = counts.map(
    (row) => row.reduce((sum, count) => sum + count * (count - 1), 0) / (readers * (readers - 1)),
  );
  const kappa = (agreements.reduce((sum, a) => sum + a, 0) / cases - chance) / (1 - chance);
  const spread = counts.reduce((sum, row, i) => {
    const own = (agreements[i]! - chance) / (1 - chance);
    const ownChance = row.reduce((total, count, k) => total + (shares[k]! * count) / readers, 0);
    const linear = own - (2 * (1 - kappa) * (ownChance - chance)) / (1 - chance);
    return sum + (linear - kappa) ** 2;
  }, 0);
  const standardError = Math.sqrt(spread / (cases * (cases - 1)));
  const mixed = 1 - chance;
  const skew = shares.reduce((sum, p) => sum + p * (1 - p) * (1 - 2 * p), 0);
  const nullVariance = (2 * (mixed ** 2 - skew)) / (mixed ** 2 * cases * readers * (readers - 1));
  const z = kappa / Math.sqrt(nullVariance);
  return { ...waldInterval(kappa, standardError, -1, 1), standardError, z, p: twoSidedP(z) };
}
