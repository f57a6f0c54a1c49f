import { describe, expect, it } from 'vitest';
import { seeded } from '../random/random.ts';
import { inputStatistics } from './inputStatistics.ts';

const size = 256;
const film = { rows: 2000, columns: 1000 };
const picture = (grey: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: size * size }, (_, i) => grey(i % size, Math.floor(i / size)));

describe('inputStatistics', () => {
  it('knows a ramp in closed form', () => {
    // Columns 0 … 254 of x / 255: mean 127/255, variance (255² − 1)/12 over 255², one step in two directions.
    const ramp = inputStatistics(
      picture((x) => x / 255),
      film,
    );
    expect(ramp.grey).toBeCloseTo(127 / 255, 5);
    expect(ramp.contrast).toBeCloseTo(Math.sqrt((255 ** 2 - 1) / 12) / 255, 5);
    expect(ramp.sharpness).toBeCloseTo(1 / 255 / Math.SQRT2, 6);
    expect(ramp.exposed).toBe(1);
    expect(ramp.aspect).toBe(0.5);
    // A slope is no noise.
    expect(ramp.noise).toBeLessThan(1e-4);
  });

  it('measures the noise that was added, whatever lies beneath and around', () => {
    const random = seeded(1);
    const noisy = picture((x, y) => (y < 64 ? 0 : 0.2 + x / 500 + random.normal(0, 0.02)));
    expect(inputStatistics(noisy, film).noise).toBeGreaterThan(0.019);
    expect(inputStatistics(noisy, film).noise).toBeLessThan(0.021);
  });

  it('counts the part that was exposed', () => {
    const random = seeded(2);
    const bordered = picture((x) => (x < 128 ? 0 : random.uniform()));
    expect(inputStatistics(bordered, film).exposed).toBeCloseTo(128 / 255, 2);
  });

  it('says of a film of one grey that nothing is on it', () => {
    expect(
      inputStatistics(
        picture(() => 0),
        film,
      ),
    ).toEqual({ grey: 0, contrast: 0, sharpness: 0, noise: 0, exposed: 0, aspect: 0.5 });
  });
});
