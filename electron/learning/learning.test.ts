import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { plainKernels, type LayerSpec, type Runner } from '../../models/index.ts';
import { seeded } from '../random/random.ts';
import { splits } from '../contract/snapshot.ts';
import { patientPlan, patientSeed } from './cohort.ts';
import { Nadam, nadamDefaults } from './nadam.ts';
import { train, type LearningTask, type TrainingResult } from './trainer.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('the cohort', () => {
  test('never gives one patient to two splits', () => {
    const ranges = splits.map((split) => [patientSeed(split, 0), patientSeed(split, 999_999)] as const);
    for (const [i, [first, last]] of ranges.entries()) {
      for (const [k, [otherFirst, otherLast]] of ranges.entries()) {
        if (i !== k) expect(last < otherFirst || otherLast < first).toBe(true);
      }
    }
    expect(() => patientSeed('learn', 1_000_000)).toThrow(RangeError);
  });

  test('draws thirds of the three groups to learn, and one broken hip at most to test', () => {
    const counts = { none: 0, 'I-II': 0, 'III-IV': 0 };
    let others = 0;
    for (let number = 0; number < 600; number++) {
      const { grades, findings } = patientPlan('learn', number).plan;
      for (const side of ['left', 'right'] as const) {
        const { condition, implant } = findings?.[side] ?? {};
        const grade = grades[side];
        if (condition !== undefined || implant !== undefined) {
          expect(grade).toBe('none');
          others += 1;
        } else counts[grade === 'none' ? 'none' : grade === 'I' || grade === 'II' ? 'I-II' : 'III-IV'] += 1;
      }
      const test = patientPlan('test', number).plan.grades;
      expect([test.left, test.right]).toContain('none');
      if (number % 3 === 0) expect(test.left === 'none' && test.right === 'none').toBe(true);
    }
    // Of 1,200 hips one in twelve is of no class; four standard deviations either way.
    expect(Math.abs(others - 100)).toBeLessThan(39);
    for (const count of Object.values(counts)) expect(Math.abs(count - 1100 / 3)).toBeLessThan(64);
  });
});

describe('Nadam', () => {
  test("follows Dozat's recurrence, written out in double precision", async () => {
    const { beta1, beta2, epsilon, momentumDecay } = nadamDefaults;
    const gradients = [0.7, -0.2, 0.4, 0.9, -1.3];
    const rate = 0.05;
    let [theta, m, v, product] = [1.5, 0, 0, 1];
    const variable = tf.variable(tf.scalar(theta), true);
    const nadam = new Nadam();
    for (const [i, g] of gradients.entries()) {
      const t = i + 1;
      const mu = (k: number): number => beta1 * (1 - 0.5 * 0.96 ** (k * momentumDecay));
      product *= mu(t);
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const mHat = (mu(t + 1) * m) / (1 - product * mu(t + 1)) + ((1 - mu(t)) * g) / (1 - product);
      theta -= (rate * mHat) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
      const gradient = tf.scalar(g);
      nadam.apply([{ name: 'x', role: 'bias', variable }], { [variable.name]: gradient }, rate);
      expect((await variable.data())[0]).toBeCloseTo(theta, 5);
    }
    nadam.dispose();
    variable.dispose();
  });

  test('adds the gradient of ½ λ Σ kernel² to kernels and to nothing else', async () => {
    const kernel = tf.variable(tf.tensor1d([2, -3]), true);
    const bias = tf.variable(tf.tensor1d([2, -3]), true);
    const nadam = new Nadam({ ...nadamDefaults, l2: 0.1 });
    const zero = tf.zeros([2]);
    nadam.apply(
      [
        { name: 'k', role: 'kernel', variable: kernel },
        { name: 'b', role: 'bias', variable: bias },
      ],
      { [kernel.name]: zero, [bias.name]: zero },
      0.01,
    );
    expect([...(await bias.data())]).toEqual([2, -3]);
    const [a, b] = await kernel.data();
    expect(a).toBeLessThan(2);
    expect(b).toBeGreaterThan(-3);
    nadam.dispose();
  });
});

/** Two classes of bright and dark stripes through a convolution with batch norm and a dense layer. */
function stripesTask(): LearningTask<number> {
  const layers: LayerSpec[] = [
    { kind: 'conv-norm', name: 'c', size: 3, inputs: 1, outputs: 4, stride: 2, activation: 'relu' },
    { kind: 'dense', name: 'd', inputs: 4, outputs: 2, activation: 'linear', start: 'glorot' },
  ];
  const forward = (run: Runner, x: tf.Tensor): tf.Tensor =>
    run.layer('d', tf.mean(run.layer('c', x), [1, 2]));
  return {
    layers,
    examples: Array.from({ length: 24 }, (_, i) => i),
    batch: (picked, draw) => {
      const data = picked.flatMap((i) =>
        Array.from(
          { length: 64 },
          (_, p) => (i % 2 === 0 ? p % 2 : Math.floor(p / 8) % 2) + draw.normal(0, 0.1),
        ),
      );
      const x = tf.tensor4d(data, [picked.length, 8, 8, 1]);
      const y = tf.tidy(() =>
        tf.oneHot(
          tf.tensor1d(
            picked.map((i) => i % 2),
            'int32',
          ),
          2,
        ),
      );
      return {
        loss: (run) => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, forward(run, x)),
        dispose: () => tf.dispose([x, y]),
      };
    },
    validate: (parameters) =>
      Promise.resolve({ loss: -parameters.get('d/kernel')!.values[0]!, summary: 'first weight' }),
  };
}

describe('training', () => {
  const run = (epochs: number, maximumMinutes = 10): Promise<TrainingResult> =>
    train(stripesTask(), {
      kernels: plainKernels,
      random: seeded(12),
      epochs,
      batchSize: 8,
      learningRate: 0.05,
      maximumMinutes,
      patience: 100,
      report: () => undefined,
    });

  test('learns, and the same seed gives the same bytes', async () => {
    const first = await run(25);
    const losses = first.epochs.map(({ trainingLoss }) => trainingLoss);
    expect(losses.at(-1)!).toBeLessThan(0.3 * losses[0]!);
    const second = await run(25);
    for (const [name, { values }] of first.parameters) {
      expect(second.parameters.get(name)!.values).toEqual(values);
    }
    expect(first.best.validation.loss).toBe(
      Math.min(...first.epochs.map(({ validation }) => validation.loss)),
    );
  });

  test('stops when its time is up, with the best epoch, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const result = await run(50, 0);
    expect(result.epochs).toHaveLength(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});
