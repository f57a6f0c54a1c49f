/** Pieces of a page that is one file: no script, nothing from elsewhere. */
import type { ReportTable } from '../evaluateTables.ts';
import { styles } from './styles.ts';

/** Text made safe inside elements and quoted attributes. */
export function escaped(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (letter) => names[letter]!);
}

export const paragraph = (text: string, of = ''): string =>
  `<p${of === '' ? '' : ` class="${of}"`}>${escaped(text)}</p>`;

/** A section under a heading; `id` is where a link leads. */
export const section = (id: string, title: string, parts: readonly string[]): string =>
  `<section id="${id}"><h2>${escaped(title)}</h2>${parts.join('\n')}</section>`;

/** The value and, below it, its interval and n. */
function cell(value: string): string {
  const parts = /^(.*?) (\(.*;) (.*\))(.*)$/.exec(value);
  if (parts === null) return `<td>${escaped(value)}</td>`;
  const [, estimate, interval, n, mark] = parts;
  const flag = mark === '' ? '' : ` <strong class="flag">${escaped(mark!.trim())}</strong>`;
  return `<td><b>${escaped(estimate!)}</b>${flag} <span class="counted"><span>${escaped(interval!)}</span> <span>${escaped(n!)}</span></span></td>`;
}

/** @param withTitle false where the section's heading says it already */
export function tableHtml({ title, notes, columns, rows }: ReportTable, withTitle = true): string {
  const [first, ...others] = columns;
  const head = [first, ...others].map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = rows
    .map(([name, ...values]) => `<tr><th scope="row">${escaped(name)}</th>${values.map(cell).join('')}</tr>`)
    .join('\n');
  const caption = withTitle ? `<h3>${escaped(title)}</h3>` : '';
  return `${caption}${notes.map((note) => paragraph(note, 'note')).join('')}
<div class="wide"><table class="${widthOf(columns.length)}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** One value stands beside its interval, many above it. */
function widthOf(columns: number): string {
  if (columns <= 2) return 'pairs';
  return columns > 6 ? 'dense' : '';
}

/** A picture with what it says in words below; `table` stands a click away. */
export function figure(picture: string, caption: string, table = ''): string {
  const numbers = table === '' ? '' : `<details><summary>As a table</summary>${table}</details>`;
  return `<figure>${picture}<figcaption>${caption}</figcaption>${numbers}</figure>`;
}

/** @param body sections, as they come */
export function page(title: string, warning: string | null, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escaped(title)}</title>
<style>${styles}</style>
</head>
<body>
${warning === null ? '' : `<p class="warning" role="note"><b>Simulated.</b> ${escaped(warning)}</p>`}
<main>
<h1>${escaped(title)}</h1>
${body.join('\n')}
</main>
</body>
</html>
`;
}
