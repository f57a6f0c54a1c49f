import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CalcarError } from '../../contract/errors.ts';
import { classifierInput, localizerInput } from '../../reading/prepare.ts';
import { seeded } from '../../random/random.ts';
import type { Split } from '../../contract/snapshot.ts';
import { NoiseTable } from '../batches/augmentNoise.ts';
import { drawCrop, drawFilm } from '../batches/examples.ts';
import { readLearnPatient, readWholeFilms, stemOf, writePatient } from './patientFiles.ts';
import { noAugmentation } from '../training/recipes.ts';
import { simulateFilms, type SimulatedPatient } from '../simulation/simulate.ts';
import { snapshotFilmOf } from './simulatedPatient.ts';

let folder: string;
let patient: SimulatedPatient;
const noise = new NoiseTable(seeded(0));

function store(split: Split, number: number): void {
  writePatient(
    folder,
    stemOf(split, number),
    { patient: 'simulated-4242', split, sex: null, ageYears: null },
    patient.films.map((film) => ({ image: film.image, film: snapshotFilmOf(film) })),
  );
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-patients-'));
  patient = simulateFilms(seeded(4242), {
    style: 'clinic',
    grades: { left: 'IV', right: 'none' },
    views: ['left'],
    resolution: 'coarse',
  });
  store('learn', 7);
  store('test', 7);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Pearson's coefficient. */
function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (v: Float32Array): number => v.reduce((s, x) => s + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((x, i) => {
    ab += (x - ma) * (b[i]! - mb);
    aa += (x - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

describe('a simulated film of the left hip', () => {
  test('shows that hip whole, labelled as it was made', () => {
    const [film] = patient.films;
    const left = film!.hips.find(({ laterality }) => laterality === 'left')!;
    expect(left).toMatchObject({ grade: 'IV', group: 'III-IV', medialSide: 'picture-left' });
    expect(left.box.width * film!.film.parameters.pixelSpacing).toBeGreaterThan(70);
    expect(left.box.x + left.box.width).toBeLessThanOrEqual(film!.image.columns);
  });

  test('is the same film again from the same stream', () => {
    const again = simulateFilms(seeded(4242), {
      style: 'clinic',
      grades: { left: 'IV', right: 'none' },
      views: ['left'],
      resolution: 'coarse',
    });
    expect(again.films[0]!.film.pixels).toEqual(patient.films[0]!.film.pixels);
  });
});

describe('what is stored', () => {
  test('looks to the networks in training as the film does in reading', () => {
    const { films, crops } = readLearnPatient(folder, 'learn-000007');
    const [film] = patient.films;
    const seen = drawFilm(films[0]!, noAugmentation, seeded(1), noise);
    expect(correlation(seen.input, localizerInput(film!.image).data)).toBeGreaterThan(0.99);
    film!.hips.forEach((hip, i) => {
      const crop = drawCrop(crops[i]!.pixels, noAugmentation, seeded(1), noise);
      expect(correlation(crop, classifierInput(film!.image, hip.box))).toBeGreaterThan(0.99);
      expect(crops[i]!.grade).toBe(hip.grade);
    });
    const { fromImage } = localizerInput(film!.image);
    const expected = fromImage(film!.hips[0]!.box);
    for (const key of ['x', 'y', 'width', 'height'] as const) {
      expect(films[0]!.hips[0]!.box[key]).toBeCloseTo(expected[key], 6);
    }
  });

  test('of a held-out patient is every pixel', () => {
    const { films } = readWholeFilms(folder, 'test-000007');
    const [film] = films;
    const whole = patient.films[0]!.image;
    expect(film!.image).toMatchObject({ rows: whole.rows, columns: whole.columns });
    expect(correlation(film!.image.values, whole.values)).toBeGreaterThan(0.999_999);
    expect(film!.film.hips.map(({ box }) => box)).toEqual(patient.films[0]!.hips.map(({ box }) => box));
  });

  test('is refused in words when it is missing, cut off or not ours', () => {
    const kindOf = (act: () => unknown): string => {
      try {
        act();
      } catch (error) {
        if (error instanceof CalcarError) return error.kind;
      }
      return 'no typed error';
    };
    expect(kindOf(() => readWholeFilms(folder, 'tune-000007'))).toBe('not-found');
    store('tune', 8);
    truncateSync(join(folder, 'tune-000008.u16'), 1000);
    expect(kindOf(() => readWholeFilms(folder, 'tune-000008'))).toBe('invalid-input');
    writeFileSync(join(folder, 'tune-000009.json'), '{"films": 3}');
    writeFileSync(join(folder, 'tune-000009.u16'), '');
    expect(kindOf(() => readWholeFilms(folder, 'tune-000009'))).toBe('invalid-input');
  });

  test('is refused when its greys change while they are in use', () => {
    store('learn', 10);
    const { films, crops } = readLearnPatient(folder, 'learn-000010');
    expect(crops[0]!.pixels).toEqual(crops[0]!.pixels);
    const file = join(folder, 'learn-000010.u16');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    expect(films[0]!.pixels).toHaveLength(256 * 256);
    expect(() => crops.at(-1)!.pixels).toThrow('changed while it was in use');
    rmSync(file);
    expect(() => crops[0]!.pixels).toThrow('is gone');
  });
});
