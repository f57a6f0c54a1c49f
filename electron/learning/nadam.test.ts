import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LearnedVariable, Parameters } from '../../models/index.ts';
import { seeded } from '../random/random.ts';
import { MovingAverage } from './average.ts';
import { Nadam } from './nadam.ts';

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
