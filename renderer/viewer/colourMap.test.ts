import { describe, expect, it } from 'vitest';
import { cividis, saliencyFloor, saliencyPixels } from './colourMap.ts';

/** Relative luminance of sRGB, WCAG 2.2. */
function luminance([red, green, blue]: readonly [number, number, number]): number {
  const linear = (value: number) => {
    const s = value / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

describe('cividis', () => {
  it('runs from dark blue to yellow: the published ends within the polynomial error', () => {
    // matplotlib: (0, 34, 78) … (254, 232, 56)
    const distance = (a: readonly number[], b: readonly number[]) =>
      Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    expect(distance(cividis(0), [0, 34, 78])).toBeLessThan(8);
    expect(distance(cividis(1), [254, 232, 56])).toBeLessThan(16);
  });

  it('gets lighter all the way, so it reads without colour', () => {
    for (let i = 1; i <= 64; i++) {
      expect(luminance(cividis(i / 64))).toBeGreaterThan(luminance(cividis((i - 1) / 64)));
    }
  });
});

describe('a saliency map', () => {
  it('is transparent up to its floor and opaque at its top', () => {
    const pixels = saliencyPixels({
      box: { x: 0, y: 0, width: 3, height: 1 },
      rows: 1,
      columns: 3,
      of: 'I-II',
      values: Float32Array.from([0, saliencyFloor, 1]),
    });
    expect([pixels[3], pixels[7], pixels[11]]).toEqual([0, 0, 255]);
  });
});
