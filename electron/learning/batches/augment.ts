/**
 * Variations of a stored picture at training time: the paper's (flips, rotation, contrast jitter, Gaussian noise),
 * shift and scale, so that the classifier bears a localizer that is a little off, and strong randomisation. The
 * same random stream gives the same picture, and a step that is switched off leaves the draws of the others.
 */
import type { Augmentation } from '../../contract/recipe.ts';
import type { Random } from '../../random/random.ts';
import { finishInput } from '../../reading/prepare.ts';
import {
  composed,
  drawDisplacement,
  drawMap,
  drawStrongMap,
  enlarged,
  warp,
  type AffineMap,
} from './augmentMap.ts';
import type { NoiseTable } from './augmentNoise.ts';
import {
  addImpulses,
  addStrongNoise,
  blurFilm,
  drawContrast,
  drawSteps,
  dropBoxes,
  multiplyByNoise,
  pool,
  sharpen,
  type ToneCurve,
} from './strongAugment.ts';

/** A picture as a data set stores it. */
export interface StoredPicture {
  /** side × side grey values in 0..range. */
  readonly pixels: Uint16Array;
  readonly side: number;
  readonly range: number;
  /** Stored pixels to a pixel of the network's input. */
  readonly step: number;
}

export interface Varied {
  /** side × side values in 0..1, as a network sees a film. */
  readonly input: Float32Array;
  /** From the input to the stored picture, in pixels of the input; without the elastic motion. */
  readonly map: AffineMap;
}

/**
 * One variation. Geometry comes first, in one resampling; then what happens to a film's greys; then what reading
 * does to every film. Contrast about the mean comes last, on the network's input, because percentiles would take
 * it away again.
 *
 * @param side of the network's input, in pixels
 * @param steps of strong randomisation, where they are not to be drawn
 */
export function vary(
  { pixels, side: storedSide, range, step }: StoredPicture,
  side: number,
  augmentation: Augmentation,
  random: Random,
  noise: NoiseTable,
  steps = drawSteps(random.stream('steps'), augmentation.strong),
): Varied {
  const base = drawMap(random.stream('map'), augmentation, side);
  const map = steps.has('affine') ? composed(base, drawStrongMap(random.stream('affine'), side)) : base;
  const displacement = steps.has('elastic') ? drawDisplacement(random.stream('elastic'), side) : null;
  const values = warp(pixels, storedSide, enlarged(map, step), side, displacement);

  const greys = random.stream('greys');
  const gamma = Math.exp(greys.between(-augmentation.logGamma, augmentation.logGamma));
  const contrast = 1 + greys.between(-augmentation.contrast, augmentation.contrast);
  const deviation = greys.between(0, augmentation.noise);
  const curves: ToneCurve[] = [];
  if (steps.has('inversion')) curves.push((grey) => 1 - grey);
  if (gamma !== 1) curves.push((grey) => grey ** gamma);
  if (steps.has('gammaAndContrast')) curves.push(drawContrast(random.stream('contrast')));
  bendGreys(values, range, curves);

  if (steps.has('multiplicativeNoise')) multiplyByNoise(values, random.stream('multiplicative'), noise);
  if (steps.has('blur')) blurFilm(values, random.stream('blur'));
  if (steps.has('sharpening')) sharpen(values, random.stream('sharpening'));
  if (steps.has('pooling')) pool(values, random.stream('pooling'));
  if (deviation > 0) noise.add(values, greys, deviation);
  if (steps.has('gaussianNoise')) addStrongNoise(values, random.stream('gaussian'), noise);
  if (steps.has('impulseNoise')) addImpulses(values, random.stream('impulse'));
  if (steps.has('boxDropout')) dropBoxes(values, random.stream('boxes'));

  const input = finishInput(values);
  if (contrast !== 1) stretchAboutMean(input, contrast);
  return { input, map };
}

const curveIntervals = 1024;

/** Values in 0..range to 0..1 and along the curves, one after the other, as a table of them read linearly. In place. */
function bendGreys(values: Float32Array, range: number, curves: readonly ToneCurve[]): void {
  if (curves.length === 0) {
    for (let i = 0; i < values.length; i++) values[i]! /= range;
    return;
  }
  const table = Float32Array.from({ length: curveIntervals + 2 }, (_, i) =>
    curves.reduce((grey, curve) => curve(grey), Math.min(1, i / curveIntervals)),
  );
  const scale = curveIntervals / range;
  for (let i = 0; i < values.length; i++) {
    const at = values[i]! * scale;
    const k = at | 0;
    values[i] = table[k]! + (table[k + 1]! - table[k]!) * (at - k);
  }
}

/** mean + factor · (value − mean), cut to 0..1. In place. */
export function stretchAboutMean(values: Float32Array, factor: number): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const offset = (1 - factor) * (sum / values.length);
  for (let i = 0; i < values.length; i++) {
    const value = offset + factor * values[i]!;
    values[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}
