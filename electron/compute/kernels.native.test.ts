import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  classifierHead,
  classifierLayers,
  classifierStem,
  defaultClassifierConfig,
  initialParameters,
  plainKernels,
  trainingLayers,
  type Kernels,
} from '../../models/index.ts';
import { seeded } from '../random/random.ts';
import { candidates } from './candidates.ts';

let native: Kernels | null = null;
beforeAll(async () => {
  try {
    native = (await candidates.find(({ name }) => name === 'tensorflow')!.load()).kernels;
  } catch {
    console.warn('Native TensorFlow is not installed here, so its fused kernels were not checked.');
  }
});

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
};

describe('fused kernels against plain operations', () => {
  test('batch norm: values, moments and all three gradients', async (context) => {
    if (native === null) return context.skip();
    const random = seeded(4);
    const normals = (n: number): Float32Array => new Float32Array(n).map(() => random.normal(0.4, 1.3));
    const x = tf.tensor4d(normals(3 * 5 * 4 * 6), [3, 5, 4, 6]);
    const scale = tf.tensor1d(normals(6));
    const shift = tf.tensor1d(normals(6));
    const dy = tf.tensor4d(normals(3 * 5 * 4 * 6), [3, 5, 4, 6]);
    const run = async (kernels: Kernels): Promise<Float32Array[]> => {
      const mean = tf.variable(tf.fill([6], 0.3));
      const variance = tf.variable(tf.fill([6], 2));
      const f = (...inputs: tf.Tensor[]): tf.Tensor =>
        kernels.batchNorm(inputs[0] as tf.Tensor4D, inputs[1] as tf.Tensor1D, inputs[2] as tf.Tensor1D, {
          mean,
          variance,
          kept: 0.9,
        });
      const { value, grads } = tf.valueAndGrads(f)([x, scale, shift], dy);
      const outputs = await Promise.all([value, ...grads, mean, variance].map((t) => t.data<'float32'>()));
      tf.dispose([value, ...grads, mean, variance]);
      return outputs;
    };
    const [fused, plain] = [await run(native), await run(plainKernels)];
    expect(fused).toHaveLength(6);
    fused.forEach((values, i) => expect(largestDifference(values, plain[i]!)).toBeLessThan(2e-4));
  });

  test("batch norm: moving moments keep their share and take the batch's mean and unbiased variance", async (context) => {
    if (native === null) return context.skip();
    const x = tf.tensor4d([1, 2, 4, 9], [2, 2, 1, 1]);
    for (const kernels of [native, plainKernels]) {
      const mean = tf.variable(tf.tensor1d([10]));
      const variance = tf.variable(tf.tensor1d([20]));
      kernels.batchNorm(x, tf.ones([1]), tf.zeros([1]), { mean, variance, kept: 0.75 });
      expect((await mean.data())[0]).toBeCloseTo(0.75 * 10 + 0.25 * 4, 5);
      // (9 + 4 + 0 + 25) / 3
      expect((await variance.data())[0]).toBeCloseTo(0.75 * 20 + (0.25 * 38) / 3, 4);
    }
  });

  test('ReLU: value and gradient, nothing passing at and below 0', async (context) => {
    if (native === null) return context.skip();
    const x = tf.tensor1d([-2, -0.5, 0, 0.5, 3]);
    const { value, grad } = tf.valueAndGrad((v) => native!.relu(v))(x, tf.tensor1d([1, 2, 3, 4, 5]));
    expect([...(await value.data())]).toEqual([0, 0, 0, 0.5, 3]);
    expect([...(await grad.data())]).toEqual([0, 0, 0, 4, 5]);
  });

  test('a whole classifier learns the same step', async (context) => {
    if (native === null) return context.skip();
    const config = {
      ...defaultClassifierConfig,
      inputSize: 64,
      channels: [4, 4, 6, 8, 8, 10, 12],
      hidden: 9,
    };
    const layers = classifierLayers(config);
    const random = seeded(9);
    const start = initialParameters(layers, () => random.uniform());
    const x = tf.tensor4d(
      new Float32Array(4 * 64 * 64).map(() => random.uniform()),
      [4, 64, 64, 1],
    );
    const run = async (kernels: Kernels): Promise<Map<string, Float32Array>> => {
      const network = trainingLayers(layers, start, kernels);
      const learned = network.variables.filter(({ variable }) => variable.trainable);
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.square(classifierHead(config, network, classifierStem(config, network, x)).logits)),
        learned.map(({ variable }) => variable),
      );
      const named = new Map<string, Float32Array>();
      for (const { name, variable } of learned) {
        named.set(name, await grads[variable.name]!.data<'float32'>());
      }
      network.dispose();
      return named;
    };
    const [fused, plain] = [await run(native), await run(plainKernels)];
    for (const [name, values] of plain) {
      const size = Math.max(1, ...values.map(Math.abs));
      expect(largestDifference(fused.get(name)!, values) / size, name).toBeLessThan(2e-3);
    }
  });

  test('leaves no tensor behind', (context) => {
    if (native === null) return context.skip();
    const before = tf.memory().numTensors;
    const moving = tf.tidy(() => ({ mean: tf.variable(tf.zeros([2])), variance: tf.variable(tf.ones([2])) }));
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R4>([2, 3, 3, 2]);
      const f = (v: tf.Tensor): tf.Tensor =>
        tf.sum(
          native!.relu(
            native!.batchNorm(v as tf.Tensor4D, tf.ones([2]), tf.zeros([2]), { ...moving, kept: 0.9 }),
          ),
        );
      tf.grad(f)(x);
    });
    tf.dispose([moving.mean, moving.variance]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
