import { describe, expect, it } from 'vitest';
import { driftSignals, patientValue } from '../../contract/driftSignals.ts';
import type { GreyImage } from '../../contract/image.ts';
import { seeded, type Random } from '../../random/random.ts';
import { inputStatistics } from '../../reading/inputStatistics.ts';
import { localizerInput } from '../../reading/prepare.ts';
import { hasSpread, referenceOf, watchMean } from '../../statistics/drift.ts';

const [rows, columns] = [192, 160];

/** A shaft and a head before soft tissue, where and as large as chance has it, on a detector with this much noise. */
function film(random: Random, { noise, darkening }: { noise: number; darkening: number }): GreyImage {
  const head = {
    x: random.between(50, 110),
    y: random.between(50, 90),
    radius: random.normalWithin(24, 3, 15, 35),
  };
  const tissue = random.normalWithin(0.3, 0.05, 0.15, 0.45);
  const grain = noise * random.normalWithin(1, 0.15, 0.5, 1.5);
  const values = Float32Array.from({ length: rows * columns }, (_, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    const bone =
      Math.hypot(x - head.x, y - head.y) < head.radius ||
      (y > head.y && Math.abs(x - head.x) < head.radius / 2);
    const thickness = tissue * (1 + x / columns) + (bone ? 0.3 : 0);
    return thickness ** darkening + random.normal(0, grain);
  });
  return { rows, columns, values };
}

describe('drift of pictures', () => {
  const usual = { noise: 0.01, darkening: 1 };
  const random = seeded(21);
  const numbersOf = (looks: { noise: number; darkening: number }, patients: number) =>
    Array.from({ length: patients }, () => {
      const image = film(random, looks);
      const input = inputStatistics(localizerInput(image).data, image);
      return [{ refused: false, doubted: false, input, hips: [] }];
    });
  const reference = numbersOf(usual, 80);
  const runLength = 10_000 * driftSignals.length;
  const alarmsOf = (films: ReturnType<typeof numbersOf>): string[] =>
    driftSignals.flatMap(({ id, kind }) => {
      const usually = referenceOf(reference.flatMap((patient) => patientValue(id, patient) ?? []));
      if (kind !== 'input' || !hasSpread(usually)) return [];
      const values = films.flatMap((patient) => patientValue(id, patient) ?? []);
      return watchMean(values, usually, runLength).alarm ? [id] : [];
    });

  it('is silent on films like those before, and alarms within twenty that are darker and noisier', () => {
    const stable = numbersOf(usual, 100);
    expect(alarmsOf(stable)).toEqual([]);
    expect(alarmsOf([...stable, ...numbersOf({ noise: 0.02, darkening: 1.6 }, 20)])).toContain('noise');
  });
});
