import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../electron/random/random.ts';
import { transformAffinely } from './transformer.ts';

const random = seeded(3);
const shape: [number, number, number, number] = [2, 4, 5, 3];
const map = tf.tensor4d(
  new Float32Array(120).map(() => random.normal()),
  shape,
);
const affine = (...theta: number[]) => tf.tensor2d([...theta, ...theta], [2, 6]);

describe('the spatial transformer', () => {
  beforeAll(() => tf.setBackend('cpu'));

  test('leaves the map as it is under the identity', async () => {
    const same = transformAffinely(map, affine(1, 0, 0, 0, 1, 0));
    const difference = await tf.max(tf.abs(tf.sub(same, map))).data();
    expect(difference[0]).toBeLessThan(1e-6);
  });

  test('moves by whole pixels and takes nothing from beyond the map', async () => {
    // One column is 2 / 5 of the picture's −1..1.
    const moved = await transformAffinely(map, affine(1, 0, 2 / 5, 0, 1, 0)).array();
    const source = await map.array();
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 5; column++) {
        for (let channel = 0; channel < 3; channel++) {
          const expected = column === 4 ? 0 : source[1]![row]![column + 1]![channel]!;
          expect(moved[1]![row]![column]![channel]).toBeCloseTo(expected, 5);
        }
      }
    }
  });

  test('turns a picture upside down and mirrors it', async () => {
    const turned = transformAffinely(map, affine(-1, 0, 0, 0, -1, 0));
    const difference = await tf.max(tf.abs(tf.sub(turned, tf.reverse(map, [1, 2])))).data();
    expect(difference[0]).toBeLessThan(1e-5);
  });

  test('has the derivatives that finite differences give, by θ and by the map', async () => {
    const weights = tf.tensor4d(
      new Float32Array(120).map(() => random.normal()),
      shape,
    );
    const loss = (x: tf.Tensor4D, theta: tf.Tensor2D): tf.Scalar =>
      tf.sum(tf.mul(tf.square(transformAffinely(x, theta)), weights));
    const start = [0.9, 0.13, 0.07, -0.11, 1.05, -0.04, 1.1, -0.2, 0.12, 0.17, 0.8, 0.06];
    const at = (values: number[]) => tf.tensor2d(values, [2, 6]);
    const [byMap, byTheta] = tf.grads((x, theta) => loss(x as tf.Tensor4D, theta as tf.Tensor2D))([
      map,
      at(start),
    ]);
    const thetaGradient = await byTheta!.data();
    const step = 1e-3;
    for (let i = 0; i < start.length; i++) {
      const [up, down] = [step, -step].map((d) => at(start.map((value, k) => (k === i ? value + d : value))));
      const slope = ((await loss(map, up!).data())[0]! - (await loss(map, down!).data())[0]!) / (2 * step);
      expect(Math.abs(thetaGradient[i]! - slope)).toBeLessThan(0.02 * Math.max(1, Math.abs(slope)));
    }
    const mapGradient = await byMap!.data();
    const values = await map.data();
    for (let i = 0; i < values.length; i += 17) {
      const moved = (d: number) =>
        tf.tensor4d(
          values.map((value, k) => (k === i ? value + d : value)),
          shape,
        );
      const slope =
        ((await loss(moved(step), at(start)).data())[0]! - (await loss(moved(-step), at(start)).data())[0]!) /
        (2 * step);
      expect(Math.abs(mapGradient[i]! - slope)).toBeLessThan(0.02 * Math.max(1, Math.abs(slope)));
    }
  });
});
