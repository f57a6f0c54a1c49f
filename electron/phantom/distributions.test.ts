import { describe, expect, it } from 'vitest';
import { drawnDistributions, measuredBack } from '../../benchmarks/phantomDistributions.ts';

describe('300 simulated patients', () => {
  it.each(drawnDistributions())('have the published $measure', ({ count, mean, deviation, published }) => {
    expect(Math.abs(mean - published.mean)).toBeLessThan((4 * deviation) / Math.sqrt(count));
    if (published.deviation === null) return;
    expect(deviation / published.deviation).toBeGreaterThan(0.85);
    expect(deviation / published.deviation).toBeLessThan(1.15);
  });
});

describe('the painted surface', () => {
  const found = new Map(measuredBack().map((row) => [row.measure, row]));

  it.each([
    ['head diameter', 0.1, 0.1],
    ['offset', 1, 1],
    ['neck-shaft angle', 2, 2.5],
    ['neck height', 1, 2],
  ] as const)('has the %s that was drawn', (measure, mean, deviation) => {
    expect(Math.abs(found.get(measure)!.mean)).toBeLessThan(mean);
    expect(found.get(measure)!.deviation).toBeLessThan(deviation);
  });
});
