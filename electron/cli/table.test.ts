import { expect, it } from 'vitest';
import { formatTable, wrap } from './table.ts';

it('aligns its columns, numbers to the right, and wraps the sentences under a row', () => {
  const table = formatTable(
    [{ title: 'File' }, { title: 'Share', align: 'right' }],
    [
      { cells: ['a', '7 %'], below: ['One two three four five six seven.'] },
      { cells: ['Ödön.dcm', '100 %'] },
    ],
    24,
  );
  expect(table).toBe(
    [
      'File      Share',
      '────────  ─────',
      'a           7 %',
      '    One two three four',
      '    five six seven.',
      'Ödön.dcm  100 %',
    ].join('\n'),
  );
});

it('shortens a long name in its middle', () => {
  const name = `${'long'.repeat(20)}.dcm`;
  const cell = formatTable([{ title: 'File' }], [{ cells: [name] }]).split('\n')[2]!;
  expect(cell).toHaveLength(44);
  expect(cell.startsWith('longlong')).toBe(true);
  expect(cell.endsWith('.dcm')).toBe(true);
});

it('leaves a word that is longer than the line whole', () => {
  expect(wrap('a /very/long/path/that/does/not/fit b', 10)).toEqual([
    'a',
    '/very/long/path/that/does/not/fit',
    'b',
  ]);
});
