import type { Finding, QualityWarning } from '../contract/finding.ts';
import type { Box, GreyImage } from '../contract/image.ts';
import type { FilmTags } from '../contract/reading.ts';
import { pixelWarnings } from './pixelRules.ts';
import { tagWarnings } from './tagRules.ts';

/** Everything that can be said against a film before a network has seen it. */
export function filmWarnings(image: GreyImage, tags: FilmTags): QualityWarning[] {
  return [...tagWarnings(tags), ...pixelWarnings(image)];
}

export const isRefused = (warnings: readonly QualityWarning[]): boolean =>
  warnings.some((warning) => warning.weight === 'refuse');

/** The outcome that follows from the warnings: the gravest decides. */
export function outcomeOf(warnings: readonly QualityWarning[]): Finding['outcome'] {
  if (isRefused(warnings)) return 'refused';
  return warnings.some((warning) => warning.weight === 'doubt') ? 'doubtful' : 'answered';
}

export const noHipFound: QualityWarning = {
  kind: 'no-hip-found',
  weight: 'refuse',
  sentence:
    'No hip was found on this film, so nothing was graded. If there is one, draw its box and grade it yourself.',
};

export const hipOnlyWhenInverted: QualityWarning = {
  kind: 'inverted',
  weight: 'refuse',
  sentence:
    'No hip was found as this film is stored, but one appears with black and white exchanged. The file probably states the wrong polarity: invert the film and grade it yourself.',
};

export const faintHip: QualityWarning = {
  kind: 'no-hip-found',
  weight: 'doubt',
  sentence:
    'The hip on this film was found only weakly. Check that the box lies on a hip before you use the answer.',
};

/** A doubt when a film that is tagged as a pelvis gave one hip only: the other went ungraded. */
export function missedHipWarning(hips: number, tags: FilmTags): QualityWarning | null {
  if (hips !== 1 || !/PELVI/i.test(tags.bodyPart ?? '')) return null;
  return {
    kind: 'no-hip-found',
    weight: 'doubt',
    sentence:
      'This film is tagged as a pelvis, but only one hip was found on it. The other was not graded: look at it yourself.',
  };
}

/** A localizer that never saw beyond an edge ends a cut hip's box at the edge; this share of the box is 'at'. */
const edgeShare = 0.01;

/** A doubt when a hip's box meets the film's edge or leaves the film; null when all of it is well on the film. */
export function cutOffWarning(boxes: readonly Box[], image: GreyImage): QualityWarning | null {
  const cut = boxes.some(({ x, y, width, height }) => {
    const across = edgeShare * width;
    const down = edgeShare * height;
    return x < across || y < down || x + width > image.columns - across || y + height > image.rows - down;
  });
  return cut
    ? {
        kind: 'hip-cut-off',
        weight: 'doubt',
        sentence:
          'A hip reaches the edge of this film, so part of it may not be on it. A fracture can lie outside the film.',
      }
    : null;
}
