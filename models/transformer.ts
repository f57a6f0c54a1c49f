/** Spatial transformer (Jaderberg et al., NIPS 2015) from operations that every backend has, gradients too. */
import * as tf from '@tensorflow/tfjs';

/** Positions of `count` pixel centres on an axis where the outer corners of the picture are −1 and 1. */
function centres(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (2 * i + 1) / count - 1);
}

/**
 * Samples feature maps at affinely moved positions, bilinearly (their formula 5): output pixel (u, v), in
 * −1..1, takes the input at [x y]ᵀ = θ [u v 1]ᵀ; beyond the map it takes 0.
 *
 * The bilinear weights max(0, 1 − |x − m|) · max(0, 1 − |y − n|) are written out as a matrix between output
 * and input pixels and applied as one product. On the 8 × 8 maps where the classifier uses it that is cheap,
 * needs neither gather nor scatter, and the gradients by θ and by the map are those of plain operations.
 *
 * @param map [n, rows, columns, channels]
 * @param theta [n, 6], rows of the 2 × 3 matrix one after the other; [1 0 0 0 1 0] is the identity
 * @returns [n, rows, columns, channels]
 */
export function transformAffinely(map: tf.Tensor4D, theta: tf.Tensor2D): tf.Tensor4D {
  const [count, rows, columns, channels] = map.shape;
  return tf.tidy(() => {
    const pixels = rows * columns;
    const across = centres(columns);
    const down = centres(rows);
    // [3, pixels]: u, v, 1 of every output pixel
    const grid = tf.tensor2d([
      down.flatMap(() => across),
      down.flatMap((v) => across.map(() => v)),
      new Array<number>(pixels).fill(1),
    ]);
    const moved = tf.reshape(tf.matMul(tf.reshape(theta, [count * 2, 3]), grid), [count, 2, pixels, 1]);
    const [x, y] = tf.split(moved, 2, 1).map((part) => tf.reshape(part, [count, pixels, 1]));
    const near = (position: tf.Tensor, places: number[]): tf.Tensor => {
      const distance = tf.mul(
        tf.sub(position, tf.tensor3d(places, [1, 1, places.length])),
        places.length / 2,
      );
      return tf.relu(tf.sub(1, tf.abs(distance)));
    };
    const weights = tf.mul(
      tf.reshape(near(y!, down), [count, pixels, rows, 1]),
      tf.reshape(near(x!, across), [count, pixels, 1, columns]),
    );
    const sampled = tf.matMul(
      tf.reshape(weights, [count, pixels, pixels]),
      tf.reshape(map, [count, pixels, channels]),
    );
    return tf.reshape(sampled, [count, rows, columns, channels]);
  });
}
