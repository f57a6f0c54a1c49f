/** What every classifying network is made of, whatever its layers: a stem, a body and the answer they lead to. */
import * as tf from '@tensorflow/tfjs';
import type { KernelSize, LayerSpec, Runner } from './layers.ts';

export interface Architecture {
  readonly layers: readonly LayerSpec[];
  /**
   * Pictures [n, size, size, channels] → activations where Grad-CAM looks: finer than the last ones, deep enough
   * to mean something, and still in the picture's own frame.
   */
  readonly stem: (run: Runner, x: tf.Tensor4D) => tf.Tensor4D;
  /** From there to the last activations, [n, rows, columns, features]. */
  readonly body: (run: Runner, stem: tf.Tensor4D) => tf.Tensor4D;
}

export type ClassifierOutput = {
  /** Last activations, [n, rows, columns, features]. */
  readonly features: tf.Tensor4D;
  /**
   * What the output layer sees, before dropout: the fully connected layer after ReLU, [n, hidden], or the
   * features' mean over the map, [n, features], in a network without one.
   */
  readonly hidden: tf.Tensor2D;
  /** [n, classes], in the order of `classes`. */
  readonly logits: tf.Tensor2D;
};

/** The layers of `answer`. `hidden` is null for a network that has no fully connected layer before its output. */
export function answerLayers(features: number, hidden: number | null, outputs: number): LayerSpec[] {
  const dense = (name: string, from: number, to: number, activation: 'relu' | 'linear'): LayerSpec => ({
    kind: 'dense',
    name,
    inputs: from,
    outputs: to,
    activation,
    start: 'glorot',
  });
  if (hidden === null) return [dense('output', features, outputs, 'linear')];
  return [dense('hidden', features, hidden, 'relu'), dense('output', hidden, outputs, 'linear')];
}

/** From the last activations to the logits. `dropout` is applied to what the output layer sees. */
export function answer(
  layers: readonly LayerSpec[],
  run: Runner,
  features: tf.Tensor4D,
  dropout: (x: tf.Tensor) => tf.Tensor = (x) => x,
): ClassifierOutput {
  const pooled = tf.mean(features, [1, 2]);
  const isHidden = layers.some(({ name }) => name === 'hidden');
  const hidden = (isHidden ? run.layer('hidden', pooled) : pooled) as tf.Tensor2D;
  return { features, hidden, logits: run.layer('output', dropout(hidden)) as tf.Tensor2D };
}

/** Convolution → batch norm → ReLU, unless `other` says otherwise. */
export function convNorm(
  name: string,
  size: KernelSize,
  inputs: number,
  outputs: number,
  other: {
    readonly stride?: number;
    readonly padding?: 'same' | 'valid';
    readonly activation?: 'relu' | 'linear';
  } = {},
): LayerSpec {
  return { kind: 'conv-norm', name, size, inputs, outputs, stride: 1, activation: 'relu', ...other };
}
