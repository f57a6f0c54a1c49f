import { describe, expect, it } from 'vitest';
import { milliampereSeconds, mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import { gaussianBlur } from './blur.ts';
import { detect, openBeamQuanta, poisson, shutterField } from './detector.ts';
import type { Exposure, FilmLook } from './exposure.ts';
import { sampleExposure, sampleLook } from './exposure.ts';
import { exposeFilm } from './film.ts';
import type { LineIntegrals } from './projector.ts';

const moments = (values: Float32Array) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length };
};
const plainExposure = sampleExposure(seeded(1), 'drr');
const plainLook = sampleLook(seeded(1), 'drr');

/** A thigh of soft tissue with a femur down its middle. */
function thigh(rows: number, columns: number): LineIntegrals {
  const soft = new Float32Array(rows * columns);
  const bone = new Float32Array(rows * columns);
  for (let n = 0; n < soft.length; n++) {
    const across = ((n % columns) + 0.5) / columns - 0.5;
    soft[n] = 32 * Math.sqrt(Math.max(0, 0.16 - across ** 2));
    bone[n] = 60 * Math.sqrt(Math.max(0, 0.01 - across ** 2));
  }
  return { rows, columns, spacing: mm(1), soft, bone };
}

describe('detect', () => {
  it('follows the inverse square and the charge', () => {
    const at = (change: Partial<Exposure>) => openBeamQuanta({ ...plainExposure, ...change }, mm(0.2));
    const near = at({ sourceToImageDistance: mm(1000) });
    expect(at({ sourceToImageDistance: mm(2000) }) / near).toBeCloseTo(0.25, 12);
    expect(at({ charge: milliampereSeconds(2 * plainExposure.charge) }) / at({})).toBeCloseTo(2, 12);
    expect(openBeamQuanta(plainExposure, mm(0.4)) / at({})).toBeCloseTo(4, 12);
  });

  it('has the variance of counted quanta: mean over gain', () => {
    const grid = { rows: 200, columns: 200, spacing: mm(0.2) };
    const exposure = { ...plainExposure, charge: milliampereSeconds(10) };
    const signal = detect(new Float32Array(40_000).fill(3), grid, exposure, seeded(77));
    const { mean, variance } = moments(signal);
    const gain = openBeamQuanta(exposure, grid.spacing);
    expect(Math.abs(mean / Math.exp(-3) - 1)).toBeLessThan(3e-3);
    // Five standard errors of a variance of 40 000 samples.
    expect(Math.abs(variance / (mean / gain) - 1)).toBeLessThan(5 * Math.sqrt(2 / 40_000));
  });

  it('adds the scatter it is told behind 20 cm of tissue, a grid takes most of it', () => {
    const grid = { rows: 40, columns: 40, spacing: mm(5) };
    const body = new Float32Array(1600).fill(5);
    const mean = (change: Partial<Exposure>) => {
      const exposure = { ...plainExposure, charge: milliampereSeconds(1e6), ...change };
      return moments(detect(body, grid, exposure, seeded(5))).mean;
    };
    const bare = mean({});
    expect(mean({ scatterToPrimary: 3 }) / bare).toBeCloseTo(4, 2);
    expect(mean({ scatterToPrimary: 3, grid: true }) / bare).toBeCloseTo(1 + (3 * 0.12) / 0.7, 2);
  });

  it('closes the beam outside the shutters', () => {
    const collimation = { left: mm(20), right: mm(0), top: mm(10), bottom: mm(0) };
    const field = shutterField({ rows: 50, columns: 60, spacing: mm(1) }, { ...plainExposure, collimation });
    expect(field[25 * 60 + 10]).toBeLessThan(0.01);
    expect(field[25 * 60 + 59]).toBeGreaterThan(0.99);
    expect(field[2 * 60 + 40]).toBeLessThan(0.01);
  });
});

describe('poisson', () => {
  it.each([0.3, 4, 25, 31, 1000])('has mean and variance %f', (mean) => {
    const random = seeded(Math.imul(Math.round(mean * 10), 2654435761));
    const { mean: m, variance } = moments(Float32Array.from({ length: 20_000 }, () => poisson(mean, random)));
    expect(Math.abs(m - mean)).toBeLessThan(5 * Math.sqrt(mean / 20_000));
    expect(Math.abs(variance / mean - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / mean) / 20_000));
  });
});

