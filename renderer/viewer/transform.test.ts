import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { screenPx } from '../../electron/contract/units.ts';
import type { QuarterTurns, View } from './transform.ts';
import {
  boxToScreen,
  fit,
  imagePoint,
  mirror,
  pan,
  screenPoint,
  toImage,
  toImageDelta,
  toScreen,
  turn,
  zoomAt,
} from './transform.ts';

const size = { width: screenPx(800), height: screenPx(600) };
const film = { columns: 2000, rows: 1000 };

const anyView: fc.Arbitrary<View> = fc.record({
  scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
  centre: fc
    .tuple(fc.double({ min: 0, max: 2000, noNaN: true }), fc.double({ min: 0, max: 1000, noNaN: true }))
    .map(([x, y]) => imagePoint(x, y)),
  quarterTurns: fc.constantFrom<QuarterTurns>(0, 1, 2, 3),
  mirrored: fc.boolean(),
});
const anyScreenPoint = fc
  .tuple(fc.double({ min: 0, max: 800, noNaN: true }), fc.double({ min: 0, max: 600, noNaN: true }))
  .map(([x, y]) => screenPoint(x, y));

describe('a film in its viewport', () => {
  it('fits: a 2:1 film in 800 × 600 is 0.4, touches left and right, and is centred', () => {
    const view = fit(film, size);
    expect(view.scale).toBeCloseTo(0.4, 12);
    expect(toScreen(view, size, imagePoint(0, 0))).toEqual({ x: 0, y: 100 });
    expect(toScreen(view, size, imagePoint(2000, 1000))).toEqual({ x: 800, y: 500 });
  });

  it('fits a turned film by its turned sides', () => {
    expect(fit(film, size, turn(fit(film, size))).scale).toBeCloseTo(0.3, 12);
  });

  it('turns clockwise: the upper left corner of the film goes to the upper right', () => {
    const view = fit(film, size, turn(fit(film, size)));
    const corner = toScreen(view, size, imagePoint(0, 0));
    expect(corner.x).toBeCloseTo(400 + 150, 9);
    expect(corner.y).toBeCloseTo(0, 9);
  });

  it('goes to the screen and back', () => {
    fc.assert(
      fc.property(anyView, anyScreenPoint, (view, at) => {
        const back = toScreen(view, size, toImage(view, size, at));
        expect(back.x).toBeCloseTo(at.x, 6);
        expect(back.y).toBeCloseTo(at.y, 6);
      }),
    );
  });

  it('keeps the point under the pointer when it zooms', () => {
    fc.assert(
      fc.property(
        anyView,
        anyScreenPoint,
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (view, at, factor) => {
          const before = toImage(view, size, at);
          const after = toImage(zoomAt(view, size, at, factor), size, at);
          expect(after.x).toBeCloseTo(before.x, 5);
          expect(after.y).toBeCloseTo(before.y, 5);
        },
      ),
    );
  });

  it('mirrors what the person sees: every point swaps left and right about the middle', () => {
    fc.assert(
      fc.property(anyView, anyScreenPoint, (view, at) => {
        const shown = toScreen(mirror(view), size, toImage(view, size, at));
        expect(shown.x).toBeCloseTo(800 - at.x, 5);
        expect(shown.y).toBeCloseTo(at.y, 5);
      }),
    );
  });

  it('comes back after two mirrors and after four turns', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        expect(mirror(mirror(view))).toEqual(view);
        expect(turn(turn(turn(turn(view))))).toEqual(view);
      }),
    );
  });

  it('moves with the hand', () => {
    const view = fit(film, size);
    const moved = pan(view, film, 40, -20);
    const at = toScreen(moved, size, imagePoint(1000, 500));
    expect(at.x).toBeCloseTo(440, 9);
    expect(at.y).toBeCloseTo(280, 9);
  });

  it('never moves the film out of sight', () => {
    fc.assert(
      fc.property(anyView, fc.integer({ min: -99999, max: 99999 }), (view, far) => {
        const { centre } = pan(view, film, far, -far);
        expect(centre.x).toBeGreaterThanOrEqual(0);
        expect(centre.x).toBeLessThanOrEqual(2000);
        expect(centre.y).toBeGreaterThanOrEqual(0);
        expect(centre.y).toBeLessThanOrEqual(1000);
      }),
    );
  });

  it('shows a box with the scaled area in any turn', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const rect = boxToScreen(view, size, { x: 100, y: 200, width: 300, height: 50 });
        expect(rect.width * rect.height).toBeCloseTo(300 * 50 * view.scale ** 2, 4);
      }),
    );
  });

  it('turns a movement on the screen into one on the film', () => {
    const view = turn({ ...fit(film, size), scale: 2 });
    const delta = toImageDelta(view, 0, 10);
    expect(delta.x).toBeCloseTo(5, 12);
    expect(delta.y).toBeCloseTo(0, 12);
  });
});
