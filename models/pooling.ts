import * as tf from '@tensorflow/tfjs';

/**
 * Mean over each pixel and its neighbours, 3 × 3; at the border over those that there are, as TensorFlow's average
 * pooling with padding 'same' has it.
 *
 * It is not tfjs' own `avgPool(x, 3, 1, 'same')`, because the gradient of that one divides by 9 at the border too on
 * every backend but TensorFlow (4.22, AvgPoolGrad), which is the gradient of another function.
 */
export function meanOfNeighbours(x: tf.Tensor4D): tf.Tensor4D {
  const [, rows, columns] = x.shape;
  const present = (place: number, count: number): number => 1 + Number(place > 0) + Number(place < count - 1);
  return tf.tidy(() => {
    const gain = new Float32Array(rows * columns).map(
      (_, i) => 9 / (present(Math.floor(i / columns), rows) * present(i % columns, columns)),
    );
    const padded = tf.pad(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    return tf.mul(tf.avgPool(padded, 3, 1, 'valid'), tf.tensor4d(gain, [1, rows, columns, 1]));
  });
}
