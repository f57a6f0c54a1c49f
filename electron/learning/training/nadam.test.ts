import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LearnedVariable, Parameters } from '../../../models/index.ts';
import { seeded } from '../../random/random.ts';
import { MovingAverage } from './average.ts';
import { Nadam, nadamDefaults } from './nadam.ts';

beforeAll(() => tf.setBackend('cpu'));

interface Learned {
  readonly variables: readonly LearnedVariable[];
  readonly nadam: Nadam;
  readonly average: MovingAverage;
}

function begin(): Learned {
  const random = seeded(3);
  const normals = (count: number): Float32Array => new Float32Array(count).map(() => random.normal());
  const variables: LearnedVariable[] = [
    { name: 'a/kernel', role: 'kernel', variable: tf.variable(tf.tensor2d(normals(12), [3, 4])) },
    { name: 'a/shift', role: 'shift', variable: tf.variable(tf.tensor1d(normals(4))) },
  ];
  return { variables, nadam: new Nadam(), average: new MovingAverage(variables, 0.99) };
}

function steps({ variables, nadam, average }: Learned, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    const random = seeded(step);
    const gradients = Object.fromEntries(
      variables.map(({ variable }) => [
        variable.name,
        tf.tensor(
          new Float32Array(variable.size).map(() => random.normal()),
          variable.shape,
        ),
      ]),
    );
    nadam.apply(variables, gradients, 0.01);
    tf.dispose(gradients);
    average.follow(step);
  }
}

async function bytes({ variables, nadam, average }: Learned): Promise<Parameters[]> {
  const values = new Map(
    await Promise.all(
      variables.map(
        async ({ name, variable }) =>
          [name, { shape: variable.shape, values: (await variable.data()) as Float32Array }] as const,
      ),
    ),
  );
  return [values, await nadam.save(), await average.save()];
}

describe('save and restore', () => {
  test('eleven steps, and five with six after a restore, are the same bytes', async () => {
    const whole = begin();
    steps(whole, 0, 11);
    const first = begin();
    steps(first, 0, 5);
    const [values, moments, averages] = await bytes(first);
    const second = begin();
    steps(second, 0, 2);
    for (const { name, variable } of second.variables) {
      variable.assign(tf.tensor(values!.get(name)!.values, variable.shape));
    }
    second.nadam.restore(moments!);
    second.average.restore(averages!);
    steps(second, 5, 11);
    expect(await bytes(second)).toEqual(await bytes(whole));
  });

  test('what was not saved here is refused', () => {
    const { nadam, average } = begin();
    expect(() => {
      nadam.restore(new Map());
    }).toThrow(RangeError);
    expect(() => {
      average.restore(new Map());
    }).toThrow(RangeError);
  });
});

describe('against other implementations', () => {
  test("Nadam gives what Keras 3.15's keras.optimizers.Nadam(0.05) gave, whose schedule has ψ = 1", async () => {
    const [start, gradients, expected] = [
      [1.5, -0.7, 0.02],
      [
        [0.7, -0.2, 0.001],
        [-0.2, 0.5, 0],
        [0.4, 0.4, -0.003],
        [0.9, -1.1, 0.002],
        [-1.3, 0.05, 0.01],
        [0.1, 0.1, 0.1],
      ],
      [
        [1.446860671043396, -0.6468605995178223, -0.03313407674431801],
        [1.457434058189392, -0.6929551362991333, -0.036739200353622437],
        [1.4294664859771729, -0.7268707752227783, 0.012729164212942123],
        [1.3845897912979126, -0.6810894012451172, -0.014694716781377792],
        [1.4232866764068604, -0.6813297867774963, -0.0709758922457695],
        [1.4192330837249756, -0.6843742728233337, -0.13447025418281555],
      ],
    ];
    const variable = tf.variable(tf.tensor1d(start));
    const nadam = new Nadam({ ...nadamDefaults, epsilon: 1e-7, momentumDecay: 1 });
    for (const [i, values] of gradients.entries()) {
      const gradient = tf.tensor1d(values);
      nadam.apply([{ name: 'x', role: 'bias', variable }], { [variable.name]: gradient }, 0.05);
      gradient.dispose();
      const found = await variable.data();
      for (const [k, value] of expected[i]!.entries()) expect(found[k]).toBeCloseTo(value, 6);
    }
    tf.dispose(variable);
    nadam.dispose();
  });

  test('the average gives what tf.train.ExponentialMovingAverage(0.9, num_updates=step) of 2.21 gave', async () => {
    const variable = tf.variable(tf.scalar(5));
    const average = new MovingAverage([{ name: 'x', role: 'bias', variable }], 0.9);
    const values = [5, 1, -3, 4];
    const expected = [5, 1.7272727489471436, -1.8181819915771484, 2.2097902297973633];
    for (const [step, value] of values.entries()) {
      tf.tidy(() => {
        variable.assign(tf.scalar(value));
      });
      average.follow(step);
      const { values: found } = (await average.parameters()).get('x')!;
      expect(found[0]).toBeCloseTo(expected[step]!, 6);
    }
    tf.dispose(variable);
    average.dispose();
  });
});
