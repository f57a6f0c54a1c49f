import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imagePoint } from '../viewer/transform.ts';
import { boxBetween, handles, moveBox, resizeBox, smallestSide } from './boxes.ts';

const film = { columns: 1000, rows: 800 };
const box = { x: 100, y: 200, width: 300, height: 250 };

describe('boxes under the hand', () => {
  it('a corner moves its two sides and leaves the others where they are', () => {
    expect(resizeBox(box, film, { x: -1, y: 1 }, -20, 30)).toEqual({
      x: 80,
      y: 200,
      width: 320,
      height: 280,
    });
  });

  it('a side moves alone', () => {
    expect(resizeBox(box, film, { x: 1, y: 0 }, 40, 99)).toEqual({ ...box, width: 340 });
  });

  it('never leaves the film and never turns inside out', () => {
    const far = fc.integer({ min: -5000, max: 5000 });
    fc.assert(
      fc.property(fc.constantFrom(...handles), far, far, (handle, dx, dy) => {
        for (const moved of [resizeBox(box, film, handle, dx, dy), moveBox(box, film, dx, dy)]) {
          expect(moved.x).toBeGreaterThanOrEqual(0);
          expect(moved.y).toBeGreaterThanOrEqual(0);
          expect(moved.x + moved.width).toBeLessThanOrEqual(1000);
          expect(moved.y + moved.height).toBeLessThanOrEqual(800);
          expect(moved.width).toBeGreaterThanOrEqual(smallestSide);
          expect(moved.height).toBeGreaterThanOrEqual(smallestSide);
        }
      }),
    );
  });

  it('is drawn in any direction and cut to the film; a click draws nothing', () => {
    expect(boxBetween(imagePoint(300, 400), imagePoint(100, -50), film)).toEqual({
      x: 100,
      y: 0,
      width: 200,
      height: 400,
    });
    expect(boxBetween(imagePoint(5, 5), imagePoint(8, 900), film)).toBeNull();
  });
});
