import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reading } from '../contract/reading.ts';
import type { FilmTags } from '../contract/reading.ts';
import type { GreyImage } from '../contract/image.ts';
import { seeded } from '../random/random.ts';
import { untrainedModels } from '../../models/index.ts';
import { createReader, type ReaderModels } from './reader.ts';

const tags: FilmTags = {
  modality: 'DX',
  bodyPart: 'HIP',
  view: 'AP',
  laterality: 'left',
  lossy: false,
  simulated: true,
  uncalibrated: false,
  invertedPhotometric: false,
  notes: [],
};

/** Bright disk on a gradient: something to see, nothing to know. */
const image: GreyImage = {
  rows: 320,
  columns: 400,
  values: Float32Array.from({ length: 320 * 400 }, (_, i) => {
    const [x, y] = [(i % 400) - 180, Math.floor(i / 400) - 150];
    return x + 0.5 * y + (Math.hypot(x, y) < 70 ? 900 : 0);
  }),
};

const random = seeded(7);

let models: ReaderModels;
beforeAll(async () => {
  expect(await tf.setBackend('wasm')).toBe(true);
  models = { ...untrainedModels(() => random.uniform()), hash: 'f'.repeat(64), name: 'untrained' };
});
afterAll(() => {
  models.localizer.dispose();
  models.classifier.dispose();
});

/** The real, untrained networks, taking the best cell of the heat map for a hip however low it scores. */
const eagerReader = () =>
  createReader({
    ...models,
    localizer: { ...models.localizer, locate: (data) => models.localizer.locate(data, 0) },
  });

describe('reading a film', () => {
  it('answers in the shape of the contract, with boxes on the film and probabilities that sum to 1', async () => {
    const answer = reading.parse(await eagerReader().read(image, tags));
    expect(answer.hips.length).toBeGreaterThan(0);
    for (const { box, probabilities, gradeGroup } of answer.hips) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(image.columns + 1e-6);
      expect(box.y + box.height).toBeLessThanOrEqual(image.rows + 1e-6);
      const values = Object.values(probabilities);
      expect(values.reduce((sum, value) => sum + value)).toBeCloseTo(1, 9);
      expect(probabilities[gradeGroup]).toBe(Math.max(...values));
    }
    // An untrained network is sure of nothing, and says so.
    expect(answer.outcome).toBe('doubtful');
    expect(answer.warnings.map(({ kind }) => kind)).toContain('no-hip-found');
  });

  it('refuses a film without a hip and one that the gate stops, without hips', async () => {
    const reader = createReader(models);
    const empty = await reader.read(image, tags);
    expect(empty).toMatchObject({ outcome: 'refused', hips: [] });
    expect(empty.warnings.at(-1)).toMatchObject({ kind: 'no-hip-found', weight: 'refuse' });
    const chest = await reader.read(image, { ...tags, bodyPart: 'CHEST' });
    expect(chest).toMatchObject({ outcome: 'refused', hips: [], timings: { classifyMs: 0 } });
  });

  it('says so when the film shows a hip only as a negative', async () => {
    const seesNegatives = {
      ...models.localizer,
      locate: async (data: Float32Array) =>
        // The disk is dark on the negative: its middle says which of the two this is.
        data[120 * 256 + 115]! < 0.5 ? models.localizer.locate(data, 0) : [],
    };
    const answer = await createReader({ ...models, localizer: seesNegatives }).read(image, tags);
    expect(answer).toMatchObject({ outcome: 'refused', hips: [] });
    expect(answer.warnings.map(({ kind }) => kind)).toContain('inverted');
  });

  it.each([NaN, Infinity, -Infinity])(
    'refuses pixels of %s and sizes that do not fit with a typed error',
    async (bad) => {
      const reader = createReader(models);
      const values = image.values.slice();
      values[1234] = bad;
      await expect(reader.read({ ...image, values }, tags)).rejects.toMatchObject({ kind: 'invalid-input' });
      await expect(reader.read({ ...image, rows: 319 }, tags)).rejects.toMatchObject({
        kind: 'invalid-input',
      });
    },
  );

  it('explains over the square that the classifier saw, with values in 0..1', async () => {
    const box = { x: 100, y: 80, width: 120, height: 150 };
    const map = await eagerReader().saliency(image, box);
    expect(map.values.length).toBe(map.rows * map.columns);
    expect(Math.min(...map.values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...map.values)).toBeLessThanOrEqual(1);
    expect(map.box.width).toBe(map.box.height);
    expect(map.box.x + map.box.width / 2).toBeCloseTo(box.x + box.width / 2, 9);
    await expect(eagerReader().saliency(image, { ...box, x: 500 })).rejects.toMatchObject({
      kind: 'invalid-input',
    });
  });

  it('leaves no tensor behind over fifty reads, saliency included', async () => {
    const reader = eagerReader();
    const { hips } = await reader.read(image, tags);
    await reader.saliency(image, hips[0]!.box);
    const before = tf.memory();
    for (let i = 0; i < 50; i++) {
      await reader.read(image, tags);
      if (i % 25 === 0) await reader.saliency(image, hips[0]!.box);
    }
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });
});
