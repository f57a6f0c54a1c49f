import { describe, expect, it } from 'vitest';
import type { GreyImage } from '../../contract/image.ts';
import { distanceFrom, halved } from '../../../models/index.ts';
import { seeded } from '../../random/random.ts';
import { cropped, inverted, posed, wholeOf } from './alter.ts';
import { whiteningOf } from './whitening.ts';

const image: GreyImage = {
  rows: 4,
  columns: 6,
  values: Float32Array.from({ length: 24 }, (_, i) => (i * i) % 17),
};

describe('altered pictures', () => {
  it('are the same in the same pose', () => {
    const pose = { angle: 0, flipsAcross: false, flipsDown: false, field: wholeOf(image) };
    expect([...posed(image, pose, 4, 6).values]).toEqual([...image.values]);
  });

  it('turned by 180° are both flips at once', () => {
    const half = { angle: 180, flipsAcross: false, flipsDown: false, field: wholeOf(image) };
    const flips = { angle: 0, flipsAcross: true, flipsDown: true, field: wholeOf(image) };
    const turned = posed(image, half, 4, 6).values;
    posed(image, flips, 4, 6).values.forEach((value, i) => expect(turned[i]).toBeCloseTo(value, 4));
    expect(turned[0]).toBeCloseTo(image.values[23]!, 4);
  });

  it('are themselves again when inverted twice', () => {
    expect(inverted(inverted(image)).values).toEqual(image.values);
  });

  it('show no more than most of a hip when cropped', () => {
    const random = seeded(4);
    const hip = { x: 60, y: 70, width: 60, height: 60 };
    // White on the hip, black elsewhere: the white share of the picture is the hip's visible area.
    const film: GreyImage = {
      rows: 200,
      columns: 200,
      values: Float32Array.from({ length: 40_000 }, (_, i) => {
        const [x, y] = [i % 200, Math.floor(i / 200)];
        return x >= 60 && x < 120 && y >= 70 && y < 130 ? 1 : 0;
      }),
    };
    for (let n = 0; n < 20; n++) {
      const { values } = cropped(film, hip, random);
      const white = values.reduce((sum, value) => sum + value, 0) / values.length;
      // The piece is at most 1.3 hips wide.
      expect(white * 1.3 ** 2).toBeLessThan(0.85 * 1.3 ** 2);
    }
  });
});

describe('familiarity', () => {
  it("is Mahalanobis' distance: variance by variance for independent values", () => {
    const random = seeded(1);
    const rows = Array.from({ length: 4000 }, () =>
      Float32Array.from([random.normal(3, 2), random.normal(-1, 0.5)]),
    );
    const familiar = { ...whiteningOf(rows), distances: new Float32Array() };
    expect(distanceFrom(familiar, Float32Array.from([3, -1]))).toBeCloseTo(0, 1);
    expect(distanceFrom(familiar, Float32Array.from([7, -1]))).toBeCloseTo(2, 0);
    // The ridge of 2 % of the mean variance is felt by the narrower: 1 / √(0.25 + 0.0425).
    expect(distanceFrom(familiar, Float32Array.from([3, 0]))).toBeCloseTo(1.85, 1);
  });

  it('sees that two values go together', () => {
    const random = seeded(2);
    const rows = Array.from({ length: 2000 }, () => {
      const both = random.normal();
      return Float32Array.from([both, both + 0.3 * random.normal()]);
    });
    const familiar = { ...whiteningOf(rows), distances: new Float32Array() };
    const along = distanceFrom(familiar, Float32Array.from([2, 2]));
    const across = distanceFrom(familiar, Float32Array.from([2, -2]));
    expect(across).toBeGreaterThan(4 * along);
  });
});

it('halves a picture by means of four', () => {
  expect([...halved(Float32Array.from([1, 2, 5, 5, 3, 6, 5, 5, 0, 0, 1, 0, 0, 0, 0, 1]), 4)]).toEqual([
    3, 5, 0, 0.5,
  ]);
});
