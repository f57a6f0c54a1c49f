import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../random/random.ts';
import {
  classifierLayers,
  defaultClassifierConfig,
  defaultLocalizerConfig,
  initialParameters,
  localizerLayers,
  modelFiles,
  writeWeights,
} from '../../models/index.ts';
import { confidenceFile, openReader } from './openReader.ts';

const files = new Map<string, Uint8Array>();
let modelHash = '';

/** A models' folder in memory, which says of a missing file what Node says. */
const folder =
  (added: Record<string, string> = {}) =>
  (name: string) => {
    const bytes = name in added ? Buffer.from(added[name]!) : files.get(name);
    return bytes === undefined
      ? Promise.reject(Object.assign(new Error(`no ${name}`), { code: 'ENOENT' }))
      : Promise.resolve(new Uint8Array(bytes));
  };

const confidenceOf = (model: string) =>
  JSON.stringify({
    format: 1,
    model,
    study: 'simulated study',
    software: '0',
    fixedAt: '2026-01-01T00:00:00.000Z',
    fixedOn: { snapshot: { name: 's', hash: 's' }, patients: 2, hips: 3 },
    temperature: 1.5,
    conformal: { miscoverage: 0.1, least: { none: 0.3, 'I-II': 0.3, 'III-IV': 0.3 } },
    highSensitivity: { threshold: 0.2, least: 0.95 },
    highSpecificity: { threshold: 0.8, least: 0.95 },
    judged: null,
  });

beforeAll(async () => {
  expect(await tf.setBackend('wasm')).toBe(true);
  const random = seeded(3);
  const uniform = () => random.uniform();
  const networks = [
    ['localizer', defaultLocalizerConfig, localizerLayers(defaultLocalizerConfig)],
    ['classifier', defaultClassifierConfig, classifierLayers(defaultClassifierConfig)],
  ] as const;
  const hash = createHash('sha256');
  for (const [network, config, layers] of networks) {
    const bytes = await writeWeights({ network, config, parameters: initialParameters(layers, uniform) });
    files.set(modelFiles[network], bytes);
    hash.update(bytes);
  }
  modelHash = hash.digest('hex');
  files.set(modelFiles.card, Buffer.from('Untrained.\n\n# Untrained\n'));
});

describe("a models' folder", () => {
  it('is read without a confidence, and with the one that was fixed for it', async () => {
    const plain = await openReader(folder());
    expect(plain).toMatchObject({ modelHash, confidence: null, confidenceHash: null, saliencyVerdict: null });
    plain.dispose();
    const text = confidenceOf(modelHash);
    const sure = await openReader(folder({ [confidenceFile]: text }));
    expect(sure.confidence?.temperature).toBe(1.5);
    expect(sure.confidenceHash).toBe(createHash('sha256').update(text).digest('hex'));
    sure.dispose();
  });

  it('is refused with the confidence of other models or a damaged one, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    for (const text of [confidenceOf('0'.repeat(64)), 'broken', '{}'])
      await expect(openReader(folder({ [confidenceFile]: text }))).rejects.toMatchObject({
        kind: 'model-damaged',
      });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is missing without its weights', async () => {
    await expect(openReader(() => Promise.reject(new Error('nothing there')))).rejects.toMatchObject({
      kind: 'model-missing',
    });
  });
});
