import { describe, expect, it } from 'vitest';
import { seeded } from '../random/random.ts';
import { equaliseLocally } from './localContrast.ts';

const plane = { rows: 128, columns: 160 };
const everywhere = new Uint8Array(128 * 160).fill(1);
const spread = (values: Float32Array, rows: [number, number]) => {
  const part = values.slice(rows[0] * plane.columns, rows[1] * plane.columns);
  const mean = part.reduce((a, b) => a + b, 0) / part.length;
  return Math.sqrt(part.reduce((a, b) => a + (b - mean) ** 2, 0) / part.length);
};
/** Faint stripes on a shade that runs from dark to bright down the picture. */
const stripes = () =>
  Float32Array.from(
    { length: 128 * 160 },
    (_, n) => 0.2 + (0.5 * Math.floor(n / 160)) / 128 + 0.02 * Math.sin((n % 160) / 3),
  );

describe('equaliseLocally', () => {
  it('raises faint contrast and keeps values within 0..1', () => {
    const values = stripes();
    equaliseLocally(values, everywhere, plane, { amount: 1, tiles: 8, clip: 0.03 });
    expect(spread(values, [60, 61])).toBeGreaterThan(1.5 * spread(stripes(), [60, 61]));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
  });

  it('raises no contrast more than the clip allows: its share times the bins, and one', () => {
    const random = seeded(4);
    const noise = Float32Array.from({ length: 128 * 160 }, () => random.normal(0.5, 0.002));
    for (const clip of [0.01, 0.03]) {
      const values = noise.slice();
      equaliseLocally(values, everywhere, plane, { amount: 1, tiles: 8, clip });
      const rows: [number, number] = [64, 65];
      expect(spread(values, rows) / spread(noise, rows)).toBeLessThan(clip * 128 + 1);
    }
  });

  it('leaves an evenly filled histogram, and mixes in as much as it is told', () => {
    const random = seeded(5);
    const even = Float32Array.from({ length: 128 * 160 }, () => random.uniform());
    const whole = even.slice();
    equaliseLocally(whole, everywhere, plane, { amount: 1, tiles: 4, clip: 0.03 });
    const furthest = whole.reduce((most, value, n) => Math.max(most, Math.abs(value - even[n]!)), 0);
    expect(furthest).toBeLessThan(0.06);
    const half = stripes();
    const full = stripes();
    equaliseLocally(half, everywhere, plane, { amount: 0.5, tiles: 8, clip: 0.02 });
    equaliseLocally(full, everywhere, plane, { amount: 1, tiles: 8, clip: 0.02 });
    const between = stripes().map((value, n) => Math.abs(half[n]! - (value + full[n]!) / 2));
    expect(Math.max(...between)).toBeLessThan(1e-6);
  });
});
