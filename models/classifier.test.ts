import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../electron/random/random.ts';
import { fold } from './folded.ts';
import {
  buildClassifier,
  classifierHead,
  classifierLayers,
  countLearned,
  defaultClassifierConfig,
  initialParameters,
  type Classifier,
  type MutasaConfig,
} from './index.ts';

const small: MutasaConfig = {
  ...defaultClassifierConfig,
  inputSize: 64,
  channels: [4, 4, 6, 8, 8, 10, 12],
  hidden: 9,
};
const random = seeded(11);
const crop = new Float32Array(64 * 64).map(() => random.uniform());

/** Every parameter random: an untrained transformer is the identity and would hide half of the network. */
function randomParameters(config: MutasaConfig) {
  const parameters = initialParameters(classifierLayers(config), () => random.uniform());
  for (const [name, { values }] of parameters) {
    if (name.endsWith('kernel')) continue;
    for (let i = 0; i < values.length; i++) values[i]! += random.between(-0.2, 0.2);
  }
  return parameters;
}

describe('the classifier', () => {
  let classifier: Classifier;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    classifier = buildClassifier(small, randomParameters(small));
  });
  afterAll(() => classifier.dispose());

  test('has 14 hidden layers and a transformer after the eleventh', () => {
    const main = classifierLayers(defaultClassifierConfig)
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('transformer') && !name.endsWith('shortcut') && name !== 'output');
    expect(main).toHaveLength(14);
    expect(main.indexOf(`block${String(defaultClassifierConfig.transformerBefore + 1)}/first`)).toBe(11);
  });

  test('is of the size that its layer plan gives by hand', () => {
    // Kernels of the plan 16, 32, 64, 128, 128, 256, 512 with 1 × 1 shortcuts, plus scale and shift.
    const channels = [1, 16, 32, 64, 128, 128, 256, 512];
    let expected = 9 * 16 + 2 * 16;
    for (let i = 1; i < 7; i++) {
      const [a, b] = [channels[i]!, channels[i + 1]!];
      expected += 9 * a * b + 9 * b * b + a * b + 3 * 2 * b;
    }
    expected += 512 * 64 + 64 + 64 * 3 + 3;
    expected += 9 * 256 * 32 + 2 * 32 + (16 * 32 * 20 + 20) + (20 * 6 + 6);
    expect(countLearned(classifierLayers(defaultClassifierConfig))).toBe(expected);
    expect(expected).toBeGreaterThan(4e6);
    expect(expected * 2).toBeLessThan(12e6);
  });

  test('answers three probabilities a crop, the same alone as in a batch', async () => {
    const other = crop.map((value) => 1 - value);
    const [a, b] = await classifier.classify([crop, other]);
    const [alone] = await classifier.classify([other]);
    expect(a!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect([...b!]).toEqual([...alone!].map((p) => expect.closeTo(p, 5) as number));
    expect([...a!]).not.toEqual([...b!]);
  });

  test('the gradient at the last convolution has the closed form of a mean, a ReLU layer and a linear one', async () => {
    const parameters = randomParameters(small);
    const own = buildClassifier(small, parameters);
    const { activations, gradient, rows, columns, channels } = await own.evidence(crop, 1);
    const values = (name: string): Float32Array => parameters.get(name)!.values;
    const units = small.hidden;
    const mean = Array.from({ length: channels }, (_, k) => {
      const those = activations.filter((_, i) => i % channels === k);
      return those.reduce((sum, value) => sum + value, 0) / (rows * columns);
    });
    // ∂logit/∂A[r, c, k] = Σ_j W₂[j, class] · (h_j > 0) · W₁[k, j] / (rows · columns)
    const expected = Array.from({ length: channels }, (_, k) => {
      let sum = 0;
      for (let j = 0; j < units; j++) {
        const h = mean.reduce(
          (total, value, i) => total + value * values('hidden/kernel')[i * units + j]!,
          values('hidden/bias')[j]!,
        );
        if (h > 0) sum += values('output/kernel')[j * 3 + 1]! * values('hidden/kernel')[k * units + j]!;
      }
      return sum / (rows * columns);
    });
    expect(gradient.some((value) => value !== 0)).toBe(true);
    gradient.forEach((value, i) => expect(value).toBeCloseTo(expected[i % channels]!, 6));
    own.dispose();
  });

  test('fine evidence is the derivative that finite differences give', async () => {
    const parameters = randomParameters(small);
    const own = buildClassifier(small, parameters);
    const layers = fold(classifierLayers(small), parameters);
    const { activations, gradient, rows, columns, channels } = await own.fineEvidence(crop, 0);
    expect([rows, columns, channels]).toEqual([2, 2, 10]);
    const logit = (values: Float32Array): number =>
      tf.tidy(() => {
        const stem = tf.tensor4d(values, [1, rows, columns, channels]);
        return classifierHead(small, layers.fast, stem).logits.dataSync()[0]!;
      });
    const largest = Math.max(...gradient.map(Math.abs));
    expect(largest).toBeGreaterThan(0);
    // Small enough that no ReLU turns on the way: with 1e-2 some do.
    const step = 1e-3;
    for (let i = 0; i < gradient.length; i++) {
      const moved = (by: number): Float32Array =>
        activations.map((value, k) => (k === i ? value + by : value));
      const slope = (logit(moved(step)) - logit(moved(-step))) / (2 * step);
      expect(Math.abs(slope - gradient[i]!)).toBeLessThan(0.05 * largest);
    }
    own.dispose();
    layers.dispose();
  });

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await classifier.classify([crop]);
    await classifier.evidence(crop, 1);
    await classifier.fineEvidence(crop, 1);
    await classifier.guidedGradient(crop, 1);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses a crop of another size and parameters of another network', async () => {
    await expect(classifier.classify([new Float32Array(10)])).rejects.toThrow(RangeError);
    expect(() => buildClassifier(defaultClassifierConfig, randomParameters(small))).toThrow(RangeError);
  });
});
