/** The tables of given class sizes, and which of them answers printed shares best. */
import type { Confusion } from './confusion.ts';

export const reportedNames = ['sensitivity', 'specificity', 'accuracy', 'ppv', 'npv'] as const;
export type ReportedName = (typeof reportedNames)[number];

export type AccuracyReading = 'top-1' | 'mean one-versus-rest';

/** A table, and how it answers the printed numbers. */
export interface TableMatch {
  /** Rows are truths, columns answers; of two classes the first is the one looked for. */
  readonly table: Confusion;
  /** Every number is the table's, rounded or cut off at its last digit. */
  readonly fits: boolean;
  /** Sum of the distances of the printed numbers from the table's. */
  readonly deviation: number;
  /** Numbers that fit only as cut off, not as rounded. */
  readonly cutOff: readonly ReportedName[];
  /** What 'accuracy' is taken for; with two classes both are one. */
  readonly accuracy: AccuracyReading;
}

/** Printed shares with the worth of their last digit. */
export type Target = Readonly<
  Partial<Record<ReportedName, { readonly value: number; readonly unit: number }>>
>;

/** Shares of one table. */
type Shares = Readonly<Partial<Record<ReportedName, number>>>;

/** Room for shares that lie on the edge between two printed numbers, where rounding goes either way. */
const slack = 1e-9;

/** Tables that may fit which are looked at before a search is given up as incomplete. */
const mostTables = 2_000_000;
/** Tables that cannot fit which are looked at for the nearest. */
const mostNearest = 200_000;
/** Table outlines (right answers of each class) that are held and sorted. */
const mostOutlines = 5_000_000;

/** What is kept of the tables seen: those that fit, else the nearest. */
class Best {
  best: TableMatch | null = null;
  readonly right = new Set<number>();
  tables = 0;
  private readonly targets: ReturnType<typeof entries>;

  constructor(target: Target) {
    this.targets = entries(target);
  }

  offer(shares: Shares, accuracy: AccuracyReading, table: () => number[][]): void {
    let deviation = 0;
    let fits = true;
    const cutOff: ReportedName[] = [];
    for (const [name, { value, unit }] of this.targets) {
      const gap = (shares[name] ?? NaN) - value;
      if (Number.isNaN(gap)) return;
      deviation += Math.abs(gap);
      const rounded = Math.abs(gap) <= unit / 2 + slack;
      if (!rounded && gap >= 0 && gap < unit - slack) cutOff.push(name);
      else if (!rounded) fits = false;
    }
    if (fits) {
      const cells = table();
      this.tables++;
      this.right.add(cells.reduce((sum, row, k) => sum + row[k]!, 0));
      if (this.better(true, cutOff.length, deviation)) {
        this.best = { table: cells, fits, deviation, cutOff, accuracy };
      }
    } else if (this.better(false, 0, deviation)) {
      this.best = { table: table(), fits, deviation, cutOff: [], accuracy };
    }
  }

  private better(fits: boolean, cutOff: number, deviation: number): boolean {
    const { best } = this;
    if (best === null) return true;
    if (fits !== best.fits) return fits;
    if (cutOff !== best.cutOff.length) return cutOff < best.cutOff.length;
    return deviation < best.deviation;
  }
}

export interface Found {
  readonly best: TableMatch;
  /** How many cases the fitting tables have right. */
  readonly right: ReadonlySet<number>;
  /** How many tables fit. */
  readonly tables: number;
  /** Every table that may fit was looked at. */
  readonly complete: boolean;
}

/** Every table of two classes. */
export function binaryTables(positives: number, negatives: number, target: Target): Found {
  checkSizes([positives, negatives]);
  const found = new Best(target);
  const all = positives + negatives;
  for (let tp = 0; tp <= positives; tp++) {
    for (let tn = 0; tn <= negatives; tn++) {
      const [fn, fp] = [positives - tp, negatives - tn];
      const shares = {
        sensitivity: tp / positives,
        specificity: tn / negatives,
        accuracy: (tp + tn) / all,
        ppv: tp / (tp + fp),
        npv: tn / (tn + fn),
      };
      found.offer(shares, 'top-1', () => [
        [tp, fn],
        [fp, tn],
      ]);
    }
  }
  return finished(found, true);
}

/**
 * Tables of several classes under both readings of accuracy. How many of each class are right, the outline, fixes
 * accuracy and mean sensitivity, so outlines that cannot fit are passed over; where no table fits, the outlines are
 * taken from the nearest until none left can be nearer (branch and bound), or enough were.
 */
