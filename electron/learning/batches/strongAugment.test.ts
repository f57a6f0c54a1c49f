import { describe, expect, test } from 'vitest';
import type { StrongStep } from '../../contract/recipe.ts';
import { seeded } from '../../random/random.ts';
import { finishInput } from '../../reading/prepare.ts';
import { vary } from './augment.ts';
import { gaussianBlur } from './augmentBlur.ts';
import { drawDisplacement, drawStrongMap, elasticReach, strongAffine } from './augmentMap.ts';
import { NoiseTable } from './augmentNoise.ts';
import { noAugmentation } from '../training/recipes.ts';
import {
  addImpulses,
  addStrongNoise,
  boxSides,
  drawContrast,
  drawSteps,
  dropBoxes,
  gaussianReach,
  impulseReach,
  mostBoxes,
  mostDetailSteps,
  multiplicativeReach,
  multiplyByNoise,
  poolBlocks,
  randomisedShare,
  sharpen,
  stepShare,
} from './strongAugment.ts';

const noise = new NoiseTable(seeded(1));
const names = Object.keys(noAugmentation.strong) as StrongStep[];
const all = Object.fromEntries(names.map((name) => [name, true])) as Record<StrongStep, boolean>;
const detail: readonly StrongStep[] = [
  'blur',
  'sharpening',
  'multiplicativeNoise',
  'boxDropout',
  'pooling',
  'elastic',
];
const deviation = (values: ArrayLike<number>): number => {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length);
};

describe('which steps a picture gets', () => {
  const draws = 4000;
  const drawn = Array.from({ length: draws }, (_, seed) => drawSteps(seeded(seed), all));
  const share = (step: StrongStep): number => drawn.filter((steps) => steps.has(step)).length / draws;

  test('half of the pictures none, the others each step by chance, two at most that take detail', () => {
    // Four standard deviations of a share of ¼ among 4,000.
    for (const step of names.filter((name) => !detail.includes(name)))
      expect(Math.abs(share(step) - randomisedShare * stepShare)).toBeLessThan(0.028);
    // Of six fair coins k heads, of which two at most are kept: E[min(k, 2)] / 6.
    const kept = [0, 1, 2, 2, 2, 2, 2].reduce(
      (sum, least, k) => sum + (least * [1, 6, 15, 20, 15, 6, 1][k]!) / 64 / 6,
      0,
    );
    for (const step of detail) expect(Math.abs(share(step) - randomisedShare * kept)).toBeLessThan(0.025);
    for (const steps of drawn)
      expect(detail.filter((step) => steps.has(step)).length).toBeLessThanOrEqual(mostDetailSteps);
  });

  test('none that is switched off, and the others as before', () => {
    for (let seed = 0; seed < 200; seed++) {
      expect(drawSteps(seeded(seed), noAugmentation.strong).size).toBe(0);
      const without = drawSteps(seeded(seed), { ...all, inversion: false });
      expect([...without]).toEqual([...drawn[seed]!].filter((step) => step !== 'inversion'));
      const alone = drawSteps(seeded(seed), { ...noAugmentation.strong, affine: true });
      expect(alone.has('affine')).toBe(drawn[seed]!.has('affine'));
    }
  });
});

