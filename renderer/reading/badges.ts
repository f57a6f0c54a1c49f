import type { FilmDescription } from '../../electron/contract/film.ts';
import type { Session } from './session.ts';

export interface Badge {
  readonly word: 'SIMULATED' | 'UNCALIBRATED' | 'LOSSY' | 'DOWNSAMPLED' | 'OUTSIDE SCOPE' | 'MIRRORED';
  readonly why: string;
}

/** What a reader has to know of this picture before trusting it, always in this order. */
export function badgesOf(
  film: FilmDescription,
  now: Pick<Session, 'reduction' | 'answer' | 'view'>,
): readonly Badge[] {
  const badges: Badge[] = [];
  if (film.simulated) {
    badges.push({ word: 'SIMULATED', why: 'Computed from a model of the anatomy. No patient was X-rayed.' });
  }
  if (film.spacing.source === 'uncalibrated') {
    badges.push({
      word: 'UNCALIBRATED',
      why: 'The file does not say how large a pixel is. Nothing can be measured in millimetres.',
    });
  }
  if (film.lossy) {
    badges.push({
      word: 'LOSSY',
      why: 'The pixels were compressed with loss before they came here. Fine lines may be missing or false.',
    });
  }
  if (now.reduction > 1) {
    badges.push({
      word: 'DOWNSAMPLED',
      why: `The film is larger than this screen card can hold. Each shown value is the mean of ${String(now.reduction)} × ${String(now.reduction)} of the film's own.`,
    });
  }
  if (now.answer.state === 'here' && now.answer.finding.outcome === 'refused') {
    badges.push({ word: 'OUTSIDE SCOPE', why: 'The machine did not analyse this film; the panel says why.' });
  }
  if (now.view?.mirrored === true) {
    badges.push({
      word: 'MIRRORED',
      why: 'The picture is mirrored on this screen. Burned-in letters read backwards; the large L and R are right.',
    });
  }
  return badges;
}
