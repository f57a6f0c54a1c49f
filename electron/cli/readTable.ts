import type { ReadFile } from '../contract/cli.ts';
import { pointsInWords, reasonsInWords, shownProbabilities } from '../contract/certaintyWords.ts';
import type { HipFinding } from '../contract/finding.ts';
import type { Column, Row } from './table.ts';
import { formatTable } from './table.ts';
import { badgesOf, groupInWords, percent, sideInWords } from './words.ts';

/** A further cell for each hip of a file, such as what a simulated film really shows. */
export interface ExtraColumn {
  readonly title: string;
  cell(fileIndex: number, hip: HipFinding | null): string;
}

const columns: readonly Column[] = [
  { title: 'File' },
  { title: 'Hip' },
  { title: 'Answer' },
  { title: 'Probability', align: 'right' },
];

/** The findings as a table: a row a hip, the reasons for doubt under the film. */
export function formatReads(files: readonly ReadFile[], width: number, extra?: ExtraColumn): string {
  const rows = files.flatMap((file, index) => rowsOf(file, index, extra));
  const headed = extra ? [...columns, { title: extra.title }] : columns;
  return formatTable([...headed, { title: 'Marks' }], rows, width);
}

function rowsOf(file: ReadFile, index: number, extra: ExtraColumn | undefined): Row[] {
  const { finding } = file;
  const marks = finding ? badgesOf(finding).join(', ') : '';
  const below =
    file.sentence !== null
      ? [file.sentence]
      : (finding?.warnings.filter((warning) => warning.weight !== 'note') ?? []).map(
          (warning) => warning.sentence,
        );
  const cells = (hip: HipFinding | null, first: boolean): string[] => [
    first ? file.file : '',
    hip ? hip.laterality : '',
    hip ? answerCell(hip) : withoutHip[file.state],
    hip ? percent(shownProbabilities(hip)[hip.gradeGroup]) : '',
    ...(extra ? [extra.cell(index, hip)] : []),
    first ? marks : '',
  ];
  const hips = finding?.hips ?? [];
  if (hips.length === 0) return [{ cells: cells(null, true), below }];
  return hips.map((hip, n) => ({
    cells: cells(hip, n === 0),
    below: [...certaintyLines(hip), ...(n === hips.length - 1 ? below : [])],
  }));
}

/** Why a hip is left to a human, and where a fracture is called, for whoever has to decide. */
const certaintyLines = (hip: HipFinding): string[] =>
  hip.needsHuman.length === 0
    ? []
    : [
        `${sideInWords[hip.laterality]}: ${reasonsInWords(hip).join(' ')}${hip.certainty === null ? '' : ` ${pointsInWords(hip.certainty)}`}`,
      ];

const answerCell = (hip: HipFinding): string =>
  hip.needsHuman.length > 0 ? `Needs a human: ${groupInWords[hip.gradeGroup]}` : groupInWords[hip.gradeGroup];

const withoutHip: Record<ReadFile['state'], string> = {
  answered: 'No hip found',
  doubtful: 'No hip found',
  refused: 'No answer',
  unusable: 'Cannot be used',
  failed: 'Not read',
  withheld: 'Kept back',
};
