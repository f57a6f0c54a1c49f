import { afterEach, describe, expect, test } from 'vitest';
import { gradeGroups } from '../../contract/finding.ts';
import type { ImageSource, SnapshotGrade } from '../../contract/snapshot.ts';
import { seeded } from '../../random/random.ts';
import {
  openCropBatches,
  openFilmBatches,
  type BatchArrays,
  type BatchMaker,
  type BatchOptions,
} from './batches.ts';
import { epochOrder, planEpoch, type Drawable } from './batchOrder.ts';
import { classIndex, storedCropSide, type CropExample, type FilmExample } from './examples.ts';
import { noAugmentation, shippedRecipe, strongRecipe } from '../training/recipes.ts';

const crop = (number: number, grade: SnapshotGrade, source: ImageSource = 'film'): CropExample => ({
  pixels: Uint16Array.from(
    { length: storedCropSide ** 2 },
    (_, i) => 30_000 + 25_000 * Math.sin(i / (9 + number)),
  ),
  grade,
  source,
});
const crops = [
  crop(0, 'none'),
  crop(1, 'I'),
  crop(2, 'III'),
  crop(3, 'none'),
  crop(4, 'IV'),
  crop(5, 'none'),
  crop(6, 'II'),
];
const options = (change: Partial<BatchOptions> = {}): BatchOptions => ({
  random: seeded(5),
  batchSize: 3,
  augmentation: strongRecipe('classifier').augmentation,
  balance: 'none',
  sources: null,
  workers: 0,
  ...change,
});

const makers: BatchMaker[] = [];
const cropMaker = async (change: Partial<BatchOptions> = {}, examples = crops): Promise<BatchMaker> => {
  const maker = await openCropBatches(examples, options(change));
  makers.push(maker);
  return maker;
};
afterEach(async () => {
  await Promise.all(makers.splice(0).map((maker) => maker.close()));
});

const bytesOf = (arrays: BatchArrays): Buffer =>
  Buffer.concat(Object.values(arrays).map(({ values }) => new Uint8Array(values.buffer)));

