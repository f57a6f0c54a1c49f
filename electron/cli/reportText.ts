import type { ReportTable } from '../learning/evaluation/evaluateTables.ts';
import { terminalWidth } from './output.ts';
import { formatTable, wrap } from './table.ts';

/** A report's table for a terminal: values that would not stand beside each other stand below. */
export function tableInText({ title, notes, columns, rows }: ReportTable): string {
  const width = terminalWidth();
  const [heading, ...names] = columns;
  const beside = formatTable(
    columns.map((column) => ({ title: column })),
    rows.map((cells) => ({ cells })),
    width,
  );
  const fits = beside.split('\n').every((line) => Array.from(line).length <= width);
  const text = fits
    ? beside
    : formatTable(
        [{ title: heading }, { title: 'Measure' }, { title: 'Value (95 % interval)' }],
        rows.flatMap(([name, ...values]) =>
          values.map((value, i) => ({ cells: [i === 0 ? name : '', names[i]!, value] })),
        ),
        width,
      );
  return [title.toUpperCase(), ...notes.flatMap((note) => wrap(note, width)), '', text].join('\n');
}

export const paragraph = (text: string): string => wrap(text, terminalWidth()).join('\n');
