/** Pictures with what they are, to teach the gate and to try it. */
import type { Box, GreyImage } from '../../contract/image.ts';
import { filmScopes, type FilmScope } from '../../contract/scope.ts';
import type { Random } from '../../random/random.ts';
import { closeUp, corrupted, cropped, inverted, rotated, slightly } from './alter.ts';
import { blankPicture, otherBodyPart } from './drawings.ts';
import type { StrangePicture } from './strangePictures.ts';

/** A film of the right kind, with the boxes of its hips on it, one at least. */
export interface GoodFilm {
  readonly image: GreyImage;
  readonly boxes: readonly Box[];
}

export interface ScopeExample {
  readonly scope: FilmScope;
  readonly image: GreyImage;
}

/** Share of films of the right kind among the pictures to learn from; each way to be wrong has an equal part of the rest. */
const inScopeShare = 0.4;

/** One picture to learn from. */
export function drawExample(
  good: readonly GoodFilm[],
  strange: readonly StrangePicture[],
  random: Random,
): ScopeExample {
  const scope = random.chance(inScopeShare) ? 'in scope' : random.pick(filmScopes.slice(1));
  return { scope, image: pictureOf(scope, random.pick(good), strange, random) };
}

/** A picture that is `scope`: the film altered, a drawing, or one of the strange ones. */
export function pictureOf(
  scope: FilmScope,
  film: GoodFilm,
  strange: readonly StrangePicture[],
  random: Random,
): GreyImage {
  const { image, boxes } = film;
  const side = Math.max(image.rows, image.columns);
  const box = random.pick(boxes);
  const one = (wanted: StrangePicture['scope']): GreyImage =>
    slightly(random.pick(strange.filter((each) => each.scope === wanted)).image, random);
  switch (scope) {
    case 'in scope':
      return slightly(random.chance(0.25) ? closeUp(image, box, random) : image, random);
    case 'inverted':
      return inverted(slightly(image, random));
    case 'rotated':
      return rotated(slightly(image, random), random);
    case 'cropped':
      return cropped(slightly(image, random), box, random);
    case 'corrupt':
      return corrupted(slightly(image, random), random);
    case 'blank':
      return blankPicture(side, random);
    case 'other view':
      return one('other view');
    case 'other body part':
      return random.chance(0.5) ? otherBodyPart(side, random) : one('other body part');
  }
}
