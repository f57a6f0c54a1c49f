import type { Finding, GradeGroup, HipFinding, Laterality } from '../contract/finding.ts';

/** The answer of a group as it is said to a person. "Fracture not seen" is never "normal". */
export const groupInWords: Record<GradeGroup, string> = {
  none: 'Fracture not seen',
  'I-II': 'Garden I–II fracture',
  'III-IV': 'Garden III–IV fracture',
};

export const sideInWords: Record<Laterality, string> = {
  left: 'left hip',
  right: 'right hip',
  unknown: 'hip, side unknown',
};

/** "Garden III–IV fracture, left hip" */
export const answerInWords = (hip: HipFinding): string =>
  `${groupInWords[hip.gradeGroup]}, ${sideInWords[hip.laterality]}`;

/** A share in whole percent; never 0 or 100, which would claim certainty. */
export function percent(share: number): string {
  if (share < 0.005) return '<1 %';
  if (share > 0.995) return '>99 %';
  return `${Math.round(share * 100)} %`;
}

/** What marks a film for the eye: its notes, in words. */
export function badgesOf(finding: Finding): string[] {
  const words = { uncalibrated: 'uncalibrated', lossy: 'lossy', simulated: 'simulated' } as const;
  return finding.warnings
    .filter((warning) => warning.weight === 'note')
    .map((warning) => (warning.kind in words ? words[warning.kind as keyof typeof words] : warning.kind));
}
