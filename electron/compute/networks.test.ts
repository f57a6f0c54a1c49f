import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import {
  buildClassifier,
  buildLocalizer,
  classifierConfigFor,
  classifierLayers,
  initialParameters,
  localizerLayers,
  type LayerSpec,
  type LocalizerConfig,
  type Parameters,
} from '../../models/index.ts';
import { seeded } from '../random/random.ts';
import { candidates } from './candidates.ts';

/** Largest difference that is let pass, as a share of the largest value. */
const tolerance = 1e-4;

const picture = (() => {
  const random = seeded(61);
  return new Float32Array(256 * 256).map(() => random.uniform());
})();

function parametersFor(layers: readonly LayerSpec[], seed: number): Parameters {
  const random = seeded(seed);
  const parameters = initialParameters(layers, () => random.uniform());
  for (const [name, { values }] of parameters) {
    if (name.endsWith('kernel')) continue;
    for (let i = 0; i < values.length; i++) values[i]! += random.between(-0.2, 0.2);
  }
  return parameters;
}

const shapes = (['mutasa', 'resnet-50', 'inception-v4', 'densenet-100'] as const).map((architecture) =>
  classifierConfigFor({ architecture, size: 'small', transformer: 'conditioned' }),
);

const narrow: LocalizerConfig = { inputSize: 256, channels: [4, 6, 8, 10, 12] };

/** What the networks say on the backend that is loaded. */
async function answers(): Promise<Map<string, ArrayLike<number>>> {
  const found = new Map<string, ArrayLike<number>>();
  for (const config of shapes) {
    const classifier = buildClassifier(config, parametersFor(classifierLayers(config), 62));
    const [probabilities] = await classifier.classify([picture]);
    const { activations, gradient } = await classifier.fineEvidence(picture, 2);
    classifier.dispose();
    found.set(`${config.architecture}: probabilities`, probabilities!);
    found.set(`${config.architecture}: activations of the stem`, activations);
    found.set(`${config.architecture}: gradient by them`, gradient);
  }
  const localizer = buildLocalizer(narrow, parametersFor(localizerLayers(narrow), 63));
  const [hip] = await localizer.locate(picture, 0);
  localizer.dispose();
  found.set('localizer: box and score', [
    hip!.box.x,
    hip!.box.y,
    hip!.box.width,
    hip!.box.height,
    hip!.score,
  ]);
  return found;
}

test('every network says the same on every backend that loads, and leaves no tensor behind', async () => {
  const onBackend = new Map<string, Map<string, ArrayLike<number>>>();
  for (const candidate of candidates) {
    const { name } = candidate;
    try {
      await candidate.load(process.env['CALCAR_BACKEND'] === name);
    } catch {
      console.warn(`The backend ${name} is not to be had here, so the networks were not compared on it.`);
      continue;
    }
    const before = tf.memory().numTensors;
    onBackend.set(name, await answers());
    expect(tf.memory().numTensors, name).toBe(before);
  }
  const reference = onBackend.get('cpu')!;
  expect([...onBackend.keys()]).toContain('wasm');
  for (const [backend, found] of onBackend) {
    for (const [what, values] of found) {
      const expected = reference.get(what)!;
      let [largest, difference] = [0, 0];
      for (let i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]!));
        difference = Math.max(difference, Math.abs(values[i]! - expected[i]!));
      }
      expect(largest, what).toBeGreaterThan(0);
      expect(difference / largest, `${what} on ${backend}`).toBeLessThan(tolerance);
    }
  }
});
