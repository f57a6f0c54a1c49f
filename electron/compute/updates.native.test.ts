import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { MovingAverage } from '../learning/training/average.ts';
import { classifierTask } from '../learning/training/classifierTask.ts';
import { Nadam } from '../learning/training/nadam.ts';
import { trainingStep } from '../learning/training/step.ts';
import {
  classifierConfigFor,
  initialParameters,
  plainKernels,
  trainingLayers,
  type Kernels,
  type NadamStep,
  type Parameters,
} from '../../models/index.ts';
import { seeded } from '../random/random.ts';
import { candidates } from './candidates.ts';

let native: Kernels | null = null;
beforeAll(async () => {
  try {
    native = (await candidates.find(({ name }) => name === 'tensorflow')!.load()).kernels;
  } catch {
    console.warn('Native TensorFlow is not installed here, so its training kernels were not checked.');
  }
});

const shapes = [[3, 3, 2, 5], [7], [1]];
const counts = shapes.map((shape) => shape.reduce((product, side) => product * side, 1));
const randomArrays = (seed: number, spread: number): Float32Array[] => {
  const random = seeded(seed);
  return counts.map((count) => new Float32Array(count).map(() => random.normal(0, spread)));
};
const stepAt = (t: number): NadamStep => ({
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  ofFirst: 0.004 + 0.001 * t,
  ofGradient: 0.006,
  secondScale: 1 / Math.sqrt(1 - 0.999 ** t),
});
const l2 = [0.1, 0, 0];
const steps = 6;

/** The same in double precision, from the formulas of the interface. */
function inDoubles(): { variable: number[]; first: number[]; second: number[] }[] {
  const all = randomArrays(0, 1).map((values) => ({
    variable: [...values],
    first: values.reduce<number[]>((zeros) => [...zeros, 0], []),
    second: values.reduce<number[]>((zeros) => [...zeros, 0], []),
  }));
  for (let t = 1; t <= steps; t++) {
    const { beta1, beta2, epsilon, ofFirst, ofGradient, secondScale } = stepAt(t);
    for (const [k, gradient] of randomArrays(t, 0.3).entries()) {
      const { variable, first, second } = all[k]!;
      for (const [i, raw] of gradient.entries()) {
        const g = raw + l2[k]! * variable[i]!;
        first[i] = beta1 * first[i]! + (1 - beta1) * g;
        second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
        variable[i]! -=
          (ofFirst * first[i] + ofGradient * g) / (Math.sqrt(second[i]) * secondScale + epsilon);
      }
    }
  }
  return all;
}

const differenceOf = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe.each(['native', 'plain'])('%s updates', (which) => {
  const kernelsOf = (): Kernels | null => (which === 'native' ? native : plainKernels);

  test('Nadam moves weights and moments as its formulas say', async (context) => {
    const kernels = kernelsOf();
    if (kernels === null) return context.skip();
    const before = tf.memory().numTensors;
    const slots = randomArrays(0, 1).map((values, k) =>
      tf.tidy(() => ({
        variable: tf.variable(tf.tensor(values, shapes[k])),
        first: tf.variable(tf.zeros(shapes[k]!)),
        second: tf.variable(tf.zeros(shapes[k]!)),
      })),
    );
    for (let t = 1; t <= steps; t++) {
      const gradients = randomArrays(t, 0.3).map((values, k) => tf.tensor(values, shapes[k]));
      kernels.nadam(
        slots.map((slot, k) => ({ ...slot, gradient: gradients[k]!, l2: l2[k]! })),
        stepAt(t),
      );
      for (const [k, gradient] of gradients.entries()) {
        expect([...(await gradient.data())]).toEqual([...randomArrays(t, 0.3)[k]!]);
      }
      tf.dispose(gradients);
    }
    for (const [k, expected] of inDoubles().entries()) {
      for (const part of ['variable', 'first', 'second'] as const) {
        const found = await slots[k]![part].data();
        expect(differenceOf(found, expected[part]), `${part} ${String(k)}`).toBeLessThan(2e-6);
      }
    }
    tf.dispose(slots.flatMap(({ variable, first, second }) => [variable, first, second]));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the average follows, and what it follows stays', async (context) => {
    const kernels = kernelsOf();
    if (kernels === null) return context.skip();
    const before = tf.memory().numTensors;
    const pairs = shapes.map((shape, k) =>
      tf.tidy(() => ({
        variable: tf.variable(tf.fill(shape, k + 1)),
        average: tf.variable(tf.fill(shape, 5)),
      })),
    );
    kernels.follow(pairs, 0.75);
    kernels.follow(pairs, 0.5);
    for (const [k, { variable, average }] of pairs.entries()) {
      const once = 0.75 * 5 + 0.25 * (k + 1);
      expect((await average.data())[0]).toBeCloseTo(0.5 * once + 0.5 * (k + 1), 6);
      expect((await variable.data())[0]).toBe(k + 1);
    }
    tf.dispose(pairs.flatMap(({ variable, average }) => [variable, average]));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a weight that others hold is moved for its owner alone', async (context) => {
    const kernels = kernelsOf();
    if (kernels === null) return context.skip();
    const [variable, first, second] = [1, 0, 0].map((value) => tf.variable(tf.fill([2], value)));
    const held = tf.clone(variable!);
    const gradient = tf.ones([2]);
    kernels.nadam([{ variable: variable!, first: first!, second: second!, gradient, l2: 0 }], stepAt(1));
    expect([...(await held.data())]).toEqual([1, 1]);
    expect((await variable!.data())[0]).toBeLessThan(1);
    tf.dispose([variable!, first!, second!, held, gradient]);
  });
});

