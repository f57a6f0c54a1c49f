import { describe, expect, it } from 'vitest';
import { seeded } from '../random/random.ts';
import { cusumLimit, cusumRunLength, referenceOf, watchMean, watchShare } from './drift.ts';

describe('cusumRunLength', () => {
  it.each([
    // Montgomery, Introduction to Statistical Quality Control, table 9.3: two-sided, k = 0.5.
    [4, 0, 168],
    [4, 0.25, 74.2],
    [4, 0.5, 26.6],
    [4, 1, 8.38],
    [4, 2, 3.34],
    [5, 0, 465],
    [5, 0.25, 139],
    [5, 0.5, 38],
    [5, 1, 10.4],
    [5, 2, 4.01],
  ])('at h = %s and a shift of %s gives the published %s', (limit, shift, published) => {
    const both = 1 / (1 / cusumRunLength(limit, 0.5, shift) + 1 / cusumRunLength(limit, 0.5, -shift));
    expect(Math.abs(both / published - 1)).toBeLessThan(0.06);
  });

  it('is turned around by cusumLimit', () => {
    for (const runLength of [168, 465, 24_000])
      expect(cusumRunLength(cusumLimit(runLength, 0.5), 0.5) / 2).toBeCloseTo(runLength, 3);
  });
});

const runLength = 20_000;

describe('watchMean', () => {
  const reference = { mean: 10, deviation: 3, n: 1_000_000 };
  const values = (seed: number, n: number, draw: (i: number) => number): number[] => {
    const random = seeded(seed);
    return Array.from(
      { length: n },
      (_, i) => reference.mean + draw(i) + random.normal(0, reference.deviation),
    );
  };

  it('is silent on stable values as often as it says', () => {
    // 200 stations of 2,000 values: at one false alarm in 20,000 about 20 are alarmed once at least; the sum may have
    // gone back since, so at most that many alarm at the end.
    let alarms = 0;
    for (let seed = 0; seed < 200; seed++) {
      let first = false;
      const drawn = values(seed, 2000, () => 0);
      for (let end = 100; end <= drawn.length && !first; end += 100)
        first = watchMean(drawn.slice(0, end), reference, runLength).alarm;
      if (first) alarms++;
    }
    // Binomial(200, 1 − exp(−0.1)): 19, standard deviation 4.2.
    expect(alarms).toBeLessThan(32);
  });

  it('alarms within the films that a shift should take', () => {
    const { limit } = watchMean([], reference, runLength);
    for (const shift of [0.5, 1, 2]) {
      // In standard deviations of a group's mean.
      const expected = 5 * cusumRunLength(limit, 0.5, shift * Math.sqrt(5));
      const delays = Array.from({ length: 40 }, (_, seed) => {
        const drawn = values(seed, 400, () => shift * reference.deviation);
        const { since, direction } = watchMean(drawn, reference, runLength);
        expect(direction).toBe('up');
        return since! + 1;
      });
      const mean = referenceOf(delays).mean;
      expect(mean).toBeGreaterThan(0.75 * expected);
      expect(mean).toBeLessThan(1.25 * expected + 5);
    }
  });

  it('says since when, and is silent again after the cause has gone', () => {
    const drawn = values(3, 1500, (i) => (i >= 300 && i < 500 ? -6 : 0));
    const during = watchMean(drawn.slice(0, 500), reference, runLength);
    expect(during).toMatchObject({ alarm: true, direction: 'down' });
    expect(during.since).toBeGreaterThanOrEqual(300);
    expect(during.since).toBeLessThan(340);
    expect(watchMean(drawn, reference, runLength)).toMatchObject({ alarm: false, since: null });
  });

  it('takes no difference for drift that a small reference explains', () => {
    const small = { ...reference, n: 25 };
    // Two standard errors of that reference.
    const drawn = values(5, 3000, () => (2 * reference.deviation) / 5);
    expect(watchMean(drawn, small, runLength).alarm).toBe(false);
    expect(watchMean(drawn, reference, runLength).alarm).toBe(true);
  });

  it('refuses a reference without spread', () => {
    expect(() => watchMean([1], { mean: 1, deviation: 0, n: 9 }, runLength)).toThrow(RangeError);
  });
});

describe('watchShare', () => {
  const tosses = (seed: number, n: number, share: number): number[] => {
    const random = seeded(seed);
    return Array.from({ length: n }, () => (random.chance(share) ? 1 : 0));
  };

  it.each([0.005, 0.05, 0.5, 0.9])('is silent on a stable share of %s', (share) => {
    const reference = { mean: share, deviation: 0, n: 1500 };
    let alarms = 0;
    for (let seed = 0; seed < 100; seed++)
      for (let end = 400; end <= 2000; end += 400)
        if (watchShare(tosses(seed, 2000, share).slice(0, end), reference, runLength).alarm) {
          alarms++;
          break;
        }
    // At most 10 expected by Lorden's bound, standard deviation 3.
    expect(alarms).toBeLessThan(20);
  });

  it('alarms when refusals rise from 1 to 20 of 100, and when right answers fall', () => {
    for (let seed = 0; seed < 20; seed++) {
      const rise = watchShare(tosses(seed, 200, 0.2), { mean: 0.01, deviation: 0, n: 1500 }, runLength);
      expect(rise).toMatchObject({ alarm: true, direction: 'up' });
      const fall = watchShare(tosses(seed, 200, 0.5), { mean: 0.85, deviation: 0, n: 1500 }, runLength);
      expect(fall).toMatchObject({ alarm: true, direction: 'down' });
    }
  });

  it('has nothing to fall from where nothing ever was', () => {
    expect(watchShare(tosses(1, 5000, 0), { mean: 0, deviation: 0, n: 100 }, runLength).alarm).toBe(false);
  });
});
