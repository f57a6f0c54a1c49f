import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Voi } from '../../electron/contract/film.ts';
import { displayValue, dragWindow, isInverted, windowOf } from './voi.ts';

const window = (kind: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID', center: number, width: number): Voi => ({
  kind: 'window',
  function: kind,
  center,
  width,
  explanation: null,
});

describe('display values', () => {
  it('LINEAR: the examples of PS3.3 C.11.2.1.2 Note 3', () => {
    // center 2048, width 4096 over 0..4095 is the identity ramp
    const whole = window('LINEAR', 2048, 4096);
    expect(displayValue(whole, 0)).toBe(0);
    expect(displayValue(whole, 4095)).toBe(1);
    expect(displayValue(whole, 2047.5)).toBeCloseTo(0.5, 12);
    // center 2048, width 1: below 2048 black, from 2048 white
    const step = window('LINEAR', 2048, 1);
    expect(displayValue(step, 2047)).toBe(0);
    expect(displayValue(step, 2048)).toBe(1);
    // center 0, width 100: -50 and below black, 49 and above white
    const signed = window('LINEAR', 0, 100);
    expect(displayValue(signed, -50)).toBe(0);
    expect(displayValue(signed, 49)).toBe(1);
    expect(displayValue(signed, -49)).toBeCloseTo(1 / 99, 12);
    // center 0, width 1: -1 and below black, 0 and above white
    const thin = window('LINEAR', 0, 1);
    expect(displayValue(thin, -1)).toBe(0);
    expect(displayValue(thin, 0)).toBe(1);
  });

  it('LINEAR_EXACT: c ± w/2 are the ends', () => {
    const exact = window('LINEAR_EXACT', 10, 4);
    expect(displayValue(exact, 8)).toBe(0);
    expect(displayValue(exact, 12)).toBe(1);
    expect(displayValue(exact, 9)).toBeCloseTo(0.25, 12);
  });

  it('SIGMOID: one half at the centre, 1/(1+e^-2) at c + w/2, never quite the ends', () => {
    const soft = window('SIGMOID', 100, 50);
    expect(displayValue(soft, 100)).toBe(0.5);
    expect(displayValue(soft, 125)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(displayValue(soft, 75)).toBeCloseTo(1 - 1 / (1 + Math.exp(-2)), 12);
  });

  it('LUT: exact at its entries, held outside them', () => {
    const lut: Voi = { kind: 'lut', first: -2, values: [0, 0.1, 0.9, 1], explanation: null };
    expect([-9, -2, -1, 0, 1, 99].map((x) => displayValue(lut, x))).toEqual([0, 0, 0.1, 0.9, 1, 1]);
    expect(displayValue(lut, -0.5)).toBeCloseTo(0.5, 12);
  });

  it('rises with the value in every function', () => {
    const kinds = fc.constantFrom('LINEAR' as const, 'LINEAR_EXACT' as const, 'SIGMOID' as const);
    const value = fc.double({ min: -5000, max: 70000, noNaN: true });
    fc.assert(
      fc.property(
        kinds,
        value,
        value,
        fc.double({ min: 0.5, max: 9000, noNaN: true }),
        (kind, a, b, width) => {
          const voi = window(kind, 1000, width);
          expect(displayValue(voi, Math.max(a, b))).toBeGreaterThanOrEqual(displayValue(voi, Math.min(a, b)));
        },
      ),
    );
  });
});

describe('a window under the hand', () => {
  it('stays as it is without a movement, and a LUT becomes the window over its range', () => {
    expect(windowOf(dragWindow(window('SIGMOID', 7, 9), 0, 0))).toEqual({ center: 7, width: 9 });
    const lut: Voi = { kind: 'lut', first: 100, values: [0, 0, 0.5, 1, 1], explanation: null };
    expect(windowOf(lut)).toEqual({ center: 102.5, width: 1 });
  });

  it('never gets narrower than one value', () => {
    expect(windowOf(dragWindow(window('LINEAR', 0, 3), -5000, 0)).width).toBe(1);
  });

  it('inversion by the person cancels MONOCHROME1', () => {
    expect(isInverted({ invertedPhotometric: true }, true)).toBe(false);
    expect(isInverted({ invertedPhotometric: true }, false)).toBe(true);
    expect(isInverted({ invertedPhotometric: false }, true)).toBe(true);
  });
});
