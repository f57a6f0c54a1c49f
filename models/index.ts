/**
 * The models' public face. What a reader of films calls:
 *
 *   const models = await loadModels((name) => readFile(join(directory, name)));
 *   const input = localizerInput(image);                              // electron/reading/prepare.ts
 *   const hips = await models.localizer.locate(input.data);           // boxes in input pixels, side, score
 *   const crop = classifierInput(image, input.toImage(hip.box));
 *   const [p] = await models.classifier.classify([crop]);             // [none, I-II, III-IV]
 *   const evidence = await models.classifier.fineEvidence(crop, 2);   // for Grad-CAM, on every backend
 *
 * On an AP film a hip whose medial side is to the picture's right is the patient's right hip.
 */
export type { ClassifierOutput } from './architecture.ts';
export * from './classifier.ts';
export * from './hipMap.ts';
export * from './kernels.ts';
export * from './layers.ts';
export * from './load.ts';
export * from './localizer.ts';
export { defaultClassifierConfig, type MutasaConfig } from './mutasa.ts';
export * from './scope.ts';
export * from './training.ts';
export * from './transfer.ts';
export * from './weights.ts';
