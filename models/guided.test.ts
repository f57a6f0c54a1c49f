import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { fold } from './folded.ts';
import type { LayerSpec, Parameters } from './layers.ts';

/**
 * Two ReLU units and one output, by hand. W₁ = [[1, 1], [1, −1]], W₂ = [2, −3].
 * x = (2, 1): h = relu(3, 1), y = 2·3 − 3·1. Plain gradient: W₁·(2, −3) = (−1, 5). Guided: the −3 that comes into
 * the second unit is cut, so W₁·(2, 0) = (2, 2).
 * x = (1, 2): h = relu(3, −1) = (3, 0): the second unit is off and both give W₁·(2, 0) = (2, 2).
 */
const layers: readonly LayerSpec[] = [
  { kind: 'dense', name: 'first', inputs: 2, outputs: 2, activation: 'relu', start: 'glorot' },
  { kind: 'dense', name: 'last', inputs: 2, outputs: 1, activation: 'linear', start: 'glorot' },
];
const parameters: Parameters = new Map([
  ['first/kernel', { shape: [2, 2], values: Float32Array.of(1, 1, 1, -1) }],
  ['first/bias', { shape: [2], values: new Float32Array(2) }],
  ['last/kernel', { shape: [2, 1], values: Float32Array.of(2, -3) }],
  ['last/bias', { shape: [1], values: new Float32Array(1) }],
]);

test.each([
  { x: [2, 1], plain: [-1, 5], guided: [2, 2] },
  { x: [1, 2], plain: [2, 2], guided: [2, 2] },
])('guided backpropagation of a network worked out by hand, at $x', async ({ x, plain, guided }) => {
  await tf.setBackend('cpu');
  const folded = fold(layers, parameters);
  const gradientBy = (run: typeof folded.guided): number[] =>
    tf.tidy(() => {
      const output = (input: tf.Tensor): tf.Scalar => tf.sum(run.layer('last', run.layer('first', input)));
      return [
        ...tf
          .grad(output)(tf.tensor2d([x]))
          .dataSync(),
      ];
    });
  expect(gradientBy(folded.differentiable)).toEqual(plain);
  expect(gradientBy(folded.guided)).toEqual(guided);
  folded.dispose();
});
