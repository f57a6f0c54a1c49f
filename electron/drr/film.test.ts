import { describe, expect, it } from 'vitest';
import { degrees, kilovoltPeak, milliampereSeconds, mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import type { FilmLook, SideMarker } from './exposure.ts';
import { sampleExposure, sampleLook } from './exposure.ts';
import { exposeFilm } from './film.ts';
import type { LineIntegrals } from './projector.ts';

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

  it.each(['letter', 'ring', 'plate', 'pole'] as const)('burns a side %s in and writes it down', (shape) => {
    const marker: SideMarker = { letter: 'L', shape, angle: degrees(0), x: 0.9, y: 0.2, height: mm(14) };
    const film = exposeFilm(thigh(100, 160), { ...plainExposure, marker }, plainLook, seeded(3));
    const bare = exposeFilm(thigh(100, 160), plainExposure, plainLook, seeded(3));
    const stem = 20 * 160 + Math.floor(0.9 * 160 - 0.22 * 14);
    expect(film.pixels[stem]).toBeGreaterThan(3000);
    expect(bare.pixels[stem]).toBeLessThan(1000);
    expect(film.parameters.exposure.marker).toEqual(marker);
  });

  it('shows the patient alike with and without a marker', () => {
    const marker: SideMarker = {
      letter: 'R',
      shape: 'plate',
      angle: degrees(5),
      x: 0.1,
      y: 0.2,
      height: mm(16),
    };
    const quiet = { ...plainExposure, charge: milliampereSeconds(1e9) };
    const film = exposeFilm(thigh(100, 160), { ...quiet, marker }, plainLook, seeded(3));
    const bare = exposeFilm(thigh(100, 160), quiet, plainLook, seeded(3));
    for (let column = 0; column < 160; column++) {
      expect(Math.abs(film.pixels[80 * 160 + column]! - bare.pixels[80 * 160 + column]!)).toBeLessThan(40);
    }
  });

  it('turns the marker clockwise by its angle', () => {
    const marker: SideMarker = {
      letter: 'L',
      shape: 'letter',
      angle: degrees(90),
      x: 0.5,
      y: 0.5,
      height: mm(40),
    };
    // Tissue that thickens down the picture, so that the window has something to span.
    const wedge = {
      ...thigh(100, 100),
      soft: Float32Array.from({ length: 10_000 }, (_, n) => 5 + Math.floor(n / 100) / 10),
      bone: new Float32Array(10_000),
    };
    const { pixels } = exposeFilm(wedge, { ...plainExposure, marker }, plainLook, seeded(3));
    // The foot of an L runs right along its bottom; turned clockwise it runs down along its left.
    const [row, column] = [50, 50];
    expect(pixels[(row + 5) * 100 + column - 17]).toBe(4095);
    expect(pixels[(row - 5) * 100 + column + 17]).toBeLessThan(2500);
  });

  it('writes down all that made the film, as plain JSON', () => {
    const random = seeded(21);
    const exposure = sampleExposure(random, 'clinic');
    const look = sampleLook(random, 'clinic');
    const { parameters } = exposeFilm(thigh(30, 40), exposure, look, random);
    expect(JSON.parse(JSON.stringify(parameters))).toEqual({ exposure, look, pixelSpacing: 1 });
  });

  it('shows less contrast of bone the higher the tube voltage', () => {
    const contrast = [60, 70, 80, 90].map((voltage) => {
      const leg = thigh(40, 160);
      const exposure = { ...plainExposure, tubeVoltage: kilovoltPeak(voltage) };
      const { pixels } = exposeFilm(leg, exposure, { ...plainLook, window: [0, 100] }, seeded(3));
      const at = (column: number) => pixels[20 * 160 + column]!;
      // Bone beside the soft tissue, in units of soft tissue's own step.
      return (at(80) - at(58)) / (at(58) - at(24));
    });
    contrast.slice(1).forEach((value, n) => {
      expect(value).toBeLessThan(contrast[n]!);
    });
  });

  it('refuses an empty window and an exposure of nothing', () => {
    const look: FilmLook = { ...plainLook, window: [60, 40] };
    expect(() => exposeFilm(thigh(5, 5), plainExposure, look, seeded(3))).toThrow('empty grey window');
    const tileless: FilmLook = { ...plainLook, localContrast: { amount: 1, tiles: 0, clip: 0.02 } };
    expect(() => exposeFilm(thigh(5, 5), plainExposure, tileless, seeded(3))).toThrow('no tiles');
    const dark = { ...plainExposure, charge: milliampereSeconds(0) };
    expect(() => exposeFilm(thigh(5, 5), dark, plainLook, seeded(3))).toThrow('no charge');
  });
});
