import { sharesOf, type BinaryShares } from './threshold.ts';

/** Counts of (truth, answer): rows are truths, columns answers. */
export type Confusion = readonly (readonly number[])[];

/** @throws RangeError when a class index is not an integer in [0, classes) */
export function confusion(
  pairs: readonly { readonly truth: number; readonly answer: number }[],
  classes: number,
): Confusion {
  const table = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { truth, answer } of pairs) {
    const row = table[truth];
    if (row?.[answer] === undefined) {
      throw new RangeError(`(${String(truth)}, ${String(answer)}) is not among ${String(classes)} classes`);
    }
    row[answer] += 1;
  }
  return table;
}

/** Share of cases whose answer is the truth. NaN of nothing. */
export function topOne(table: Confusion): number {
  const right = table.reduce((sum, row, i) => sum + row[i]!, 0);
  return right / table.flat().reduce((sum, count) => sum + count, 0);
}

/** Of each class the share that was answered so; NaN for a class without cases. */
export function recalls(table: Confusion): number[] {
  return table.map((row, i) => row[i]! / row.reduce((sum, count) => sum + count, 0));
}

/** Mean of the recalls of the classes that have cases. */
export function balancedAccuracy(table: Confusion): number {
  const present = recalls(table).filter((recall) => !Number.isNaN(recall));
  return present.reduce((sum, recall) => sum + recall, 0) / present.length;
}

/**
 * Mean over the classes of the accuracy of 'this class or another': the number that the paper prints as its
 * three-class accuracy. It is larger than top-1 wherever there is an error.
 */
export function meanOneVersusRestAccuracy(table: Confusion): number {
  const total = table.flat().reduce((sum, count) => sum + count, 0);
  const wrong = total * (1 - topOne(table));
  return 1 - (2 * wrong) / (total * table.length);
}

/** Each class against all others, with Wilson's intervals: its sensitivity is its recall, its PPV its precision. */
export function oneVersusRest(table: Confusion): BinaryShares[] {
  const total = table.flat().reduce((sum, count) => sum + count, 0);
  return table.map((row, k) => {
    const truePositives = row[k]!;
    const falseNegatives = row.reduce((sum, count) => sum + count, 0) - truePositives;
    const falsePositives = table.reduce((sum, other) => sum + other[k]!, 0) - truePositives;
    const trueNegatives = total - truePositives - falseNegatives - falsePositives;
    return sharesOf({ truePositives, falseNegatives, trueNegatives, falsePositives });
  });
}

/** Means over the classes of the one-versus-rest shares; a class without cases for a share is left out of its mean. */
export interface MacroShares {
  /** The same as balanced accuracy. */
  readonly sensitivity: number;
  readonly specificity: number;
  readonly ppv: number;
  readonly npv: number;
  /** The same as `meanOneVersusRestAccuracy`. */
  readonly accuracy: number;
}

export function macroShares(table: Confusion): MacroShares {
  const classes = oneVersusRest(table);
  const over = (of: keyof MacroShares): number => {
    const present = classes.flatMap((shares) => shares[of]?.estimate ?? []);
    return present.reduce((sum, share) => sum + share, 0) / present.length;
  };
  return {
    sensitivity: over('sensitivity'),
    specificity: over('specificity'),
    ppv: over('ppv'),
    npv: over('npv'),
    accuracy: over('accuracy'),
  };
}
