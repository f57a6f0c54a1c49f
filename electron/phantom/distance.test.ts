import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ellipse, ellipsoid, Polygon, Rod, RodBundle, smoothMax, smoothMin } from './distance.ts';
import { compose, identity, inverse, move, multiply, rotate, rotationAbout, transpose } from './rigid.ts';

const length = fc.double({ min: -50, max: 50, noNaN: true });

describe('distances', () => {
  it('blends below both parts, by at most a quarter of the width, and leaves far parts alone', () => {
    fc.assert(
      fc.property(length, length, fc.double({ min: 0.5, max: 12, noNaN: true }), (a, b, k) => {
        const low = smoothMin(a, b, k);
        expect(low).toBeLessThanOrEqual(Math.min(a, b));
        expect(low).toBeGreaterThanOrEqual(Math.min(a, b) - k / 4 - 1e-12);
        if (Math.abs(a - b) >= k) expect(low).toBe(Math.min(a, b));
        expect(smoothMax(a, b, k)).toBeGreaterThanOrEqual(Math.max(a, b));
      }),
    );
  });

  it('makes an ellipsoid with equal radii the sphere, and puts its surface where it is', () => {
    expect(ellipsoid(3, 4, 12, 5, 5, 5)).toBeCloseTo(8, 12);
    expect(ellipsoid(10, 0, 0, 10, 4, 7)).toBeCloseTo(0, 12);
    expect(ellipsoid(0, -4, 0, 10, 4, 7)).toBeCloseTo(0, 12);
    expect(ellipse(0, 7.5, 2, 7.5)).toBeCloseTo(0, 12);
  });

  it('measures a rod along its axis, past its ends and across a taper', () => {
    const rod = new Rod([0, 0, 0], 2, [10, 0, 0], 4);
    expect(rod.distance(5, 8, 0)).toBeCloseTo(8 - 3, 12);
    expect(rod.distance(-3, 4, 0)).toBeCloseTo(5 - 2, 12);
    expect(rod.distance(13, 0, 4)).toBeCloseTo(5 - 4, 12);
  });

  it('bundles rods into the bone that blending them one by one gives, and never claims more room than there is', () => {
    const point = fc.tuple(length, length, length);
    const rods = fc.array(fc.tuple(point, point), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rods, point, (ends, [x, y, z]) => {
        const parts = ends.map(([from, [tx, ty, tz]]) => new Rod(from, 8, [tx + 101, ty, tz], 5));
        const bundle = new RodBundle(parts, 6);
        bundle.enterRow(y, z);
        const joined = bundle.join(Infinity, x, y, z);
        const plain = parts.reduce((bone, rod) => smoothMin(bone, rod.distance(x, y, z), 6), Infinity);
        const nearest = Math.min(...parts.map((rod) => rod.distance(x, y, z)));
        expect(joined).toBeLessThanOrEqual(nearest + 1e-9);
        // Where the surface and its blends are, nothing is left out.
        if (nearest < 8) expect(joined).toBeCloseTo(plain, 9);
      }),
    );
  });

  it('measures a polygon inside and out, whichever way it runs', () => {
    const square: (readonly [number, number])[] = [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
    ];
    for (const outline of [square, square.toReversed()]) {
      const polygon = new Polygon(outline);
      expect(polygon.distance(5, 2)).toBeCloseTo(-2, 12);
      expect(polygon.distance(13, 14)).toBeCloseTo(5, 12);
    }
  });
});

describe('rigid motions', () => {
  it('turns right-handed: +y onto +z about +x', () => {
    const turned = rotate(rotationAbout([1, 0, 0], 90), [0, 1, 0]);
    [0, 0, 1].forEach((value, axis) => expect(turned[axis]).toBeCloseTo(value, 12));
  });

  it('undoes itself', () => {
    fc.assert(
      fc.property(length, length, length, (a, b, c) => {
        const rotation = multiply(rotationAbout([0, 0, 1], a), rotationAbout([0.6, 0.8, 0], b));
        const motion = { rotation, translation: [a, b, c] as const };
        const back = move(compose(inverse(motion), motion), [c, a, b]);
        [c, a, b].forEach((value, axis) => expect(back[axis]).toBeCloseTo(value, 9));
        multiply(rotation, transpose(rotation)).forEach((value, i) =>
          expect(value).toBeCloseTo(identity[i]!, 12),
        );
      }),
    );
  });
});
