/**
 * Strong randomisation of films, after SyntheX (Gao et al., Nat Mach Intell 2023; the steps and their reaches are
 * those of its published training code, made milder where a step would wipe out a fracture line one pixel wide).
 *
 * Every step works on film greys in 0..1, before what reading does to every film: a film that was stored the wrong
 * way round, blurred or pocked goes through percentiles and even contrast too. Both treat black and white alike, so
 * that an inverted film comes out inverted. In place, the picture being square.
 */
import type { Augmentation, StrongStep } from '../../contract/recipe.ts';
import type { Random } from '../../random/random.ts';
import type { NoiseTable } from './augmentNoise.ts';
import { gaussianBlur } from './augmentBlur.ts';

/** Share of the pictures that are randomised at all, and of these that a step is applied to. */
export const randomisedShare = 0.5;
export const stepShare = 0.5;
/** Steps that take detail away; at most so many of them on one picture. */
const detailSteps: readonly StrongStep[] = [
  'blur',
  'sharpening',
  'multiplicativeNoise',
  'boxDropout',
  'pooling',
  'elastic',
];
export const mostDetailSteps = 2;

const strongSteps: readonly StrongStep[] = [
  'inversion',
  'gammaAndContrast',
  'gaussianNoise',
  'impulseNoise',
  'affine',
  ...detailSteps,
];

/**
 * Which steps a picture gets. A step that is switched off takes nothing from the others: half of the pictures are
 * left alone, the others get each step with the same chance, and of the steps that take detail two at most.
 */
export function drawSteps(random: Random, switches: Augmentation['strong']): ReadonlySet<StrongStep> {
  if (!strongSteps.some((step) => switches[step])) return new Set();
  const randomised = random.chance(randomisedShare);
  const drawn = strongSteps.filter(() => random.chance(stepShare));
  const order = random.shuffled(detailSteps);
  if (!randomised) return new Set();
  const on = drawn.filter((step) => switches[step]);
  const kept = order.filter((step) => on.includes(step)).slice(0, mostDetailSteps);
  return new Set(on.filter((step) => !detailSteps.includes(step) || kept.includes(step)));
}

export type ToneCurve = (grey: number) => number;

/** A curve of greys 0..1 to 0..1: a power, a line about a middle grey that is cut off, or an S. */
export function drawContrast(random: Random): ToneCurve {
  const kind = random.pick(['power', 'line', 'sigmoid'] as const);
  const bend = random.between(-1, 1);
  const middle = random.between(0.4, 0.6);
  const steep = random.between(0, 1);
  if (kind === 'power') {
    const gamma = 2 ** bend;
    return (grey) => grey ** gamma;
  }
  if (kind === 'line') {
    const slope = 1 + 0.4 * steep;
    return (grey) => Math.min(1, Math.max(0, middle + slope * (grey - middle)));
  }
  const gain = 3 + 7 * steep;
  return (grey) => 1 / (1 + Math.exp(gain * (middle - grey)));
}

/** Each value times 1 + deviation · a normal deviate, the deviation up to this. */
export const multiplicativeReach = 0.08;
export function multiplyByNoise(values: Float32Array, random: Random, noise: NoiseTable): void {
  const deviation = random.between(0.02, multiplicativeReach);
  const deviates = noise.read(random, values.length);
  for (let i = 0; i < values.length; i++) values[i]! *= 1 + deviation * deviates[i]!;
}

export const gaussianReach = 0.03;
export function addStrongNoise(values: Float32Array, random: Random, noise: NoiseTable): void {
  noise.add(values, random, random.between(0.005, gaussianReach));
}

/** A share of the pixels up to this becomes black, white, or any grey. */
export const impulseReach = 0.05;
export function addImpulses(values: Float32Array, random: Random): void {
  const count = Math.round(random.between(0.002, impulseReach) * values.length);
  const black = random.chance(0.5);
  for (let n = 0; n < count; n++) {
    const at = random.integer(values.length);
    const grey = random.uniform();
    values[at] = black ? Math.round(grey) : grey;
  }
}

/** In pixels of the network's input. */
export const blurReach = { least: 0.4, most: 1.5 } as const;
export function blurFilm(values: Float32Array, random: Random): void {
  values.set(gaussianBlur(values, random.between(blurReach.least, blurReach.most)));
}

/** Unsharp masking: what a blur of one pixel takes away is added that many times. */
export function sharpen(values: Float32Array, random: Random): void {
  const amount = random.between(0.5, 2);
  const blurred = gaussianBlur(values, 1);
  for (let i = 0; i < values.length; i++) values[i]! += amount * (values[i]! - blurred[i]!);
}

/** Blocks of 2 or 3 pixels become their mean, their least or their greatest value. */
export function pool(values: Float32Array, random: Random): void {
  poolBlocks(values, 2 + random.integer(2), random.pick(['mean', 'mean', 'least', 'greatest'] as const));
}

export type Pooling = 'mean' | 'least' | 'greatest';
export function poolBlocks(values: Float32Array, block: number, kind: Pooling): void {
  const side = Math.sqrt(values.length);
  for (let top = 0; top < side; top += block) {
    const bottom = Math.min(side, top + block);
    for (let left = 0; left < side; left += block) {
      const right = Math.min(side, left + block);
      let sum = 0;
      let least = Infinity;
      let greatest = -Infinity;
      for (let row = top; row < bottom; row++) {
        for (let i = row * side + left; i < row * side + right; i++) {
          const value = values[i]!;
          sum += value;
          least = Math.min(least, value);
          greatest = Math.max(greatest, value);
        }
      }
      const value =
        kind === 'mean' ? sum / ((bottom - top) * (right - left)) : kind === 'least' ? least : greatest;
      for (let row = top; row < bottom; row++) values.fill(value, row * side + left, row * side + right);
    }
  }
}

/** One to this many boxes, their sides between these shares of the picture's, each of one grey. */
export const mostBoxes = 4;
export const boxSides = { least: 0.04, most: 0.16 } as const;
export function dropBoxes(values: Float32Array, random: Random): void {
  const side = Math.sqrt(values.length);
  const boxSide = (): number => Math.round(side * random.between(boxSides.least, boxSides.most));
  for (let boxes = 1 + random.integer(mostBoxes); boxes > 0; boxes--) {
    const [width, height] = [boxSide(), boxSide()];
    const left = random.integer(side - width + 1);
    const top = random.integer(side - height + 1);
    const grey = random.uniform();
    for (let row = top; row < top + height; row++)
      values.fill(grey, row * side + left, row * side + left + width);
  }
}
