import * as tf from '@tensorflow/tfjs';
import {
  plainKernels,
  type Kernels,
  type LearnedVariable,
  type Parameter,
  type Parameters,
} from '../../../models/index.ts';

/**
 * Exponential moving average of all variables, moving moments included. Early on it follows faster, by
 * min(decay, (1 + step) / (10 + step)), as TensorFlow's ExponentialMovingAverage does.
 */
export class MovingAverage {
  readonly #pairs: readonly { name: string; variable: tf.Variable; average: tf.Variable }[];
  readonly #decay: number;
  readonly #kernels: Kernels;

  constructor(variables: readonly LearnedVariable[], decay: number, kernels: Kernels = plainKernels) {
    this.#decay = decay;
    this.#kernels = kernels;
    this.#pairs = variables.map(({ name, variable }) => ({
      name,
      variable,
      average: tf.tidy(() => tf.variable(tf.clone(variable), false)),
    }));
  }

  /** @param step counted from 0 */
  follow(step: number): void {
    this.#kernels.follow(this.#pairs, Math.min(this.#decay, (1 + step) / (10 + step)));
  }

  async parameters(): Promise<Parameters> {
    const parameters = new Map<string, Parameter>();
    for (const { name, average } of this.#pairs) {
      const values = (await average.data()) as Float32Array;
      parameters.set(name, { shape: average.shape, values: values.slice() });
    }
    return parameters;
  }

  /** The average, and nothing else is needed to go on with the same bytes. */
  save(): Promise<Parameters> {
    return this.parameters();
  }

  /** @throws RangeError when a variable is missing or of another size */
  restore(saved: Parameters): void {
    for (const { name, average } of this.#pairs) {
      const found = saved.get(name);
      if (found?.values.length !== average.size) throw new RangeError(`no average of ${name}`);
      tf.tidy(() => average.assign(tf.tensor(found.values.slice(), average.shape)));
    }
  }

  dispose(): void {
    tf.dispose(this.#pairs.map(({ average }) => average));
  }
}
