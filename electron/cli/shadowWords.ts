/** What a candidate said in the shadow, as a person reads it in a terminal. */
import type { Estimate } from '../contract/evaluation.ts';
import type { ShadowReport } from '../contract/models.ts';
import { terminalWidth } from './output.ts';
import { paragraph } from './reportText.ts';
import { formatTable } from './table.ts';
import { groupInWords, percent, sideInWords } from './words.ts';

const columns = ['None', 'I–II', 'III–IV', 'No answer'] as const;
const shown = 10;

export function shadowInText(report: ShadowReport): string {
  const { candidate, against, isRunning, since, films, of, simulated, hips, failure } = report;
  const state = isRunning ? 'reads in the shadow of' : 'has read in the shadow of';
  const lines = [
    `${candidate.name} (${candidate.hash.slice(0, 12)}) ${state} ${against.name} (${against.hash.slice(0, 12)}) since ${since}: ${String(films)} of ${String(of)} films, ${String(hips)} hips.`,
    ...(simulated === 0
      ? []
      : [
          `${String(simulated)} of these films are simulated, and agreement on them says nothing of patients.`,
        ]),
    ...(failure === null ? [] : [failure]),
  ];
  if (hips === 0) return lines.map(paragraph).join('\n\n');
  return [
    ...lines.map(paragraph),
    paragraph(
      `Same answer: ${shareInWords(report.agreement)}. Cohen’s kappa, with ‘no answer’ as a class: ${inWords(report.kappa, (value) => value.toFixed(2))}.`,
    ),
    tableInText(report),
    paragraph(readersInText(report)),
    ...disagreementsInText(report),
  ].join('\n\n');
}

const shareInWords = (share: Estimate | null): string => inWords(share, percent);

function inWords(value: Estimate | null, write: (number: number) => string): string {
  if (value === null) return 'not told, for there is too little to give an interval';
  const { estimate, low, high, n, of } = value;
  return `${write(estimate)} (95 % interval ${write(low)} to ${write(high)}, ${String(n)} ${of})`;
}

function tableInText({ table }: ShadowReport): string {
  return formatTable(
    [{ title: 'Current ↓  Candidate →' }, ...columns.map((title) => ({ title, align: 'right' as const }))],
    table.map((row, i) => ({ cells: [columns[i]!, ...row.map(String)] })),
    terminalWidth(),
  );
}

function readersInText({ againstReaders }: ShadowReport): string {
  const { hips, sawCurrent, current, candidate } = againstReaders;
  if (hips === 0) return 'No person has graded one of these hips since, so neither is held against readers.';
  const seen =
    sawCurrent === 0
      ? ''
      : ` ${String(sawCurrent)} of these hips were read by someone who had been shown a model’s answer, which favours the current model.`;
  return `As the readers, of ${String(hips)} hips read since: current ${shareInWords(current)}; candidate ${shareInWords(candidate)}.${seen}`;
}

function disagreementsInText({ disagreements }: ShadowReport): string[] {
  if (disagreements.length === 0) return [];
  const rows = disagreements.slice(0, shown).map(({ fileName, laterality, current, candidate }) => ({
    cells: [fileName, sideInWords[laterality], answer(current), answer(candidate)],
  }));
  const more = disagreements.length - rows.length;
  return [
    formatTable(
      [{ title: 'Film' }, { title: 'Side' }, { title: 'Current' }, { title: 'Candidate' }],
      rows,
      terminalWidth(),
    ),
    ...(more > 0 ? [paragraph(`And ${String(more)} more; --json gives them.`)] : []),
  ];
}

const answer = (given: ShadowReport['disagreements'][number]['current']): string =>
  given === null ? 'No answer' : `${groupInWords[given.group]} ${percent(given.probabilities[given.group])}`;
