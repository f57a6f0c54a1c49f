/** A column's heading and how its cells stand. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** One row, and the sentences that stand under it. */
export interface Row {
  readonly cells: readonly string[];
  readonly below?: readonly string[];
}

const gap = '  ';
const widest = 44;

/** Rows under aligned headings, for a terminal with a font of one width; sentences are wrapped to `width`. */
export function formatTable(columns: readonly Column[], rows: readonly Row[], width = 100): string {
  const cut = rows.map((row) => ({ ...row, cells: row.cells.map((cell) => shorten(cell, widest)) }));
  const widths = columns.map((column, n) =>
    Math.max(lengthOf(column.title), ...cut.map((row) => lengthOf(row.cells[n] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, n) => {
        const cell = cells[n] ?? '';
        const space = ' '.repeat(Math.max(0, widths[n]! - lengthOf(cell)));
        return column.align === 'right' ? space + cell : cell + space;
      })
      .join(gap)
      .trimEnd();
  const lines = [line(columns.map((column) => column.title)), line(widths.map((n) => '─'.repeat(n)))];
  for (const row of cut) {
    lines.push(line(row.cells));
    for (const sentence of row.below ?? [])
      lines.push(...wrap(sentence, width - 4).map((text) => `    ${text}`));
  }
  return lines.join('\n');
}

const lengthOf = (text: string): number => Array.from(text).length;

/** Keeps the beginning and the end, where file names differ. */
function shorten(text: string, most: number): string {
  const letters = Array.from(text);
  if (letters.length <= most) return text;
  const start = Math.ceil((most - 1) / 2);
  return `${letters.slice(0, start).join('')}…${letters.slice(letters.length - (most - 1 - start)).join('')}`;
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/\s+/)) {
    if (current !== '' && lengthOf(current) + 1 + lengthOf(word) > width) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return current === '' ? lines : [...lines, current];
}