describe('batches', () => {
  test('of hips hold every example of an epoch once, in batches of all but one size', async () => {
    const maker = await cropMaker({ augmentation: noAugmentation });
    expect(maker.stepsPerEpoch).toBe(3);
    expect(maker.examplesPerEpoch).toBe(7);
    const sizes: number[] = [];
    const inputs = new Set<string>();
    for (let step = 0; step < 3; step++) {
      const { x, y, weight } = await maker.batch(0, step);
      const n = x!.shape[0]!;
      sizes.push(n);
      expect(x!.shape).toEqual([n, 256, 256, 1]);
      expect(y!.shape).toEqual([n, 3]);
      expect(weight!.shape).toEqual([n]);
      expect(x!.values).toHaveLength(n * 256 * 256);
      expect([...weight!.values]).toEqual(new Array(n).fill(1));
      for (let i = 0; i < n; i++) {
        inputs.add(Buffer.from(x!.values.slice(i * 65_536, i * 65_536 + 999).buffer).toString('base64'));
        expect(y!.values.subarray(i * 3, i * 3 + 3).reduce((sum, value) => sum + value, 0)).toBe(1);
      }
    }
    expect(sizes.sort()).toEqual([2, 2, 3]);
    expect(inputs.size).toBe(7);
  });

  test('of films hold input and targets', async () => {
    const film: FilmExample = {
      pixels: Uint16Array.from({ length: 65_536 }, (_, i) => (i * 7919) % 65_536),
      hips: [{ box: { x: 40, y: 80, width: 70, height: 90 }, medialSide: 'picture-right' }],
      source: 'film',
    };
    const maker = await openFilmBatches(
      [film, film],
      options({ balance: 'draw', augmentation: noAugmentation }),
    );
    makers.push(maker);
    const { x, heat, box, weight } = await maker.batch(0, 0);
    expect([x, heat, box, weight].map((array) => array!.shape)).toEqual([
      [2, 256, 256, 1],
      [2, 32, 32, 2],
      [2, 32, 32, 4],
      [2, 32, 32, 1],
    ]);
    // The centre, (75, 125), is in cell 9 of row 15.
    expect(heat!.values[(15 * 32 + 9) * 2]).toBe(1);
    expect(weight!.values[15 * 32 + 9]).toBe(1);
  });

  test('are the same bytes from no, one and two workers, in whatever order they are asked for', async () => {
    const forward = await cropMaker();
    const expected = new Map<string, Buffer>();
    for (let epoch = 0; epoch < 2; epoch++)
      for (let step = 0; step < 3; step++)
        expected.set(`${String(epoch)} ${String(step)}`, bytesOf(await forward.batch(epoch, step)));
    expect(new Set([...expected.values()].map((bytes) => bytes.toString('base64'))).size).toBe(6);
    for (const workers of [0, 1, 2]) {
      const maker = await cropMaker({ workers });
      // A training that is taken up in the second epoch, and then all at once and backwards.
      for (const [epoch, step] of [
        [1, 1],
        [1, 2],
        [0, 2],
      ] as const)
        expect(
          bytesOf(await maker.batch(epoch, step)).equals(expected.get(`${String(epoch)} ${String(step)}`)!),
        ).toBe(true);
      const all = await Promise.all(
        [...expected.keys()].reverse().map(async (key) => {
          const [epoch, step] = key.split(' ').map(Number);
          return bytesOf(await maker.batch(epoch!, step!)).equals(expected.get(key)!);
        }),
      );
      expect(all).toEqual(new Array(6).fill(true));
    }
  });

  test('of another seed or another epoch differ', async () => {
    const one = await cropMaker();
    const other = await cropMaker({ random: seeded(6) });
    expect(bytesOf(await one.batch(0, 0)).equals(bytesOf(await other.batch(0, 0)))).toBe(false);
    expect(bytesOf(await one.batch(0, 0)).equals(bytesOf(await one.batch(1, 0)))).toBe(false);
  });

  test('leave stored pictures as they are', async () => {
    const before = crops.map(({ pixels }) => pixels.slice());
    await (await cropMaker()).batch(0, 0);
    expect(crops.map(({ pixels }) => pixels)).toEqual(before);
  });

  test('of a step that does not exist, of a closed maker and of a picture that is gone are refused', async () => {
    const maker = await cropMaker();
    await expect(maker.batch(0, 3)).rejects.toThrow(RangeError);
    await expect(maker.batch(-1, 0)).rejects.toThrow(RangeError);
    for (const workers of [0, 2]) {
      const gone: CropExample = {
        grade: 'none',
        source: 'film',
        get pixels(): Uint16Array {
          throw new Error('gone');
        },
      };
      const broken = await cropMaker({ workers }, [gone, crop(1, 'I')]);
      await expect(broken.batch(0, 0)).rejects.toThrow('gone');
    }
    // A film that no thread can draw.
    const film: FilmExample = { pixels: new Uint16Array(65_536), hips: null as never, source: 'film' };
    const dying = await openFilmBatches([film], options({ workers: 1 }));
    makers.push(dying);
    await expect(dying.batch(0, 0)).rejects.toMatchObject({ kind: 'internal' });
    const closed = await cropMaker({ workers: 1 });
    await closed.close();
    await expect(closed.batch(0, 0)).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

/** So many examples of each class from a source. */
const drawables = (source: ImageSource, ...counts: readonly number[]): Drawable[] =>
  counts.flatMap((count, group) => Array.from({ length: count }, () => ({ source, group })));

const countBy = <K>(
  list: readonly Drawable[],
  order: readonly number[],
  key: (one: Drawable) => K,
): Map<K, number> => {
  const counts = new Map<K, number>();
  for (const i of order) counts.set(key(list[i]!), (counts.get(key(list[i]!)) ?? 0) + 1);
  return counts;
};

describe('an epoch', () => {
  test('draws the classes equally often, each of its examples as often as another or once more', () => {
    const list = drawables('film', 70, 11, 20);
    const plan = planEpoch(list, { balance: 'draw', sources: null });
    expect(plan.examplesPerEpoch).toBe(101);
    expect(plan.weights.every((weight) => weight === 1)).toBe(true);
    const seen = new Set<number>();
    for (let epoch = 0; epoch < 12; epoch++) {
      const order = epochOrder(plan, seeded(epoch));
      expect([...countBy(list, order, ({ group }) => group).values()].sort()).toEqual([33, 34, 34]);
      const times = [...countBy(list, order, (one) => one).values()];
      const rare = order.filter((i) => list[i]!.group === 1);
      const each = [...new Set(rare)].map((i) => rare.filter((one) => one === i).length);
      expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
      expect(times.reduce((sum, count) => sum + count, 0)).toBe(101);
      for (const i of order) seen.add(i);
    }
    // Of 70, 33 or 34 come in an epoch: after twelve hardly one has not.
    expect(seen.size).toBeGreaterThan(97);
  });

  test("weighs the classes alike in the loss, with a mean of 1, whatever the sources' shares", () => {
    const list = [...drawables('film', 50, 20, 30), ...drawables('drr', 5, 40, 5)];
    for (const sources of [null, { film: 0.5, drr: 0.5, gan: 0 }]) {
      const { weights, ...plan } = planEpoch(list, { balance: 'weights', sources });
      const sums = [0, 0, 0];
      let total = 0;
      for (let epoch = 0; epoch < 30; epoch++) {
        for (const i of epochOrder({ ...plan, weights }, seeded(epoch))) {
          sums[list[i]!.group!]! += weights[i]!;
          total += 1;
        }
      }
      for (const sum of sums) expect(sum / total).toBeCloseTo(1 / 3, 2);
    }
  });

  test('takes each source by its share, and is as long as the films make it', () => {
    const list = [
      ...drawables('film', 20, 20, 20),
      ...drawables('drr', 500, 0, 0),
      ...drawables('gan', 4, 4, 4),
    ];
    const sources = { film: 0.5, drr: 0.3, gan: 0.2 };
    const plan = planEpoch(list, { balance: 'none', sources });
    expect(plan.examplesPerEpoch).toBe(120);
    const order = epochOrder(plan, seeded(1));
    expect(Object.fromEntries(countBy(list, order, ({ source }) => source))).toEqual({
      film: 60,
      drr: 36,
      gan: 24,
    });
    // Every film once, every generated picture twice.
    expect(new Set(order.filter((i) => i < 60)).size).toBe(60);
    const generated = order.filter((i) => list[i]!.source === 'gan');
    expect(new Set(generated).size).toBe(12);
    // Shares are parts of what they sum up to; without films the first source there is sets the length.
    expect(planEpoch(list, { balance: 'none', sources: { film: 1, drr: 0, gan: 1 } }).examplesPerEpoch).toBe(
      120,
    );
    expect(
      planEpoch(list, { balance: 'none', sources: { film: 0, drr: 0.5, gan: 0.5 } }).examplesPerEpoch,
    ).toBe(1000);
    expect(planEpoch(list, { balance: 'none', sources: null }).examplesPerEpoch).toBe(572);
  });

  test('differs in its order from the next one', () => {
    const plan = planEpoch(drawables('film', 9, 9, 9), { balance: 'none', sources: null });
    expect(epochOrder(plan, seeded(1))).not.toEqual(epochOrder(plan, seeded(2)));
    expect(epochOrder(plan, seeded(1)).sort((a, b) => a - b)).toEqual([...Array(27).keys()]);
  });

  test.each([
    ['nothing', [], { balance: 'none', sources: null }, /nothing to learn from/],
    [
      'a class missing',
      drawables('film', 5, 0, 5),
      { balance: 'draw', sources: null },
      /none of Garden I-II/,
    ],
    [
      'two missing',
      drawables('film', 5),
      { balance: 'weights', sources: null },
      /Garden I-II and none of Garden III-IV/,
    ],
    [
      'a source missing',
      drawables('film', 5, 5, 5),
      { balance: 'none', sources: { film: 0.5, drr: 0.5, gan: 0 } },
      /asks for radiographs computed from CT/,
    ],
    [
      'no source wanted',
      drawables('film', 5, 5, 5),
      { balance: 'none', sources: { film: 0, drr: 0, gan: 0 } },
      /share of 0/,
    ],
  ] as const)('of %s is refused with a sentence', (_, list, recipe, sentence) => {
    expect(() => planEpoch(list, recipe)).toThrow(
      expect.objectContaining({
        kind: 'invalid-input',
        message: expect.stringMatching(sentence) as string,
      }) as Error,
    );
  });

  test('is refused by the pipeline as by its plan', async () => {
    await expect(openCropBatches([], options())).rejects.toMatchObject({ kind: 'invalid-input' });
    await expect(openFilmBatches([], options())).rejects.toMatchObject({ kind: 'invalid-input' });
  });
});

test('grades are places among the classes', () => {
  expect((['none', 'I', 'II', 'III', 'IV'] as const).map(classIndex)).toEqual([0, 1, 1, 2, 2]);
  expect(gradeGroups).toHaveLength(3);
  expect(shippedRecipe('localizer').shape).toBeNull();
});
