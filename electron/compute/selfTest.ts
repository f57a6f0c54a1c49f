/** Known answers: what every backend must compute before a film is trusted to it. */
import * as tf from '@tensorflow/tfjs';

interface KnownAnswer {
  readonly name: string;
  readonly compute: () => tf.Tensor;
  readonly expected: readonly number[];
}

/** How far a value may lie from the closed form, relative to 1 or to the value, whichever is larger. */
export const selfTestTolerance = 1e-4;

/**
 * Every expected number is a closed form: counts of covered pixels for a kernel of ones, the slope of a ramp,
 * logarithms that make exponentials rational.
 */
const forward: readonly KnownAnswer[] = [
  {
    name: 'matMul',
    compute: () => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])),
    expected: [19, 22, 43, 50],
  },
  {
    name: 'conv2d, padded',
    compute: () => tf.conv2d(threeByThree(), tf.ones<tf.Rank.R4>([3, 3, 1, 1]), 1, 'same'),
    expected: [4, 6, 4, 6, 9, 6, 4, 6, 4],
  },
  {
    name: 'conv2d, slope of a ramp',
    compute: () => tf.conv2d(ramp(), tf.tensor4d([-1, 0, 1], [1, 3, 1, 1]), 1, 'valid'),
    expected: Array<number>(8).fill(2),
  },
  {
    name: 'conv2d, strided over two channels',
    // Channel 0 counts once and channel 1 ten times; stride 2 without padding sees pixels 0, 2, 8 and 10.
    compute: () => tf.conv2d(tf.concat([ramp(), ramp()], 3), tf.tensor4d([1, 10], [1, 1, 2, 1]), 2, 'valid'),
    expected: [0, 22, 88, 110],
  },
  {
    name: 'resizeBilinear',
    compute: () => tf.image.resizeBilinear(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]), [3, 3], true),
    expected: [1, 1.5, 2, 2, 2.5, 3, 3, 3.5, 4],
  },
  {
    name: 'softmax',
    compute: () => tf.softmax(tf.tensor1d([0, Math.log(2), Math.log(3)])),
    expected: [1 / 6, 2 / 6, 3 / 6],
  },
  {
    name: 'sigmoid',
    compute: () => tf.sigmoid(tf.tensor1d([0, Math.log(3), -Math.log(3)])),
    expected: [0.5, 0.75, 0.25],
  },
  { name: 'tanh', compute: () => tf.tanh(tf.tensor1d([0, Math.log(2)])), expected: [0, 0.6] },
  {
    name: 'relu and broadcasting',
    compute: () => tf.relu(tf.sub(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor1d([2, 2]))),
    expected: [0, 0, 1, 2],
  },
  { name: 'mean over the plane', compute: () => tf.mean(ramp(), [1, 2]), expected: [7.5] },
  {
    name: 'rsqrt and moments',
    compute: () => {
      const { mean, variance } = tf.moments(tf.tensor1d([1, 3, 5, 7]));
      return tf.concat([tf.reshape(mean, [1]), tf.reshape(tf.rsqrt(variance), [1])]);
    },
    expected: [4, 1 / Math.sqrt(5)],
  },
];

/** d/dw Σ conv2d(ones, w): for every tap, how many of the nine pixels it covers under padding. */
const filterGradient: KnownAnswer = {
  name: 'filter gradient of conv2d',
  compute: () =>
    tf.grad((w: tf.Tensor) => tf.sum(tf.conv2d(threeByThree(), w as tf.Tensor4D, 1, 'same')))(
      tf.zeros([3, 3, 1, 1]),
    ),
  expected: [4, 6, 4, 6, 9, 6, 4, 6, 4],
};

const threeByThree = (): tf.Tensor4D => tf.ones<tf.Rank.R4>([1, 3, 3, 1]);

/** Pixels numbered 0 to 15 in a 4 × 4 image. */
const ramp = (): tf.Tensor4D => tf.reshape(tf.range(0, 16), [1, 4, 4, 1]);

export interface SelfTest {
  /** Names of the operations that gave a wrong answer or none; empty when the backend passed. */
  readonly failures: readonly string[];
  /** Whether convolutions can be trained: the wasm backend has no filter gradient. */
  readonly canTrain: boolean;
}

/** Runs the known answers on the current backend and leaves no tensor behind. */
export async function selfTest(): Promise<SelfTest> {
  const failures: string[] = [];
  for (const answer of forward) if (!(await isRight(answer))) failures.push(answer.name);
  return { failures, canTrain: failures.length === 0 && (await isRight(filterGradient)) };
}

async function isRight({ compute, expected }: KnownAnswer): Promise<boolean> {
  let result: tf.Tensor;
  try {
    result = tf.tidy(compute);
  } catch {
    // A kernel that is missing is an answer that is missing.
    return false;
  }
  const values = await result.data();
  result.dispose();
  return (
    values.length === expected.length &&
    expected.every(
      (value, i) => Math.abs(values[i]! - value) <= selfTestTolerance * Math.max(1, Math.abs(value)),
    )
  );
}
