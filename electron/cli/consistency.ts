import { Command, InvalidArgumentError } from 'commander';
import type { ConsistencyOutput } from '../contract/cli.ts';
import { CalcarError } from '../contract/errors.ts';
import { macroShares, meanOneVersusRestAccuracy, oneVersusRest, topOne } from '../statistics/confusion.ts';
import {
  checkBinary,
  checkClasses,
  type ConsistencyResult,
  type Reported,
  type ReportedName,
  type TableMatch,
} from '../statistics/consistency.ts';
import { exitCodes } from './exitCodes.ts';
import { wholeNumber } from './numbers.ts';
import { print, printJson, terminalWidth } from './output.ts';
import { paragraph } from './reportText.ts';
import { formatTable } from './table.ts';

interface ConsistencyOptions extends Reported {
  readonly positives?: number;
  readonly negatives?: number;
  readonly sizes?: readonly number[];
  readonly json?: boolean;
}

const names = {
  sensitivity: 'sensitivity',
  specificity: 'specificity',
  accuracy: 'accuracy',
  ppv: 'PPV',
  npv: 'NPV',
} as const satisfies Record<ReportedName, string>;
const reportedNames = Object.keys(names) as ReportedName[];

export const consistencyCommand = new Command('consistency')
  .description('whether reported numbers can come from one confusion table')
  .option('--positives <cases>', 'cases that have what was looked for', wholeNumber(1))
  .option('--negatives <cases>', 'cases that do not', wholeNumber(1))
  .option('--sizes <list>', 'instead: cases of each of three classes or more, such as 35,35,35', classSizes)
  .option('--sensitivity <share>', 'as it was printed, such as 0.91 or "92.3 %"; of several classes the mean')
  .option('--specificity <share>', 'the same')
  .option('--accuracy <share>', 'of several classes tried as top-1 and as the mean of one against the rest')
  .option('--ppv <share>', 'positive predictive value')
  .option('--npv <share>', 'negative predictive value')
  .option('--json', 'print the result as JSON (schema consistencyOutput of electron/contract/cli.ts)')
  .addHelpText(
    'after',
    `
Shares of a known number of cases take few values, so printed digits often leave one table or none. Where none is
left, two numbers are tried in each other's place. The code is 0 when the numbers fit as they were printed, else 1.`,
  )
  .action(({ positives, negatives, sizes, json, ...reported }: ConsistencyOptions) => {
    const cases = casesOf(positives, negatives, sizes);
    const output = outputOf(cases, reported, checked(cases, reported));
    if (json === true) printJson(output);
    else print(inText(output));
    process.exitCode = output.verdict === 'fits' ? exitCodes.done : exitCodes.incomplete;
  });

function classSizes(text: string): number[] {
  const sizes = text.split(',').map(wholeNumber(1));
  if (sizes.length < 3)
    throw new InvalidArgumentError('Give three classes or more; two go by --positives and --negatives.');
  return sizes;
}

function casesOf(
  positives: number | undefined,
  negatives: number | undefined,
  sizes: readonly number[] | undefined,
): readonly number[] {
  if (sizes !== undefined && positives === undefined && negatives === undefined) return sizes;
  if (sizes === undefined && positives !== undefined && negatives !== undefined)
    return [positives, negatives];
  throw new CalcarError(
    'invalid-input',
    'Nothing was checked: say how many cases there were, either with --positives and --negatives, or with --sizes.',
  );
}

function checked(cases: readonly number[], reported: Reported): ConsistencyResult {
  try {
    const [first, second] = cases;
    return cases.length === 2 ? checkBinary(first!, second!, reported) : checkClasses(cases, reported);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CalcarError('invalid-input', `Nothing was checked: ${error.message}.`, error);
  }
}

function outputOf(
  cases: readonly number[],
  reported: Reported,
  { asPrinted, swap, right, ...result }: ConsistencyResult,
): ConsistencyOutput {
  return {
    cases: [...cases],
    reported,
    ...result,
    right: [...right],
    asPrinted: matchOf(asPrinted),
    swap: swap && { names: [...swap.names], match: matchOf(swap.match) },
  };
}

function matchOf(match: TableMatch): ConsistencyOutput['asPrinted'] {
  const { table, fits, deviation, cutOff, accuracy } = match;
  const shares = table.length === 2 ? oneVersusRest(table)[0]! : macroShares(table);
  const share = (name: Exclude<ReportedName, 'accuracy'>): number | null => {
    const value = shares[name];
    const number = typeof value === 'number' ? value : value?.estimate;
    return number === undefined || Number.isNaN(number) ? null : number;
  };
  return {
    table: table.map((row) => [...row]),
    fits,
    deviation,
    cutOff: [...cutOff],
    accuracyIs: accuracy,
    shares: {
      sensitivity: share('sensitivity'),
      specificity: share('specificity'),
      accuracy: accuracy === 'top-1' ? topOne(table) : meanOneVersusRestAccuracy(table),
      ppv: share('ppv'),
      npv: share('npv'),
    },
  };
}

const verdicts: Record<ConsistencyOutput['verdict'], string> = {
  fits: 'fits as printed',
  'fits when swapped': 'fits with two numbers exchanged',
  'cannot be': 'cannot be',
  'not all tables searched': 'not decided',
};

function inText(output: ConsistencyOutput): string {
  const { verdict, sentence, asPrinted, swap } = output;
  return [
    `Verdict: ${verdicts[verdict]}`,
    paragraph(sentence),
    sharesInText(output),
    tableInText(asPrinted.fits ? 'The table' : 'Nearest as printed', asPrinted.table),
    ...(swap === null ? [] : [tableInText('Exchanged', swap.match.table)]),
  ].join('\n\n');
}

function sharesInText({ reported, asPrinted, swap }: ConsistencyOutput): string {
  const decimals = (value: number | null): string => (value === null ? '–' : value.toFixed(4));
  return formatTable(
    [
      { title: 'Number' },
      { title: 'Printed', align: 'right' },
      { title: asPrinted.fits ? 'Of the table' : 'Nearest as printed', align: 'right' },
      ...(swap === null ? [] : [{ title: 'Exchanged', align: 'right' } as const]),
    ],
    reportedNames.map((name) => ({
      cells: [
        names[name],
        reported[name] ?? '',
        decimals(asPrinted.shares[name]),
        ...(swap === null ? [] : [decimals(swap.match.shares[name])]),
      ],
    })),
    terminalWidth(),
  );
}

function tableInText(title: string, table: readonly (readonly number[])[]): string {
  const classes = table.length === 2 ? ['positive', 'negative'] : table.map((_, k) => `class ${k + 1}`);
  return formatTable(
    [{ title }, ...classes.map((name) => ({ title: `answered ${name}`, align: 'right' as const }))],
    table.map((row, k) => ({ cells: [`truly ${classes[k]!}`, ...row.map(String)] })),
    terminalWidth(),
  );
}