describe('gaussianBlur', () => {
  it.each([0.7, 1.9, 3.1, 5, 12])('spreads a point to a Gaussian of deviation %f', (deviation) => {
    const size = 121;
    const values = new Float32Array(size * size);
    values[60 * size + 60] = 1;
    const blurred = gaussianBlur(values, { rows: size, columns: size }, deviation);
    let sum = 0;
    let spread = 0;
    let worst = 0;
    const peak = 1 / (2 * Math.PI * deviation ** 2);
    blurred.forEach((value, n) => {
      const x = (n % size) - 60;
      const y = Math.floor(n / size) - 60;
      sum += value;
      spread += value * x * x;
      worst = Math.max(worst, Math.abs(value - peak * Math.exp(-(x * x + y * y) / (2 * deviation ** 2))));
    });
    expect(sum).toBeCloseTo(1, 4);
    expect(Math.abs(spread / deviation ** 2 - 1)).toBeLessThan(3e-3);
    expect(worst).toBeLessThan(0.125 * peak);
  });

  it('keeps a level picture level, to its border', () => {
    const level = new Float32Array(30 * 20).fill(2.5);
    for (const deviation of [0, 1, 15]) {
      for (const value of gaussianBlur(level, { rows: 30, columns: 20 }, deviation))
        expect(value).toBeCloseTo(2.5, 5);
    }
  });
});

describe('exposeFilm', () => {
  it('gives the same bytes for the same seed and others for another', () => {
    const make = (seed: number) => {
      const random = seeded(seed);
      const exposure = sampleExposure(random.stream('exposure'), 'clinic');
      const look = sampleLook(random.stream('look'), 'clinic');
      return exposeFilm(thigh(60, 80), exposure, look, random.stream('noise'));
    };
    expect(make(11)).toEqual(make(11));
    expect(make(11).pixels).not.toEqual(make(12).pixels);
  });

  it('rises with attenuation and stays within 12 bits, in every look', () => {
    const random = seeded(4711);
    for (let n = 0; n < 20; n++) {
      const exposure = {
        ...sampleExposure(random, 'clinic'),
        collimation: plainExposure.collimation,
        marker: null,
      };
      const { pixels } = exposeFilm(thigh(60, 160), exposure, sampleLook(random, 'clinic'), random);
      const mean = (column: number) =>
        Array.from({ length: 60 }, (_, row) => pixels[row * 160 + column]!).reduce((a, b) => a + b) / 60;
      expect(mean(80)).toBeGreaterThan(mean(50) + 200);
      expect(mean(50)).toBeGreaterThan(mean(2) + 100);
      expect(Math.max(...pixels)).toBeLessThanOrEqual(4095);
    }
  });

  it('burns the side letter in and writes down all that made the film', () => {
    const marker = { letter: 'L', x: 0.9, y: 0.2, height: mm(14) } as const;
    const film = exposeFilm(thigh(100, 160), { ...plainExposure, marker }, plainLook, seeded(3));
    const bare = exposeFilm(thigh(100, 160), plainExposure, plainLook, seeded(3));
    const stem = 20 * 160 + Math.floor(0.9 * 160 - 0.22 * 14);
    expect(film.pixels[stem]).toBe(4095);
    expect(bare.pixels[stem]).toBeLessThan(1000);
    expect(JSON.parse(JSON.stringify(film.parameters))).toEqual(film.parameters);
    expect(film.parameters.exposure.marker).toEqual(marker);
  });

  it('refuses an empty window and an exposure of nothing', () => {
    const look: FilmLook = { ...plainLook, window: [60, 40] };
    expect(() => exposeFilm(thigh(5, 5), plainExposure, look, seeded(3))).toThrow('empty grey window');
    const dark = { ...plainExposure, charge: milliampereSeconds(0) };
    expect(() => exposeFilm(thigh(5, 5), dark, plainLook, seeded(3))).toThrow('no charge');
  });
});
