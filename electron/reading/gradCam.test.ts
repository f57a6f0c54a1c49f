import { describe, expect, it } from 'vitest';
import { enlarge, gradCam } from './gradCam.ts';

describe('Grad-CAM', () => {
  it('weighs each channel by the mean of its gradient, drops what speaks against, and scales to 1', () => {
    // Two channels on a 1 × 3 map; mean gradients 2 and −1, so the sums are 2·A₀ − A₁ = 6, −1, 3.
    const evidence = {
      rows: 1,
      columns: 3,
      channels: 2,
      activations: Float32Array.of(3, 0, 1, 3, 2, 1),
      gradient: Float32Array.of(1, -1, 2, 0, 3, -2),
    };
    expect([...gradCam(evidence)]).toEqual([1, 0, 0.5]);
  });

  it('is all zero where nothing speaks for the class', () => {
    const evidence = { rows: 1, columns: 2, channels: 1, activations: Float32Array.of(1, 2) };
    expect([...gradCam({ ...evidence, gradient: Float32Array.of(-1, -1) })]).toEqual([0, 0]);
  });
});

describe('enlarging a map', () => {
  it('keeps an even map even and a linear one linear inside', () => {
    expect([...enlarge(Float32Array.of(0.5, 0.5, 0.5, 0.5), 2, 2, 4)]).toEqual(Array(16).fill(0.5));
    // 0 and 1 lie at a quarter and three quarters; between them the map rises evenly.
    const row = [...enlarge(Float32Array.of(0, 1, 0, 1), 2, 2, 4)].slice(0, 4);
    expect(row).toEqual([0, 0.25, 0.75, 1]);
  });
});
