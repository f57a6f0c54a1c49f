import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { distances, fitWoman, realBonesFile } from '../../benchmarks/pelvisShape.ts';
import { fitSphere, type Point, shapeSamples, symmetricDistance } from '../../benchmarks/surface.ts';

const ball = (radius: number) =>
  shapeSamples((x, y, z) => Math.hypot(x, y, z) - radius, [-30, -30, -30], [30, 30, 30], 1.5);

describe('the ruler', () => {
  it('finds two spheres about one centre as far apart as their radii differ', () => {
    const { mean, rms, max } = symmetricDistance(ball(20), ball(24));
    expect(mean).toBeCloseTo(4, 1);
    expect(rms).toBeCloseTo(4, 1);
    expect(max).toBeLessThan(4.3);
  });

  it('fits a sphere to its points from a start that is off', () => {
    const moved = ball(22).map(([x, y, z]): Point => [x + 5, y - 3, z + 2]);
    const { centre, radius } = fitSphere(moved, [3, -1, 4], 36);
    expect(radius).toBeCloseTo(22, 1);
    expect(centre[0]).toBeCloseTo(5, 1);
    expect(centre[1]).toBeCloseTo(-3, 1);
    expect(centre[2]).toBeCloseTo(2, 1);
  });
});

const present = existsSync(realBonesFile);
const name = 'lies within 3 mm of a real femur and 5 mm of a real hip bone and sacrum, on average';

describe('the shape of the phantom', () => {
  it.skipIf(!present)(present ? name : `${name} (skipped: the real bones are not on this machine)`, () => {
    const found = distances(fitWoman());
    for (const [bone, { mean, p95 }] of found) {
      const femur = bone.startsWith('Femur');
      expect(mean, bone).toBeLessThan(femur ? 3 : 5);
      expect(p95, bone).toBeLessThan(femur ? 8 : 12);
    }
    expect([...found.keys()].sort()).toEqual(['Femur_L', 'Femur_R', 'Hip_L', 'Hip_R', 'Sacrum']);
  });
});
