/** Agreement of readers as a person reads it in a terminal. */
import type { AgreementReport, AgreementScale, Coefficient } from '../contract/agreement.ts';
import { terminalWidth } from './output.ts';
import { paragraph } from './reportText.ts';
import { formatTable } from './table.ts';

/** With fewer patients, drawing them again shows too little of what chance could do. */
const fewPatients = 20;

export function agreementInText(report: AgreementReport): string {
  const { sentence, study, readers, patients } = report;
  if (readers.length === 0) return paragraph(sentence);
  const what =
    study === 'simulated study'
      ? ['Simulated films: this says how readers agree on simulations, not on patients.']
      : [];
  const parts = [[...what, sentence].join(' '), ...hiddenOrNot(report)].map(paragraph);
  if (patients < 2) return [...parts, readersInText(report)].join('\n\n');
  return [
    ...parts,
    readersInText(report),
    scalesInText(report),
    pairsInText(report),
    ...notesOn(report).map(paragraph),
  ].join('\n\n');
}

function hiddenOrNot({ blinded, readers }: AgreementReport): string[] {
  if (blinded) return ["Only reads made while the machine's answer was hidden are counted."];
  const films = readers.reduce((sum, reader) => sum + reader.films, 0);
  const hidden = readers.reduce((sum, reader) => sum + reader.blindedFilms, 0);
  if (hidden === films) return [];
  return [
    `${films - hidden} of the ${films} reads were made without blinding. Readers who saw the same answer of the machine agree for that reason too; --blinded counts the others alone.`,
  ];
}

function readersInText({ readers }: AgreementReport): string {
  return formatTable(
    [
      { title: 'Reader' },
      { title: 'Films', align: 'right' },
      { title: 'Blinded', align: 'right' },
      { title: 'Hips graded', align: 'right' },
      { title: 'Could not grade', align: 'right' },
    ],
    readers.map(({ name, films, blindedFilms, hips, cannotGrade }) => ({
      cells: [name, ...[films, blindedFilms, hips, cannotGrade].map(String)],
    })),
    terminalWidth(),
  );
}

const scaleInWords: Record<AgreementScale, string> = {
  grades: 'none, I, II, III, IV',
  groups: 'none, I–II, III–IV',
  garden: 'I, II, III, IV of fractures',
  displacement: 'I–II, III–IV of fractures',
};

function scalesInText({ scales, literature }: AgreementReport): string {
  return formatTable(
    [
      { title: 'All readers' },
      { title: 'Hips', align: 'right' },
      { title: "Fleiss' kappa" },
      { title: 'Alpha, nominal' },
      { title: 'Alpha, ordinal' },
    ],
    scales.map(({ scale, hips, fleissKappa, alphaNominal, alphaOrdinal }) => ({
      cells: [scaleInWords[scale], String(hips), ...[fleissKappa, alphaNominal, alphaOrdinal].map(inCell)],
      below: literature.flatMap(({ source, readers, fractures, ...kappas }) =>
        scale === 'garden' || scale === 'displacement'
          ? [`${source}, ${readers} readers, ${fractures} fractures: kappa ${kappas[scale].toFixed(2)}`]
          : [],
      ),
    })),
    terminalWidth(),
  );
}

function pairsInText({ pairs }: AgreementReport): string {
  return formatTable(
    [
      { title: 'Two readers' },
      { title: 'Hips', align: 'right' },
      { title: "Cohen's kappa, grades" },
      { title: 'Weighted, grades' },
      { title: 'Three groups' },
    ],
    pairs.map(({ readers, hips, grades, gradesLinear, groups }) => ({
      cells: [readers.join(' and '), String(hips), ...[grades, gradesLinear, groups].map(inCell)],
    })),
    terminalWidth(),
  );
}

function inCell(value: Coefficient): string {
  if (value === null) return '–';
  const [estimate, low, high] = [value.estimate, value.low, value.high].map((number) => number.toFixed(2));
  return `${estimate!} (${low!} to ${high!})`;
}

function notesOn({ scales, pairs, patients, unclearHips }: AgreementReport): string[] {
  const values = [
    ...scales.flatMap(({ fleissKappa, alphaNominal, alphaOrdinal }) => [
      fleissKappa,
      alphaNominal,
      alphaOrdinal,
    ]),
    ...pairs.flatMap(({ grades, gradesLinear, groups }) => [grades, gradesLinear, groups]),
  ];
  const fractures = scales.find(({ scale }) => scale === 'garden')!;
  return [
    `0 is what chance gives, 1 is full agreement. 'Of fractures' leaves out the hips that anyone read as unbroken (${fractures.hips} are left), as in the literature, whose readers knew that the neck was broken. Weighted: a neighbouring grade counts three quarters. Intervals are of 95 %, by drawing whole patients.`,
    ...(values.includes(null)
      ? [
          "–: not to be told, because nothing could disagree, there is one patient only, or, for Fleiss' kappa, not everyone graded all of these hips. Alpha takes such gaps.",
        ]
      : []),
    ...(patients < fewPatients
      ? [`${patients} patients are few: the intervals are rougher than they look.`]
      : []),
    ...(values.some((value) => value !== null && value.low === value.high)
      ? [
          'An interval without width says that no disagreement was seen among these hips, not that there is none.',
        ]
      : []),
    ...(unclearHips === 0
      ? []
      : [
          `${unclearHips} marked ${unclearHips === 1 ? 'hip was' : 'hips were'} left out, because the read does not say which of the patient's hips is meant.`,
        ]),
  ];
}
