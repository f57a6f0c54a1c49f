/** Data sets as a person reads them in a terminal. */
import type { DatasetShowOutput } from '../contract/cli.ts';
import { splits, type CountsBySplit, type DatasetRow, type FreezeResult } from '../contract/snapshot.ts';
import { terminalWidth } from './output.ts';
import { paragraph } from './reportText.ts';
import { formatTable, type Row } from './table.ts';

export const inPatients = (counts: CountsBySplit): string =>
  splits.map((split) => `${counts[split].patients} to ${split}`).join(', ');

export function listInText(rows: readonly DatasetRow[]): string {
  return formatTable(
    [
      { title: 'Hash' },
      { title: 'Name' },
      { title: 'Films are' },
      { title: 'Learn', align: 'right' },
      { title: 'Tune', align: 'right' },
      { title: 'Test', align: 'right' },
      { title: 'Frozen' },
    ],
    rows.map(({ hash, name, study, counts, frozenAt, folder }) => ({
      cells: [
        hash.slice(0, 12),
        name,
        study === 'real films' ? 'real' : 'simulated',
        ...splits.map((split) => String(counts[split].patients)),
        new Date(frozenAt).toLocaleString(),
      ],
      below: [folder],
    })),
    terminalWidth(),
  );
}

export function frozenInText({ dataset, leftOut }: FreezeResult): string {
  const { name, hash, folder, counts } = dataset;
  const lines = [
    `'${name}' is frozen: patients ${inPatients(counts)}. Hash ${hash.slice(0, 12)}, in ${folder}.`,
    ...(leftOut.length === 0 ? [] : [`Left out (${leftOut.length}):`]),
    ...leftOut.map(({ fileName, reason }) => `${fileName}: ${reason}`),
  ];
  return lines.map(paragraph).join('\n');
}

export function shownInText(shown: DatasetShowOutput): string {
  const { name, study, folder, hash, software, frozenAt, command, counts, leaks } = shown;
  const about = [
    `'${name}', ${study === 'simulated study' ? 'a simulated study: no figure of it speaks of patients' : 'real films'}.`,
    `In ${folder}, frozen by Calcar ${software} on ${new Date(frozenAt).toLocaleString()}. Hash ${hash}.`,
    command === null ? 'Labelled by people.' : `Made again by: ${command}`,
  ];
  return [
    about.map(paragraph).join('\n'),
    countsInText(counts, shown),
    ...(leaks.length === 0
      ? ['Nothing of a patient is in two splits.']
      : ['Leaks, for which no training takes this data set:', ...leaks].map(paragraph)),
  ].join('\n\n');
}

function countsInText(counts: CountsBySplit, shown: DatasetShowOutput): string {
  const row = (what: string, of: (split: (typeof splits)[number]) => number): Row => ({
    cells: [what, ...splits.map((split) => String(of(split)))],
  });
  const tallied = (what: string, tally: DatasetShowOutput['classes']): Row[] =>
    Object.entries(tally).map(([name, each]) => row(`${what} ${name}`, (split) => each[split]));
  return formatTable(
    [
      { title: '' },
      { title: 'Learn', align: 'right' },
      { title: 'Tune', align: 'right' },
      { title: 'Test', align: 'right' },
    ],
    [
      row('Patients', (split) => counts[split].patients),
      ...tallied('  sex', shown.sexes),
      row('Films', (split) => counts[split].films),
      ...tallied('  source', shown.sources),
      ...tallied('  look', shown.looks),
      ...tallied('  device', shown.devices),
      ...tallied('  site', shown.sites),
      row('Hips', (split) => Object.values(counts[split].hips).reduce((sum, hips) => sum + hips, 0)),
      ...tallied('  class', shown.classes),
      ...(['I', 'II', 'III', 'IV'] as const).map((grade) =>
        row(`  Garden ${grade}`, (split) => counts[split].hips[grade]),
      ),
      ...tallied('  label', shown.labels),
    ],
    terminalWidth(),
  );
}
