import { describe, expect, test } from 'vitest';
import { decodeHips } from '../../../models/localizer.ts';
import type { Augmentation } from '../../contract/recipe.ts';
import { seeded } from '../../random/random.ts';
import { classifierInput, finishInput, localizerSize } from '../../reading/prepare.ts';
import { vary, type StoredPicture } from './augment.ts';
import {
  composed,
  drawMap,
  drawStrongMap,
  moveForward,
  movedSides,
  warp,
  type AffineMap,
} from './augmentMap.ts';
import { NoiseTable } from './augmentNoise.ts';
import { drawCrop, drawFilm, filmTargets, storedCropSide, storedRange, storedShare } from './examples.ts';
import { noAugmentation, paperRecipe, shippedRecipe, strongRecipe } from '../training/recipes.ts';

const noise = new NoiseTable(seeded(1));
const identity: AffineMap = { a: 1, b: 0, c: 0, d: 1, shiftX: 0, shiftY: 0 };

/** A picture with edges and shades in every direction, and no large flat part. */
const picture = (side: number): Uint16Array =>
  Uint16Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) / side, Math.floor(i / side) / side];
    return Math.round(storedRange * (0.5 + 0.3 * Math.sin(9 * x + 4 * y) * Math.cos(7 * y - x) + 0.15 * x));
  });
const stored = (side: number): StoredPicture => ({
  pixels: picture(side),
  side,
  range: storedRange,
  step: 1,
});
const plain = (side: number): Float32Array =>
  finishInput(Float32Array.from(picture(side), (value) => value / storedRange));

const angleOf = ({ a, c }: AffineMap): number => (Math.atan2(c, Math.abs(a)) * 180) / Math.PI;

describe('maps', () => {
  test('the identity gives the picture back', () => {
    const source = Uint16Array.from({ length: 32 * 32 }, (_, i) => (i * 37) % 5000);
    expect([...warp(source, 32, drawMap(seeded(1), noAugmentation, 32), 32)]).toEqual([...source]);
  });

  test('a mirror and an upside-down flip are what they say', () => {
    const source = Uint16Array.from({ length: 16 * 16 }, (_, i) => i);
    const flipped = (change: Partial<Augmentation>): Float32Array =>
      warp(source, 16, drawMap(seeded(1), { ...noAugmentation, ...change }, 16), 16);
    flipped({ mirror: 1 }).forEach((value, i) => {
      expect(value).toBeCloseTo(source[i - (i % 16) + 15 - (i % 16)]!, 3);
    });
    flipped({ upsideDown: 1 }).forEach((value, i) => {
      expect(value).toBeCloseTo(source[(15 - Math.floor(i / 16)) * 16 + (i % 16)]!, 3);
    });
  });

  test('take a point of the picture where they say it goes, for every kind of map', () => {
    const everything = { ...shippedRecipe('localizer').augmentation, upsideDown: 0.5, rotationDegrees: 30 };
    for (let seed = 0; seed < 20; seed++) {
      const random = seeded(seed);
      const map = composed(drawMap(random, everything, 64), drawStrongMap(random, 64));
      const source = new Uint16Array(64 * 64);
      const [column, row] = [28 + (seed % 9), 37 - (seed % 7)];
      for (let r = -2; r <= 2; r++)
        for (let c = -2; c <= 2; c++) source[(row + r) * 64 + column + c] = 60_000;
      let [sum, x, y] = [0, 0, 0];
      warp(source, 64, map, 64).forEach((value, i) => {
        sum += value;
        x += value * ((i % 64) + 0.5);
        y += value * (Math.floor(i / 64) + 0.5);
      });
      const [expectedX, expectedY] = moveForward(map, [column + 0.5, row + 0.5], 64, 64);
      expect(x / sum).toBeCloseTo(expectedX, 0);
      expect(y / sum).toBeCloseTo(expectedY, 0);
    }
  });

  test('compose as their points do', () => {
    const [outer, inner] = [drawStrongMap(seeded(1), 64), drawStrongMap(seeded(2), 64)];
    const point = [17, 44] as const;
    const expected = moveForward(inner, moveForward(outer, point, 64, 64), 64, 64);
    const both = moveForward(composed(outer, inner), point, 64, 64);
    expect(both[0]).toBeCloseTo(expected[0], 9);
    expect(both[1]).toBeCloseTo(expected[1], 9);
  });

  test('rotation, scale, flips and shift are spread as the recipe says', () => {
    const reach = {
      ...noAugmentation,
      rotationDegrees: 30,
      logScale: 0.2,
      shift: 0.1,
      mirror: 0.5,
      upsideDown: 0.25,
    };
    const maps = Array.from({ length: 4000 }, (_, seed) => drawMap(seeded(seed), reach, 100));
    // Of a uniform draw over ± r: the ends are r, the mean 0 ± r/√(3n) and the standard deviation r/√3.
    const uniform = (values: number[], r: number): void => {
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(r + 1e-9);
      expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.99 * r);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(mean)).toBeLessThan((4 * r) / Math.sqrt(3 * values.length));
      const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      expect(Math.sqrt(square) / (r / Math.sqrt(3))).toBeCloseTo(1, 1);
    };
    const determinant = ({ a, b, c, d }: AffineMap): number => a * d - b * c;
    uniform(
      maps.map((map) => angleOf(map)),
      30,
    );
    uniform(
      maps.map((map) => Math.log(Math.abs(determinant(map))) / 2),
      0.2,
    );
    uniform(
      maps.map(({ shiftX }) => shiftX),
      10,
    );
    // One flip alone turns the sign: .5 · .75 + .5 · .25 of the maps.
    const turned = maps.filter((map) => determinant(map) < 0).length / maps.length;
    expect(Math.abs(turned - 0.5)).toBeLessThan(0.032);
    expect(Math.abs(maps.filter(({ a }) => a < 0).length / maps.length - 0.5)).toBeLessThan(0.032);
    expect(Math.abs(maps.filter(({ d }) => d < 0).length / maps.length - 0.25)).toBeLessThan(0.028);
  });
});

