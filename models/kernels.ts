/**
 * What a backend may do faster than plain operations, as an interface that the compute room fills. The plain
 * version runs on every backend that has gradients.
 */
import * as tf from '@tensorflow/tfjs';

export const batchNormEpsilon = 1e-3;

export interface Kernels {
  relu<T extends tf.Tensor>(x: T): T;
  /**
   * Batch norm with the batch's own moments: scale · (x − mean) / √(variance + ε) + shift over N, H, W of
   * NHWC, with its gradient by x, scale and shift. First-order only.
   *
   * @param observe is given the batch's mean and biased variance ([C] each), which live until it returns
   */
  batchNorm(
    x: tf.Tensor4D,
    scale: tf.Tensor1D,
    shift: tf.Tensor1D,
    observe: (mean: tf.Tensor1D, variance: tf.Tensor1D) => void,
  ): tf.Tensor4D;
}

export const plainKernels: Kernels = {
  relu: (x) => tf.relu(x),
  batchNorm: (x, scale, shift, observe) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    observe(mean as tf.Tensor1D, variance as tf.Tensor1D);
    const gain = tf.mul(scale, tf.rsqrt(tf.add(variance, batchNormEpsilon)));
    return tf.add(tf.mul(tf.sub(x, mean), gain), shift);
  },
};
