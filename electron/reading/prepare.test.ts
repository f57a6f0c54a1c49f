import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evenContrast } from './contrast.ts';
import {
  classifierField,
  classifierInput,
  classifierSize,
  localizerInput,
  localizerSize,
  normalizeByPercentiles,
} from './prepare.ts';
import { resample } from './resample.ts';

const picture = (rows: number, columns: number, at: (row: number, column: number) => number) => ({
  rows,
  columns,
  values: Float32Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns)),
});

describe('resampling', () => {
  test('by a whole factor gives the mean of each block', () => {
    const image = picture(6, 9, (row, column) => row * row + 3 * column);
    const small = resample(image, { x: 0, y: 0, width: 9, height: 6 }, 3, 2);
    for (let row = 0; row < 2; row++) {
      for (let column = 0; column < 3; column++) {
        let sum = 0;
        for (let r = 0; r < 3; r++)
          for (let c = 0; c < 3; c++) sum += (3 * row + r) ** 2 + 3 * (3 * column + c);
        expect(small[row * 3 + column]).toBeCloseTo(sum / 9, 4);
      }
    }
  });

  test('keeps a straight slope a straight slope when it is enlarged', () => {
    // Linear interpolation is exact for a linear function.
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        fc.double({ min: 4, max: 9, noNaN: true }),
        (step, x) => {
          const image = picture(40, 60, (row, column) => 2 * column - 0.5 * row);
          const side = 6;
          const field = { x, y: x, width: side * step, height: side * step };
          resample(image, field, side, side).forEach((value, i) => {
            const column = x + ((i % side) + 0.5) * step - 0.5;
            const row = x + (Math.floor(i / side) + 0.5) * step - 0.5;
            expect(value).toBeCloseTo(2 * column - 0.5 * row, 3);
          });
        },
      ),
    );
  });

  test('repeats the last pixel beyond the film', () => {
    const image = picture(2, 2, (row, column) => 10 * row + column);
    expect([...resample(image, { x: -4, y: -4, width: 2, height: 2 }, 2, 2)]).toEqual([0, 0, 0, 0]);
    expect([...resample(image, { x: 5, y: 5, width: 2, height: 2 }, 2, 2)]).toEqual([11, 11, 11, 11]);
  });
});

describe('grey values', () => {
  const ramp = Float32Array.from({ length: 9000 }, (_, i) => i);

  test('percentiles 1 and 99 become 0 and 1', () => {
    const values = normalizeByPercentiles(ramp.slice());
    expect(values[90]).toBeCloseTo(0, 2);
    expect(values[8910]).toBeCloseTo(1, 2);
    expect(values[4500]).toBeCloseTo(0.5, 2);
  });

  test.each([
    ['white', 60_000],
    ['black', -60_000],
  ])('a %s border does not move the anatomy', (_, grey) => {
    const bordered = new Float32Array(12_000).fill(grey);
    bordered.set(ramp);
    const values = normalizeByPercentiles(bordered);
    expect(values[4500]).toBeCloseTo(0.5, 2);
    expect(values[11_000]).toBe(grey > 0 ? 1 : 0);
  });

  test('one grey gives zeros, not NaN', () => {
    expect(normalizeByPercentiles(new Float32Array(100).fill(7)).every((value) => value === 0)).toBe(true);
  });

  test('even contrast takes a slow shade away and keeps a line on it', () => {
    const side = 128;
    const shade = (column: number): number => 0.1 + (0.8 * column) / side;
    const at = (column: number): number => shade(column) + (column === 30 || column === 100 ? 0.05 : 0);
    const even = evenContrast(
      Float32Array.from({ length: side * side }, (_, i) => at(i % side)),
      side,
    );
    const row = even.subarray(64 * side, 65 * side);
    const rise = (column: number): number => row[column]! - (row[column - 1]! + row[column + 1]!) / 2;
    expect(rise(30)).toBeGreaterThan(0.05);
    expect(rise(100)).toBeCloseTo(rise(30), 3);
    expect(Math.abs(row[50]! - row[80]!)).toBeLessThan(0.01);
  });
});

describe('network input', () => {
  const film = picture(300, 200, (row, column) => Math.sin(row / 9) + Math.cos(column / 7) + 0.001 * row);

  test('is the same whatever scale and offset the file stores', () => {
    const rescaled = { ...film, values: film.values.map((value) => 371 * value - 1024) };
    const box = { x: 40, y: 60, width: 80, height: 110 };
    const pairs = [
      [localizerInput(film).data, localizerInput(rescaled).data],
      [classifierInput(film, box), classifierInput(rescaled, box)],
    ] as const;
    for (const [a, b] of pairs) {
      expect(a.length).toBe(localizerSize * localizerSize);
      for (let i = 0; i < a.length; i += 7) expect(b[i]).toBeCloseTo(a[i]!, 2);
      expect(a.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  test('boxes go to the input and back', () => {
    const { toImage, fromImage } = localizerInput(film);
    // 300 rows fill the square; 200 columns stand in its middle.
    const whole = fromImage({ x: 0, y: 0, width: 200, height: 300 });
    expect(whole.height).toBeCloseTo(localizerSize, 9);
    expect(whole.x).toBeCloseTo(localizerSize / 6, 9);
    const box = { x: 12, y: 34, width: 56, height: 78 };
    const back = toImage(fromImage(box));
    for (const key of ['x', 'y', 'width', 'height'] as const) expect(back[key]).toBeCloseTo(box[key], 9);
  });

  test("the classifier's field is a square in the middle of the box, also at the film's edge", () => {
    const field = classifierField({ x: 0, y: 0, width: 50, height: 100 });
    expect(field).toEqual({ x: -20, y: 5, width: 90, height: 90 });
    expect(classifierInput(film, { x: -20, y: 250, width: 60, height: 80 })).toHaveLength(
      classifierSize ** 2,
    );
  });
});