describe('a varied picture', () => {
  test('with everything off is what reading makes of it', () => {
    const { input, map } = vary(stored(256), 256, noAugmentation, seeded(3), noise);
    const expected = plain(256);
    expect(moveForward(map, [100, 30], 256, 256)).toEqual([100, 30]);
    input.forEach((value, i) => Math.abs(value - expected[i]!) > 1e-5 && expect(value).toBe(expected[i]));
  });

  test('a stored crop with everything off is what the classifier sees on the film', () => {
    // Two film pixels to a stored one, so that box and linear interpolation differ little on a smooth film.
    const side = 2 * storedCropSide;
    const smooth = (x: number, y: number): number =>
      0.5 + 0.3 * Math.sin(9 * x + 4 * y) * Math.cos(7 * y - x) + 0.15 * x;
    const film = Float32Array.from({ length: side * side }, (_, i) =>
      smooth(((i % side) + 0.5) / side, (Math.floor(i / side) + 0.5) / side),
    );
    const box = side / storedShare;
    const seen = classifierInput(
      { rows: side, columns: side, values: film },
      { x: (side - box) / 2, y: (side - box) / 2, width: box, height: box },
    );
    const crop = Uint16Array.from({ length: storedCropSide ** 2 }, (_, i) =>
      Math.round(
        storedRange *
          smooth(
            ((i % storedCropSide) + 0.5) / storedCropSide,
            (Math.floor(i / storedCropSide) + 0.5) / storedCropSide,
          ),
      ),
    );
    const drawn = drawCrop(crop, noAugmentation, seeded(1), noise);
    const worst = drawn.reduce((most, value, i) => Math.max(most, Math.abs(value - seen[i]!)), 0);
    expect(worst).toBeLessThan(0.01);
  });

  test('the same stream gives the same picture, another stream another', () => {
    const draw = (seed: number): Float32Array =>
      vary(stored(64), 64, strongRecipe('classifier').augmentation, seeded(seed), noise).input;
    expect(draw(4)).toEqual(draw(4));
    expect(draw(4)).not.toEqual(draw(5));
  });

  test('a step that is switched off leaves the draws of the others', () => {
    const all = paperRecipe('classifier').augmentation;
    for (let seed = 0; seed < 20; seed++) {
      const { map } = vary(stored(64), 64, all, seeded(seed), noise);
      const quiet = { ...all, noise: 0, contrast: 0 };
      expect(vary(stored(64), 64, quiet, seeded(seed), noise).map).toEqual(map);
    }
  });

  test('noise before percentiles and even contrast has the standard deviation that was drawn', () => {
    // Uniform in 0..reach, so its square is reach²/3 in the mean over draws.
    const reach = 0.05;
    let squares = 0;
    const draws = 60;
    for (let seed = 0; seed < draws; seed++) {
      const values = new Float32Array(64 * 64);
      noise.add(values, seeded(seed), seeded(seed).stream('deviation').between(0, reach));
      squares += values.reduce((sum, value) => sum + value * value, 0) / values.length / draws;
    }
    expect(Math.sqrt(squares) / (reach / Math.sqrt(3))).toBeCloseTo(1, 0);
    const fixed = new Float32Array(256 * 256);
    noise.add(fixed, seeded(9), 0.02);
    const deviation = Math.sqrt(fixed.reduce((sum, value) => sum + value * value, 0) / fixed.length);
    // Of 65,536 deviates: within four standard errors σ/√(2n).
    expect(Math.abs(deviation / 0.02 - 1)).toBeLessThan(4 / Math.sqrt(2 * 65_536));
  });

  test('contrast stretches about the mean of the network’s input', () => {
    const mean = (values: Float32Array): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const expected = plain(64);
    const spread: number[] = [];
    for (let seed = 0; seed < 300; seed++) {
      const { input } = vary(stored(64), 64, { ...noAugmentation, contrast: 0.03 }, seeded(seed), noise);
      // Away from black and white, where values are cut off.
      const inside = [...expected.keys()].filter((i) => expected[i]! > 0.2 && expected[i]! < 0.8);
      const m = mean(expected);
      const top = inside.reduce((sum, i) => sum + (input[i]! - m) * (expected[i]! - m), 0);
      const bottom = inside.reduce((sum, i) => sum + (expected[i]! - m) ** 2, 0);
      spread.push(top / bottom - 1);
    }
    const most = Math.max(...spread.map(Math.abs));
    expect(most).toBeGreaterThan(0.028);
    expect(most).toBeLessThanOrEqual(0.03 + 1e-4);
  });
});

