/** A comparison in words and tables. */
import type { ComparisonReport, MeasureDifference } from '../../contract/comparison.ts';
import type { ReportTable } from './evaluateTables.ts';
import { percent, ratio } from './evaluateWords.ts';

/** Ratios that are areas or overlaps are said to three digits, shares in percent. */
const inWords = (name: string): typeof percent =>
  /AUC|overlap|against/.test(name) ? (value) => ratio(value) : percent;

const differs = ({ difference }: MeasureDifference): boolean =>
  difference !== null && (difference.low > 0 || difference.high < 0);

/** Which is better, or that it cannot be told, and what could have been seen. The first measure decides. */
export function verdictOf(
  first: string,
  second: string,
  measures: readonly [MeasureDifference, ...MeasureDifference[]],
): string {
  const [main, ...others] = measures;
  const also = others
    .filter(differs)
    .map(
      ({ name, difference }) =>
        `${name} (${difference!.estimate > 0 ? 'the first' : 'the second'} is better)`,
    );
  const rest =
    also.length === 0
      ? 'No other measure differs by more than its interval.'
      : `Other measures that differ by more than their intervals: ${also.join(', ')}; several are looked at, so one in twenty is to be expected of chance.`;
  return `${mainVerdict(first, second, main)} ${rest}`;
}

function mainVerdict(
  first: string,
  second: string,
  { name, difference, detectable }: MeasureDifference,
): string {
  if (difference === null || detectable === null)
    return `The two models cannot be compared by ${name.toLowerCase()}: too few hips have a class.`;
  if (difference.low === 0 && difference.high === 0) return 'Both have the same hips right.';
  const gap = percent(difference);
  if (difference.low > 0)
    return `The first (${first}) is better than the second (${second}): its ${name.toLowerCase()}, by which the two are judged, is higher by ${gap}.`;
  if (difference.high < 0)
    return `The second (${second}) is better than the first (${first}): the difference in ${name.toLowerCase()}, by which the two are judged, first less second, is ${gap}.`;
  return `It cannot be told which is better: the difference in ${name.toLowerCase()}, by which the two are judged, first (${first}) less second (${second}), is ${gap}. A true difference would have to be ${(100 * detectable).toFixed(1)} points for a test of this size to show it four times of five.`;
}

/** p as it is printed: never 0. */
const chance = (p: number | null): string =>
  p === null ? 'not defined' : p < 0.001 ? '< 0.001' : p.toFixed(3);

export function comparisonTables({ measures, areas, decisions }: ComparisonReport): ReportTable[] {
  const row = ({ name, first, second, difference }: MeasureDifference): [string, ...string[]] => [
    name,
    ...[first, second, difference].map(inWords(name)),
  ];
  return [
    {
      title: 'Measures',
      notes: [
        'Differences are the first less the second, on the same 2,000 draws of whole patients, so that what both find hard cancels. Sensitivity and specificity are at the threshold that each model got on its own tuning patients.',
      ],
      columns: ['Measure', 'First', 'Second', 'Difference'],
      rows: measures.map(row),
    },
    {
      title: 'Ranking (AUC), hips that both found',
      notes: [
        'Intervals are of draws of patients; p is of DeLong’s paired test, which takes each hip for a patient of its own, and again after Holm for all areas here.',
      ],
      columns: ['Class', 'First', 'Second', 'Difference', 'p', 'p (Holm)'],
      rows: areas.map((area) => [...row(area), chance(area.p), chance(area.holm)]),
    },
    {
      title: 'Who is right where the other is wrong',
      notes: [
        'McNemar’s exact test on hips, and again after Holm for all decisions here. It takes each hip for a patient of its own; the interval of the difference does not.',
      ],
      columns: ['Decision', 'Hips', 'Only the first', 'Only the second', 'Difference', 'p', 'p (Holm)'],
      rows: decisions.map(({ name, hips, onlyFirst, onlySecond, difference, p, holm }) => [
        name,
        ...[hips, onlyFirst, onlySecond].map((count) => count.toLocaleString('en')),
        percent(difference),
        chance(p),
        chance(holm),
      ]),
    },
  ];
}
