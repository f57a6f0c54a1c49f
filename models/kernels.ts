/**
 * What a backend may do faster than plain operations, as an interface that the compute room fills. The plain
 * version runs on every backend that has gradients.
 */
import * as tf from '@tensorflow/tfjs';

export const batchNormEpsilon = 1e-3;

/** A variable and the running means of its gradient and of the gradient's square, all of one shape. */
export interface NadamParameter {
  readonly variable: tf.Variable;
  readonly first: tf.Variable;
  readonly second: tf.Variable;
  readonly gradient: tf.Tensor;
  /** Weight of ½ Σ variable² in the loss. */
  readonly l2: number;
}

/** The numbers of one step of Nadam, the same for every parameter. */
export interface NadamStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** How far the variable goes along the mean gradient, and along the gradient. */
  readonly ofFirst: number;
  readonly ofGradient: number;
  /** 1 / √(1 − β₂ᵗ) */
  readonly secondScale: number;
}

export interface Kernels {
  relu<T extends tf.Tensor>(x: T): T;
  /**
   * Batch norm with the batch's own moments: scale · (x − mean) / √(variance + ε) + shift over N, H, W of
   * NHWC, with its gradient by x, scale and shift. First-order only. The moving moments ([C] each) keep the
   * given share of what they are and take the rest from the batch's mean and unbiased variance.
   */
  batchNorm(
    x: tf.Tensor4D,
    scale: tf.Tensor1D,
    shift: tf.Tensor1D,
    moving: { readonly mean: tf.Variable; readonly variance: tf.Variable; readonly kept: number },
  ): tf.Tensor4D;
  /**
   * With g = gradient + l2 · variable:
   *
   *   first ← β₁ first + (1 − β₁) g;  second ← β₂ second + (1 − β₂) g²
   *   variable ← variable − (ofFirst · first + ofGradient · g) / (√second · secondScale + ε)
   */
  nadam(parameters: readonly NadamParameter[], step: NadamStep): void;
  /** average ← average + (1 − kept) · (variable − average) */
  follow(
    pairs: readonly { readonly variable: tf.Variable; readonly average: tf.Variable }[],
    kept: number,
  ): void;
}

export const plainKernels: Kernels = {
  relu: (x) => tf.relu(x),
  batchNorm: (x, scale, shift, moving) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    const count = x.size / scale.size;
    follow(moving.mean, mean, moving.kept);
    follow(moving.variance, tf.mul(variance, count / Math.max(1, count - 1)), moving.kept);
    const gain = tf.mul(scale, tf.rsqrt(tf.add(variance, batchNormEpsilon)));
    return tf.add(tf.mul(tf.sub(x, mean), gain), shift);
  },
  nadam: (parameters, { beta1, beta2, epsilon, ofFirst, ofGradient, secondScale }) => {
    for (const { variable, first, second, gradient, l2 } of parameters) {
      tf.tidy(() => {
        const g = l2 === 0 ? gradient : tf.add(gradient, tf.mul(variable, l2));
        first.assign(tf.add(tf.mul(first, beta1), tf.mul(g, 1 - beta1)));
        second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2)));
        const direction = tf.add(tf.mul(first, ofFirst), tf.mul(g, ofGradient));
        const size = tf.add(tf.mul(tf.sqrt(second), secondScale), epsilon);
        variable.assign(tf.sub(variable, tf.div(direction, size)));
      });
    }
  },
  follow: (pairs, kept) => {
    for (const { variable, average } of pairs) follow(average, variable, kept);
  },
};

function follow(average: tf.Variable, value: tf.Tensor, kept: number): void {
  tf.tidy(() => {
    average.assign(tf.add(average, tf.mul(tf.sub(value, average), 1 - kept)));
  });
}