describe('targets of the localizer', () => {
  const example = {
    pixels: Uint16Array.from({ length: 256 * 256 }, (_, i) => (i * 7919) % 65_536),
    hips: [
      { box: { x: 30, y: 90, width: 70, height: 95 }, medialSide: 'picture-right' as const },
      { box: { x: 150, y: 100, width: 66, height: 99 }, medialSide: 'picture-left' as const },
    ],
  };
  const found = (change: Partial<Augmentation>): ReturnType<typeof decodeHips> => {
    const { heat, box } = drawFilm(example, { ...noAugmentation, ...change }, seeded(2), noise);
    return decodeHips(heat, box, 32, 0.5);
  };

  test('are the boxes that come out', () => {
    const hips = found({});
    expect(hips.map(({ medialSide }) => medialSide).sort()).toEqual(['picture-left', 'picture-right']);
    for (const hip of hips) {
      const truth = example.hips.find(({ medialSide }) => medialSide === hip.medialSide)!;
      for (const key of ['x', 'y', 'width', 'height'] as const)
        expect(hip.box[key]).toBeCloseTo(truth.box[key], 3);
    }
  });

  test('a mirrored hip faces the other way, one upside down does not', () => {
    const right = found({ mirror: 1 }).find(({ medialSide }) => medialSide === 'picture-right')!;
    // The left box mirrored about the middle of 256 columns.
    expect(right.box.x).toBeCloseTo(256 - 150 - 66, 3);
    expect(right.box.width).toBeCloseTo(66, 3);
    const turned = found({ upsideDown: 1 }).find(({ medialSide }) => medialSide === 'picture-right')!;
    expect(turned.box.x).toBeCloseTo(30, 3);
    expect(turned.box.y).toBeCloseTo(256 - 90 - 95, 3);
    // Upside down and mirrored is a half turn.
    const half = filmTargets(example.hips, { ...identity, a: -1, d: -1 });
    const hip = decodeHips(half.heat, half.box, 32, 0.5).find(
      ({ medialSide }) => medialSide === 'picture-left',
    )!;
    expect(hip.box.x).toBeCloseTo(256 - 30 - 70, 3);
  });

  test('a quarter turn swaps the sides of a box, and a map of each axis scales each side', () => {
    const [width, height] = movedSides({ ...identity, a: 0, b: -1, c: 1, d: 0 }, 70, 95);
    expect([width, height]).toEqual([95, 70]);
    const [wide, high] = movedSides({ ...identity, a: 0.5, d: 2 }, 70, 95);
    expect([wide, high]).toEqual([140, 47.5]);
  });

  test('the box around a turned and sheared ellipse holds it and touches it', () => {
    const map = drawStrongMap(seeded(8), localizerSize);
    const [width, height] = movedSides(map, 70, 95);
    let [mostX, mostY] = [0, 0];
    for (let t = 0; t < 2 * Math.PI; t += 1e-3) {
      const centre = moveForward(map, [128, 128], 256, 256);
      const edge = moveForward(map, [128 + 35 * Math.cos(t), 128 + 47.5 * Math.sin(t)], 256, 256);
      mostX = Math.max(mostX, edge[0] - centre[0]);
      mostY = Math.max(mostY, edge[1] - centre[1]);
    }
    expect(2 * mostX).toBeCloseTo(width, 3);
    expect(2 * mostY).toBeCloseTo(height, 3);
  });

  test('a hip whose centre left the picture is no target', () => {
    const { heat, weight } = filmTargets(example.hips, { ...identity, shiftX: 260 });
    expect(Math.max(...heat, ...weight)).toBe(0);
  });
});
