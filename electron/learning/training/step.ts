import * as tf from '@tensorflow/tfjs';
import type { Runner, TrainingLayers } from '../../../models/index.ts';
import type { MovingAverage } from './average.ts';
import type { Nadam } from './nadam.ts';

/** What a step of training moves. */
export interface Learner {
  readonly network: TrainingLayers;
  readonly nadam: Nadam;
  readonly average: MovingAverage;
}

/**
 * One step: forward, gradients, Nadam with L2, moving average.
 *
 * @param loss mean loss of the network on a batch, without the regularisation of kernels
 * @param at the step, counted from 0, and its learning rate
 * @returns the loss before the step, a scalar that the caller disposes of
 */
export function trainingStep(
  { network, nadam, average }: Learner,
  loss: (run: Runner) => tf.Scalar,
  at: { readonly step: number; readonly learningRate: number },
): tf.Scalar {
  const learned = network.variables.filter(({ variable }) => variable.trainable);
  const { value, grads } = tf.variableGrads(
    () => loss(network),
    learned.map(({ variable }) => variable),
  );
  nadam.apply(learned, grads, at.learningRate);
  tf.dispose(grads);
  average.follow(at.step);
  return value;
}
