import { reasonsInWords, shownProbabilities } from '../electron/contract/certaintyWords.ts';
import type { PixelSpacing } from '../electron/contract/film.ts';
import type { Finding, Grade, GradeGroup, HipFinding, Laterality } from '../electron/contract/finding.ts';
import { gradeGroups } from '../electron/contract/finding.ts';
import type { WorklistRow } from '../electron/contract/reads.ts';

export const groupWords: Record<GradeGroup, string> = {
  none: 'Fracture not seen',
  'I-II': 'Garden I–II',
  'III-IV': 'Garden III–IV',
};

export const gradeWords: Record<Grade, string> = {
  none: 'Fracture not seen',
  I: 'Garden I',
  II: 'Garden II',
  III: 'Garden III',
  IV: 'Garden IV',
  'cannot-grade': 'Cannot grade',
};

/** What a grade says of the bone, for tooltips: the four stages of Garden 1961. */
export const gradeMeaning: Record<Grade, string> = {
  none: '',
  I: 'Incomplete or valgus impacted',
  II: 'Complete, not displaced',
  III: 'Complete, partly displaced',
  IV: 'Complete, fully displaced',
  'cannot-grade': 'Film does not allow it',
};

export const confidenceWords = ['Guessing', 'Unsure', 'Fairly sure', 'Sure', 'Certain'] as const;

export function hipWords(side: Laterality): string {
  return side === 'unknown' ? 'hip, side unknown' : `${side} hip`;
}

export function sideWord(side: Laterality): string {
  return { left: 'Left', right: 'Right', unknown: 'Side unknown' }[side];
}

/** The first line of an answer: "Garden III–IV fracture, left hip". */
export function answerLine(hip: Pick<HipFinding, 'gradeGroup' | 'laterality'>): string {
  const what = hip.gradeGroup === 'none' ? groupWords.none : `${groupWords[hip.gradeGroup]} fracture`;
  return `${what}, ${hipWords(hip.laterality)}`;
}

/** A probability in whole percent; never 0 or 100, which would claim certainty. */
export function percent(probability: number): string {
  if (probability < 0.005) return '<1 %';
  if (probability > 0.995) return '>99 %';
  return `${String(Math.round(probability * 100))} %`;
}

/** The most severe hip first; the order within one group is that of the finding. */
export function bySeverity(
  hips: readonly HipFinding[],
): { readonly hip: HipFinding; readonly index: number }[] {
  return hips
    .map((hip, index) => ({ hip, index }))
    .sort((a, b) => gradeGroups.indexOf(b.hip.gradeGroup) - gradeGroups.indexOf(a.hip.gradeGroup));
}

/** A whole finding as one text, for a person who listens. */
export function findingText(finding: Finding): string {
  const warnings = finding.warnings.map((warning) => warning.sentence);
  if (finding.outcome === 'refused') return ['Not analysed.', ...warnings].join(' ');
  const hips = bySeverity(finding.hips).map(({ hip }) => {
    const sure = percent(shownProbabilities(hip)[hip.gradeGroup]);
    const reasons = reasonsInWords(hip);
    const human = reasons.length === 0 ? '' : ` Needs a human. ${reasons.join(' ')}`;
    return `${answerLine(hip)}, ${sure}.${human}`;
  });
  return [...hips, ...warnings, `By ${finding.modelName}.`].join(' ');
}

export function stateWords(row: Pick<WorklistRow, 'state' | 'machine' | 'person'>): string {
  switch (row.state) {
    case 'new':
      return 'New';
    case 'reading':
      return 'Machine is reading';
    case 'answered':
      return row.machine === null ? 'Ready to read' : groupWords[row.machine];
    case 'doubtful':
      return 'Needs a human';
    case 'refused':
      return 'Not analysed';
    case 'failed':
      return 'Failed';
    case 'unusable':
      return 'Not usable';
  }
}

/** Where millimetres come from; never said without it. Follows a length: "50 mm at the detector". */
export function spacingWords(spacing: PixelSpacing): string {
  switch (spacing.source) {
    case 'uncalibrated':
      return 'No scale in the file';
    case 'detector':
      return ' at the detector';
    case 'calibrated':
      return ', calibrated';
    case 'unspecified':
      return ', calibration not stated';
    case 'person':
      return ', calibrated by a reader';
  }
}

/** "Doe^Jane^^Dr" as the file has it → "Doe, Jane". */
export function personName(name: string | null): string {
  if (name === null) return 'No name';
  const [family = '', given = '', middle = ''] = name.split('=')[0]!.split('^');
  const first = [given, middle].filter((part) => part.trim() !== '').join(' ');
  const whole = first === '' ? family : `${family}, ${first}`;
  return whole.trim() === '' ? 'No name' : whole.trim();
}

/** A DICOM date (YYYYMMDD) or an ISO time, by the person's locale; what is neither stays as it is. */
export function dateWords(value: string): string {
  const dicom = /^(\d{4})(\d{2})(\d{2})$/.exec(value);
  const date = dicom === null ? new Date(value) : new Date(`${dicom[1]!}-${dicom[2]!}-${dicom[3]!}T12:00:00`);
  return Number.isNaN(date.getTime()) ? value : date.toLocaleDateString(undefined, { dateStyle: 'medium' });
}

export function momentWords(value: string): string {
  return new Date(value).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

export function bytesWords(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: units[step]!,
    maximumFractionDigits: step > 2 ? 1 : 0,
  }).format(bytes / 1000 ** step);
}
