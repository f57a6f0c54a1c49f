import { describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { type Canvas, paint, type Solid } from './voxelize.ts';

const air = -1000;

function canvasOf(side: number, voxel: number): Canvas {
  const edge = -((side - 1) / 2) * voxel;
  return {
    size: [side, side, side],
    voxel,
    origin: [mm(edge), mm(edge), mm(edge)],
    hounsfield: new Int16Array(side ** 3).fill(air),
  };
}

const ball = (x: number, y: number, z: number, radius: number): Solid => ({
  distance: (a, b, c) => Math.hypot(a - x, b - y, c - z) - radius,
  density: () => 0,
});

const everywhere = { low: [-100, -100, -100], high: [100, 100, 100] } as const;

describe('paint', () => {
  it('gives a ball the volume of a ball, at two voxel sizes', () => {
    for (const [side, voxel] of [
      [64, 1],
      [40, 1.6],
    ] as const) {
      const canvas = canvasOf(side, voxel);
      paint(canvas, ball(0.3, -1.1, 2.7, 20), everywhere);
      let volume = 0;
      for (const value of canvas.hounsfield) volume += ((value - air) / -air) * voxel ** 3;
      expect(volume / ((4 / 3) * Math.PI * 20 ** 3)).toBeCloseTo(1, 2);
    }
  });

  it('leaps over empty space without missing a thing behind it', () => {
    const canvas = canvasOf(64, 1);
    const a = ball(-25, 0, 0, 3);
    const b = ball(24, 2, 1, 2);
    paint(
      canvas,
      { distance: (x, y, z) => Math.min(a.distance(x, y, z), b.distance(x, y, z)), density: () => 0 },
      everywhere,
    );
    const apart = canvasOf(64, 1);
    paint(apart, a, everywhere);
    paint(apart, b, everywhere);
    expect(canvas.hounsfield).toEqual(apart.hounsfield);
  });

  it('leaves everything outside the box alone', () => {
    const canvas = canvasOf(16, 1);
    paint(canvas, ball(0, 0, 0, 50), { low: [0, 0, 0], high: [100, 100, 100] });
    expect(canvas.hounsfield[0]).toBe(air);
    expect(canvas.hounsfield.at(-1)).toBe(0);
    expect(canvas.hounsfield.filter((value) => value === 0).length).toBe(8 ** 3);
  });
});
