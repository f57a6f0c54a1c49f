import { gradeGroups, type GradeGroup, type SaliencyMap } from '../contract/finding.ts';
import type { Box, GreyImage } from '../contract/image.ts';
import type { SaliencyMethod } from '../contract/saliencyTests.ts';
import type { Classifier } from '../../models/index.ts';
import { enlarge, gradCam, saliencySide } from './gradCam.ts';
import { guidedMap } from './guidedMap.ts';
import { classifierField, classifierInput } from './prepare.ts';

/** The evidence for `of` in the square that the classifier sees around `box`, saliencySide × saliencySide values in 0..1. */
export async function saliencyMap(
  classifier: Classifier,
  image: GreyImage,
  box: Box,
  of: GradeGroup,
  method: SaliencyMethod,
): Promise<SaliencyMap> {
  return {
    box: classifierField(box),
    rows: saliencySide,
    columns: saliencySide,
    values: await evidenceIn(classifier, classifierInput(image, box), of, method),
    of,
  };
}

async function evidenceIn(
  classifier: Classifier,
  crop: Float32Array,
  of: GradeGroup,
  method: SaliencyMethod,
): Promise<Float32Array> {
  const group = gradeGroups.indexOf(of);
  if (method === 'guided-backpropagation')
    return guidedMap(await classifier.guidedGradient(crop, group), classifier.config.inputSize, saliencySide);
  const evidence = await classifier.fineEvidence(crop, group);
  return enlarge(gradCam(evidence), evidence.rows, evidence.columns, saliencySide);
}
