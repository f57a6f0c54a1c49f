import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { niceTicks } from './plot.ts';

describe('the numbers on an axis', () => {
  test('are round and enclose what is drawn', () => {
    expect(niceTicks([0, 1.1])).toEqual([0, 0.5, 1, 1.5]);
    expect(niceTicks([0.812, 0.874])).toEqual([0.8, 0.82, 0.84, 0.86, 0.88]);
    expect(niceTicks([])).toEqual([0, 1]);
  });

  test('enclose any values with few ticks, evenly apart', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1000),
          { minLength: 1 },
        ),
        (values) => {
          const ticks = niceTicks(values);
          const slack = 1e-6 * (ticks.at(-1)! - ticks[0]!);
          expect(ticks[0]).toBeLessThanOrEqual(Math.min(...values) + slack);
          expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values) - slack);
          expect(ticks.length).toBeLessThanOrEqual(8);
          const step = ticks[1]! - ticks[0]!;
          ticks
            .slice(1)
            .forEach((tick, i) =>
              expect(tick - ticks[i]!).toBeCloseTo(step, 6 - Math.ceil(Math.log10(step))),
            );
        },
      ),
    );
  });
});
