/** A comparison as one page that needs nothing else. */
import type { ComparisonReport } from '../../../contract/comparison.ts';
import { comparisonTables } from '../compareWords.ts';
import { percent } from '../evaluateWords.ts';
import { escaped, figure, page, paragraph, section, tableHtml } from './html.ts';
import { forest } from './plot.ts';

export function comparisonPage(report: ComparisonReport): string {
  const { first, second, snapshot, hips, films, patients, leftOut, decisions } = report;
  const [h, f, p] = [hips, films, patients].map((count) => count.toLocaleString('en'));
  const reach = Math.max(
    0.05,
    ...decisions.flatMap(({ difference }) =>
      difference === null ? [] : [Math.abs(difference.low), Math.abs(difference.high)],
    ),
  );
  const [measures, areas, disagreements] = comparisonTables(report).map((table) => tableHtml(table));
  return page(`${first.name} and ${second.name} on ${snapshot.name}`, report.warning, [
    `<dl><dt>First</dt><dd>${escaped(`${first.name}, SHA-256 ${first.hash}`)}</dd><dt>Second</dt><dd>${escaped(`${second.name}, SHA-256 ${second.hash}`)}</dd></dl>`,
    paragraph(`${h!} hips on ${f!} films of ${p!} patients that both have read.`),
    ...(leftOut === 0
      ? []
      : [paragraph(`${leftOut.toLocaleString('en')} films that only one has read were left out.`)]),
    section('verdict', 'Which is better', [paragraph(report.verdict), measures!]),
    section('decisions', 'Decisions', [
      figure(
        forest(
          'Difference in the share of right decisions',
          decisions.map(({ name, difference }) => ({ name, value: difference })),
          percent,
          [-reach, reach],
          0,
        ),
        'Share right of the first less that of the second, with the intervals of draws of patients. Right of the dotted line the first is better.',
      ),
      disagreements!,
    ]),
    section('ranking', 'Ranking', [areas!]),
  ]);
}