export function classTables(sizes: readonly number[], target: Target): Found {
  checkSizes(sizes);
  const found = new Best(target);
  const readings: AccuracyReading[] = target.accuracy ? ['top-1', 'mean one-versus-rest'] : ['top-1'];
  const outlines = readings.flatMap((reading) => outlinesOf(sizes, target, reading));
  outlines.sort((a, b) => (a.fits === b.fits ? a.deviation - b.deviation : a.fits ? -1 : 1));
  let [fitting, nearest] = [mostTables, mostNearest];
  for (const { right, fits, deviation, reading } of outlines) {
    const { best } = found;
    if (!fits && best !== null && (best.fits || deviation >= best.deviation)) break;
    const visitedAll = visitTables(sizes, right, (table) => {
      if ((fits ? --fitting : --nearest) < 0) return false;
      found.offer(sharesOf(table, sizes, reading), reading, () => table.map((row) => [...row]));
      return true;
    });
    if (!visitedAll) return finished(found, !fits);
  }
  return finished(found, true);
}

function finished({ best, right, tables }: Best, complete: boolean): Found {
  if (best === null) throw new RangeError('no table has all of these shares');
  return { best, right, tables, complete };
}

interface Outline {
  readonly right: readonly number[];
  readonly reading: AccuracyReading;
  /** What is fixed by the outline fits. */
  readonly fits: boolean;
  /** Of what is fixed by the outline: no table of it deviates less. */
  readonly deviation: number;
}

function outlinesOf(sizes: readonly number[], target: Target, reading: AccuracyReading): Outline[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const evenSizes = sizes.every((size) => size === sizes[0]);
  let rights: number[][] = [[]];
  for (const size of sizes) {
    rights = rights.flatMap((start) => Array.from({ length: size + 1 }, (_, right) => [...start, right]));
  }
  const targets = entries(target);
  return rights.map((right) => {
    const wrong = all - right.reduce((sum, count) => sum + count, 0);
    const shares: Shares = {
      accuracy: accuracyOf(wrong, all, sizes.length, reading),
      sensitivity: right.reduce((sum, count, k) => sum + count / sizes[k]!, 0) / sizes.length,
      ...(evenSizes && { specificity: 1 - wrong / (sizes.length * (all - sizes[0]!)) }),
    };
    let [fits, deviation] = [true, 0];
    for (const [name, { value, unit }] of targets) {
      const gap = (shares[name] ?? value) - value;
      deviation += Math.abs(gap);
      // As in `offer`: rounded, or cut off.
      if (gap < -unit / 2 - slack || gap >= unit - slack) fits = false;
    }
    return { right, reading, fits, deviation };
  });
}

function accuracyOf(wrong: number, all: number, classes: number, reading: AccuracyReading): number {
  return 1 - (reading === 'top-1' ? wrong / all : (2 * wrong) / (classes * all));
}

/**
 * Visits all tables with these right answers (the same array every time) until `visit` says no.
 *
 * @returns whether all were visited
 */
function visitTables(
  sizes: readonly number[],
  right: readonly number[],
  visit: (table: number[][]) => boolean,
): boolean {
  const classes = sizes.length;
  const table = right.map((count, k) => Array.from({ length: classes }, (_, j) => (j === k ? count : 0)));
  const fill = (row: number, column: number, left: number): boolean => {
    if (row === classes) return visit(table);
    if (column === row) return fill(row, column + 1, left);
    const cells = table[row]!;
    const last = column === (row === classes - 1 ? classes - 2 : classes - 1);
    for (let count = last ? left : 0; count <= left; count++) {
      cells[column] = count;
      const next = row + 1;
      const goOn = last
        ? fill(next, 0, next === classes ? 0 : sizes[next]! - right[next]!)
        : fill(row, column + 1, left - count);
      if (!goOn) return false;
    }
    return true;
  };
  return fill(0, 0, sizes[0]! - right[0]!);
}

function sharesOf(table: readonly number[][], sizes: readonly number[], reading: AccuracyReading): Shares {
  const classes = sizes.length;
  const all = sizes.reduce((sum, size) => sum + size, 0);
  let [right, sensitivity, specificity, ppv, npv] = [0, 0, 0, 0, 0];
  for (let k = 0; k < classes; k++) {
    const hits = table[k]![k]!;
    let answers = 0;
    for (const row of table) answers += row[k]!;
    const truths = sizes[k]!;
    const trueNegatives = all - truths - answers + hits;
    right += hits;
    sensitivity += hits / truths / classes;
    specificity += trueNegatives / (all - truths) / classes;
    // A class that is never answered has no predictive value, and the table none on the mean.
    ppv += hits / answers / classes;
    npv += trueNegatives / (all - answers) / classes;
  }
  return { sensitivity, specificity, ppv, npv, accuracy: accuracyOf(all - right, all, classes, reading) };
}

function checkSizes(sizes: readonly number[]): void {
  const outlines = sizes.reduce((product, size) => product * (size + 1), 1);
  if (sizes.length < 2 || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw new RangeError('two classes or more, each with a whole number of cases');
  }
  if (outlines > mostOutlines) throw new RangeError('too many tables to search');
}

function entries(target: Target): [ReportedName, { readonly value: number; readonly unit: number }][] {
  return Object.entries(target) as [ReportedName, { readonly value: number; readonly unit: number }][];
}
