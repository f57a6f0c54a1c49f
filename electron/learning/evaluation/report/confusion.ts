import type { EvaluationReport } from '../../../contract/evaluation.ts';
import type { ReportTable } from '../evaluateTables.ts';
import { escaped, paragraph } from './html.ts';

/** The confusion table, darker where more hips of a row are; right answers are framed. */
export function confusionHtml({ classifier: { confusion } }: EvaluationReport, table: ReportTable): string {
  const rows = confusion.map((counts, k) => {
    const all = counts.reduce((sum, count) => sum + count, 0);
    const cells = counts.map((count, i) => {
      const strength = all === 0 ? 0 : Math.round((60 * count) / all);
      return `<td${i === k ? ' class="right"' : ''} style="background:color-mix(in srgb,var(--one) ${strength}%,transparent)">${count.toLocaleString('en')}</td>`;
    });
    return `<tr><th scope="row">${escaped(table.rows[k]![0])}</th>${cells.join('')}<td>${all.toLocaleString('en')}</td></tr>`;
  });
  const head = table.columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  return `<h3>${escaped(table.title)}</h3>${table.notes.map((note) => paragraph(note, 'note')).join('')}
<div class="wide"><table class="confusion"><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
