/**
 * Can these numbers come from one confusion table? Shares of a known number of cases take few values, so printed
 * digits often leave one table or none (as the GRIM test does for means; Brown and Heathers 2017).
 */
import {
  binaryTables,
  classTables,
  reportedNames,
  type Found,
  type ReportedName,
  type TableMatch,
  type Target,
} from './consistencySearch.ts';

export type { AccuracyReading, ReportedName, TableMatch } from './consistencySearch.ts';

/** Numbers as they were printed, with all their digits: '0.91', '.860' or '92.3 %'. */
export type Reported = Partial<Record<ReportedName, string>>;

export interface ConsistencyResult {
  readonly verdict: 'fits' | 'fits when swapped' | 'cannot be' | 'not all tables searched';
  /** The best table for the numbers as printed; the nearest of those looked at where none fits. */
  readonly asPrinted: TableMatch;
  /** Where nothing fits as printed: two names which, exchanged, make a table fit. */
  readonly swap: { readonly names: readonly [ReportedName, ReportedName]; readonly match: TableMatch } | null;
  /** How many cases the fitting tables (as printed, else as swapped) have right, each number once, rising. */
  readonly right: readonly number[];
  /** How many tables fit (as printed, else as swapped). */
  readonly tables: number;
  /** The same in words. */
  readonly sentence: string;
}

/**
 * Two classes: sensitivity, specificity and predictive values of the one looked for.
 *
 * @throws RangeError when a count is no count, a text no share, or there are too many tables to search
 */
export function checkBinary(positives: number, negatives: number, reported: Reported): ConsistencyResult {
  return check([positives, negatives], reported, (target) => binaryTables(positives, negatives, target));
}

/**
 * Several classes: sensitivity, specificity and predictive values are means over the classes of one against the rest;
 * 'accuracy' is tried as top-1 and as the mean of one-versus-rest accuracies.
 *
 * @param sizes cases of each class
 * @throws RangeError as `checkBinary`
 */
export function checkClasses(sizes: readonly number[], reported: Reported): ConsistencyResult {
  return check(sizes, reported, (target) => classTables(sizes, target));
}

type Search = (target: Target) => Found;

function check(sizes: readonly number[], reported: Reported, search: Search): ConsistencyResult {
  const names = reportedNames.filter((name) => reported[name] !== undefined);
  if (names.length === 0) throw new RangeError('no number to check');
  const target = targetOf(reported);
  const printed = search(target);
  const swap = printed.best.fits ? null : findSwap(names, target, search);
  const { right, tables } = swap?.found ?? printed;
  const verdict = printed.best.fits
    ? 'fits'
    : swap !== null
      ? 'fits when swapped'
      : printed.complete
        ? 'cannot be'
        : 'not all tables searched';
  const result = {
    verdict,
    asPrinted: printed.best,
    swap: swap && { names: swap.names, match: swap.found.best },
    right: [...right].sort((a, b) => a - b),
    tables,
  } as const;
  return { ...result, sentence: inWords(sizes, result) };
}

function targetOf(reported: Reported): Target {
  const target: Record<string, { value: number; unit: number }> = {};
  for (const name of reportedNames) {
    const text = reported[name];
    if (text !== undefined) target[name] = parsePrinted(text);
  }
  return target;
}

/** @returns the share, and the worth of its last digit */
function parsePrinted(text: string): { value: number; unit: number } {
  const parts = /^\s*(\d*)(?:[.·,](\d+))?\s*(%?)\s*$/.exec(text);
  const [, whole = '', decimals = '', percent = ''] = parts ?? [];
  const scale = percent === '' ? 1 : 100;
  const value = Number(`${whole}.${decimals}`) / scale;
  if (parts === null || whole + decimals === '' || value > 1) throw new RangeError(`'${text}' is no share`);
  return { value, unit: 10 ** -decimals.length / scale };
}

function findSwap(
  names: readonly ReportedName[],
  target: Target,
  search: Search,
): { names: [ReportedName, ReportedName]; found: Found } | null {
  for (const [i, first] of names.entries()) {
    for (const second of names.slice(i + 1)) {
      const found = search({ ...target, [first]: target[second]!, [second]: target[first]! });
      if (found.best.fits) return { names: [first, second], found };
    }
  }
  return null;
}

const words: Record<ReportedName, string> = {
  sensitivity: 'sensitivity',
  specificity: 'specificity',
  accuracy: 'accuracy',
  ppv: 'PPV',
  npv: 'NPV',
};

function inWords(sizes: readonly number[], result: Omit<ConsistencyResult, 'sentence'>): string {
  const cases = `${sizes.join(' + ')} cases`;
  const { verdict, asPrinted, swap } = result;
  const several = result.tables > 1 ? `${String(result.tables)} tables fit, one of them` : 'One table fits:';
  if (verdict === 'fits') {
    return `These numbers can come from one table of ${cases}. ${several} ${tableInWords(asPrinted, sizes)}.`;
  }
  const nearest = `the nearest, ${tableInWords(asPrinted, sizes)}, is off by ${asPrinted.deviation.toFixed(3)} in all`;
  if (verdict === 'not all tables searched') {
    return `No table of ${cases} was found that gives these numbers, but there are too many to search them all; of those searched, ${nearest}.`;
  }
  const none = `No table of ${cases} gives these numbers as printed; ${nearest}.`;
  if (swap === null) return none;
  const [first, second] = swap.names.map((name) => words[name]);
  return `${none} With ${first!} and ${second!} exchanged it can be. ${several} ${tableInWords(swap.match, sizes)}.`;
}

function tableInWords({ table, cutOff, accuracy }: TableMatch, sizes: readonly number[]): string {
  const notes =
    cutOff.length === 0 ? [] : [`${cutOff.map((name) => words[name]).join(', ')} cut off, not rounded`];
  if (sizes.length > 2 && accuracy === 'mean one-versus-rest') {
    const right = table.reduce((sum, row, k) => sum + row[k]!, 0);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    notes.push(
      `'accuracy' as the mean of one-versus-rest accuracies; top-1 is ${String(right)} of ${String(all)}, ${((100 * right) / all).toFixed(1)} %`,
    );
  }
  const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  if (sizes.length > 2) return table.map((row) => `[${row.join(' ')}]`).join(' ') + note;
  const [[tp, fn], [fp, tn]] = table as [[number, number], [number, number]];
  return `TP ${String(tp)}, FN ${String(fn)}, TN ${String(tn)}, FP ${String(fp)}${note}`;
}