describe('a step of training', () => {
  const config = classifierConfigFor({ architecture: 'mutasa', size: 'small', transformer: 'conditioned' });
  const task = classifierTask(config, 0.75, []);
  const side = config.inputSize;
  const batch = 6;

  /** Weights, moments and averages after some steps on one batch of noise. */
  async function train(
    kernels: Kernels,
    count: number,
    after?: readonly Parameters[],
  ): Promise<Parameters[]> {
    const random = seeded(5);
    const begun = initialParameters(task.layers, () => random.uniform());
    const network = trainingLayers(task.layers, after?.[0] ?? begun, kernels);
    const nadam = new Nadam(undefined, kernels);
    const average = new MovingAverage(network.variables, 0.99, kernels);
    if (after !== undefined) {
      nadam.restore(after[1]!);
      average.restore(after[2]!);
    }
    const first = after?.[1]!.get('step')!.values[0] ?? 0;
    const tensors = tf.tidy(() => ({
      x: tf.tensor(
        new Float32Array(batch * side * side).map(() => random.uniform()),
        [batch, side, side, 1],
      ),
      y: tf.cast(tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3), 'float32'),
      weight: tf.ones([batch]),
    }));
    const before = tf.memory().numTensors;
    const slots = after === undefined ? 2 * learned(network.variables) : 0;
    for (let step = first; step < first + count; step++) {
      const loss = trainingStep({ network, nadam, average }, (run) => task.loss(run, tensors, step), {
        step,
        learningRate: 1e-4,
      });
      loss.dispose();
      // The optimizer's slots are made in the first step.
      if (step > 0) expect(tf.memory().numTensors).toBe(before + slots);
    }
    const all = [await network.parameters(), await nadam.save(), await average.save()];
    for (const part of [network, nadam, average]) part.dispose();
    tf.dispose(tensors);
    return all;
  }
  const learned = (variables: readonly { readonly variable: tf.Variable }[]): number =>
    variables.filter(({ variable }) => variable.trainable).length;

  test('is the same fused and in plain operations', async (context) => {
    if (native === null) return context.skip();
    const [fused, plain] = [await train(native, 4), await train(plainKernels, 4)];
    const [weights, , averages] = plain;
    for (const [k, part] of [weights, averages].entries()) {
      for (const [name, { values }] of part!) {
        const found = (k === 0 ? fused[0]! : fused[2]!).get(name)!.values;
        // Of steps of 1e-4 at most: a sign that rounding turns moves a weight by two of them.
        expect(differenceOf(found, values), name).toBeLessThan(2e-4);
      }
    }
  });

  test('gives the same bytes again', async (context) => {
    if (native === null) return context.skip();
    expect(await train(native, 3)).toEqual(await train(native, 3));
  });

  test('goes on from what was saved to the same bytes', async (context) => {
    if (native === null) return context.skip();
    expect(await train(native, 3, await train(native, 2))).toEqual(await train(native, 5));
  });
});
