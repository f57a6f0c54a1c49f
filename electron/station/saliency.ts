import { CalcarError } from '../contract/errors.ts';
import type { SaliencyMap } from '../contract/finding.ts';
import type { SaliencyMethod } from '../contract/saliencyTests.ts';
import { toGreyImage } from '../dicom/display.ts';
import type { Context } from './context.ts';
import { findingOf } from './readFilm.ts';

/**
 * The evidence for the answered class of one hip of the stored finding.
 * @throws CalcarError 'not-found' before an answer, for a hip it does not have, and while it is withheld
 */
export async function saliencyOf(
  context: Context,
  imageHash: string,
  hip: number,
  method: SaliencyMethod,
): Promise<SaliencyMap> {
  const found = await findingOf(context, { imageHash });
  const answered = found?.hips[hip];
  if (!answered)
    throw new CalcarError(
      'not-found',
      "There is no answer of the machine's to explain here: it has not been given, or it is withheld until you commit.",
    );
  const { opened } = await context.opened(imageHash);
  return context.machine.saliency(toGreyImage(opened), answered.box, answered.gradeGroup, method);
}