describe('steps on greys', () => {
  test('an inverted film comes out of percentiles and even contrast inverted', () => {
    const side = 96;
    const pixels = Uint16Array.from({ length: side * side }, (_, i) =>
      Math.round(
        32_768 + 20_000 * Math.sin(i / 7) * Math.cos(Math.floor(i / side) / 5) + 5000 * Math.sin(i / 400),
      ),
    );
    const stored = { pixels, side, range: 65_535, step: 1 };
    const upright = vary(stored, side, noAugmentation, seeded(1), noise, new Set()).input;
    const inverted = vary(stored, side, noAugmentation, seeded(1), noise, new Set(['inversion'])).input;
    const worst = upright.reduce((most, value, i) => Math.max(most, Math.abs(value + inverted[i]! - 1)), 0);
    expect(worst).toBeLessThan(0.01);
  });

  test('curves rise, and lead from 0..1 to 0..1', () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const curve = drawContrast(seeded(seed));
      const values = Array.from({ length: 101 }, (_, i) => curve(i / 100));
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...values)).toBeLessThanOrEqual(1);
      for (let i = 1; i < values.length; i++) expect(values[i]!).toBeGreaterThanOrEqual(values[i - 1]!);
      kinds.add(
        values[50] === 0.5
          ? 'line'
          : values[0] === 0 && values[100] === 1 && values[1]! > 0
            ? 'power'
            : 'other',
      );
    }
    expect(kinds.size).toBeGreaterThan(1);
  });

  test('Gaussian noise has a deviation within its reach, multiplicative noise one in proportion to the grey', () => {
    for (let seed = 0; seed < 20; seed++) {
      const values = new Float32Array(128 * 128);
      addStrongNoise(values, seeded(seed), noise);
      expect(deviation(values)).toBeGreaterThan(0.0048);
      expect(deviation(values)).toBeLessThan(1.03 * gaussianReach);
      const dark = new Float32Array(128 * 128).fill(0.2);
      const bright = new Float32Array(128 * 128).fill(0.8);
      multiplyByNoise(dark, seeded(seed), noise);
      multiplyByNoise(bright, seeded(seed), noise);
      expect(deviation(bright) / deviation(dark)).toBeCloseTo(4, 3);
      expect(deviation(bright)).toBeLessThan(0.8 * 1.03 * multiplicativeReach);
    }
  });

  test('impulses change the share of pixels that was drawn, some of them to pure black and white', () => {
    let pure = 0;
    for (let seed = 0; seed < 40; seed++) {
      const values = new Float32Array(128 * 128).fill(0.5);
      addImpulses(values, seeded(seed));
      const changed = values.filter((value) => value !== 0.5);
      const drawn = Math.round(seeded(seed).between(0.002, impulseReach) * values.length);
      // Some fall on the same pixel: n(1 − (1 − 1/n)^k) places in the mean.
      const expected = values.length * (1 - (1 - 1 / values.length) ** drawn);
      expect(Math.abs(changed.length - expected)).toBeLessThan(4 * Math.sqrt(drawn * impulseReach) + 1);
      if (changed.every((value) => value === 0 || value === 1)) pure += 1;
    }
    expect(pure).toBeGreaterThan(8);
    expect(pure).toBeLessThan(32);
  });

  test('blur keeps the sum and spreads a point by its variance', () => {
    for (const sigma of [0.6, 1, 1.5]) {
      const values = new Float32Array(33 * 33);
      values[16 * 33 + 16] = 1;
      const out = gaussianBlur(values, sigma);
      let [sum, variance] = [0, 0];
      out.forEach((value, i) => {
        sum += value;
        variance += value * ((i % 33) - 16) ** 2;
      });
      expect(sum).toBeCloseTo(1, 5);
      // The cut at three deviations takes 2.7 % of the variance of a Gaussian, its steps give some.
      expect(variance / sigma ** 2).toBeGreaterThan(0.95);
      expect(variance / sigma ** 2).toBeLessThan(1.02);
    }
    const flat = gaussianBlur(new Float32Array(20 * 20).fill(0.7), 1.3);
    expect(flat.every((value) => Math.abs(value - 0.7) < 1e-6)).toBe(true);
  });

  test('sharpening leaves flat parts and slopes, and makes an edge steeper', () => {
    const side = 40;
    const slope = Float32Array.from({ length: side * side }, (_, i) => (i % side) / side);
    const before = slope.slice();
    sharpen(slope, seeded(1));
    for (let column = 5; column < side - 5; column++)
      expect(slope[10 * side + column]).toBeCloseTo(before[10 * side + column]!, 5);
    const edge = Float32Array.from({ length: side * side }, (_, i) => (i % side < 20 ? 0.3 : 0.7));
    sharpen(edge, seeded(1));
    expect(edge[10 * side + 19]).toBeLessThan(0.3 - 0.05);
    expect(edge[10 * side + 20]).toBeGreaterThan(0.7 + 0.05);
  });

  test('pooling gives each block its mean, least or greatest value, also at the edge', () => {
    const side = 8;
    const before = Float32Array.from({ length: side * side }, (_, i) => (i * 37) % 64);
    for (const [kind, of] of [
      ['mean', (block: number[]) => block.reduce((sum, value) => sum + value, 0) / block.length],
      ['least', (block: number[]) => Math.min(...block)],
      ['greatest', (block: number[]) => Math.max(...block)],
    ] as const) {
      const values = before.slice();
      poolBlocks(values, 3, kind);
      values.forEach((value, i) => {
        const [top, left] = [Math.floor(i / side / 3) * 3, Math.floor((i % side) / 3) * 3];
        const block = [...before].filter(
          (_, k) => Math.floor(k / side / 3) * 3 === top && Math.floor((k % side) / 3) * 3 === left,
        );
        expect(value).toBeCloseTo(of(block), 4);
      });
    }
  });

  test('dropped boxes are flat and no more of the picture than their number and sides allow', () => {
    const side = 100;
    for (let seed = 0; seed < 40; seed++) {
      const values = new Float32Array(side * side).fill(-1);
      dropBoxes(values, seeded(seed));
      const dropped = values.filter((value) => value >= 0);
      expect(dropped.length).toBeGreaterThanOrEqual((boxSides.least * side) ** 2);
      expect(dropped.length).toBeLessThanOrEqual(mostBoxes * (boxSides.most * side) ** 2);
      expect(new Set(dropped).size).toBeLessThanOrEqual(mostBoxes);
    }
  });
});

describe('motion', () => {
  test('elastic motion stays within its reach, is smooth and never folds', () => {
    const side = 256;
    for (let seed = 0; seed < 5; seed++) {
      const { x, y } = drawDisplacement(seeded(seed), side);
      for (const field of [x, y]) {
        const most = field.reduce((sum, value) => Math.max(sum, Math.abs(value)), 0);
        expect(most).toBeLessThanOrEqual(elasticReach * side);
        expect(most).toBeGreaterThan(0.2 * elasticReach * side);
        for (let i = 1; i < field.length; i++) {
          // A cubic B-spline climbs at most by the difference of two knots over their distance.
          if (i % side !== 0 && Math.abs(field[i]! - field[i - 1]!) > (2 * elasticReach * side) / (side / 8))
            expect(field[i]).toBe(field[i - 1]);
        }
      }
    }
  });

  test('affine motion is a little of everything', () => {
    const maps = Array.from({ length: 500 }, (_, seed) => drawStrongMap(seeded(seed), 256));
    // Area changes by the two scales and no shear or turn: e to within ± their sum, give or take the shears' product.
    const areas = maps.map(({ a, b, c, d }) => Math.log(a * d - b * c));
    expect(Math.max(...areas)).toBeLessThan(2 * strongAffine.logScale + 0.002);
    expect(Math.min(...areas)).toBeGreaterThan(-2 * strongAffine.logScale - 0.002);
    expect(Math.max(...areas)).toBeGreaterThan(strongAffine.logScale);
    const shifts = maps.map(({ shiftX }) => Math.abs(shiftX));
    expect(Math.max(...shifts)).toBeLessThanOrEqual(strongAffine.shift * 256);
  });
});

test('every step alone changes a picture and leaves it a network input', () => {
  const side = 64;
  const pixels = Uint16Array.from(
    { length: side * side },
    (_, i) => 30_000 + 20_000 * Math.sin(i / 9) + (i % 977),
  );
  const stored = { pixels, side, range: 65_535, step: 1 };
  const plain = finishInput(Float32Array.from(pixels, (value) => value / 65_535));
  for (const step of names) {
    let most = 0;
    // Of several draws, because percentiles take a steeper line away again.
    for (let seed = 0; seed < 6; seed++) {
      const { input } = vary(stored, side, noAugmentation, seeded(seed), noise, new Set([step]));
      expect(input.every((value) => value >= 0 && value <= 1)).toBe(true);
      most = input.reduce((worst, value, i) => Math.max(worst, Math.abs(value - plain[i]!)), most);
    }
    expect(most, step).toBeGreaterThan(0.02);
  }
});
