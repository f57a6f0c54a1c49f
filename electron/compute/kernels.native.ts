/**
 * TensorFlow's own fused kernels behind the models' kernel interface: batch norm with its gradient
 * (FusedBatchNormV3, FusedBatchNormGradV3) and ReLU's gradient (ReluGrad). Plain operations give the same
 * numbers at less than half the speed of a training step.
 */
import * as tf from '@tensorflow/tfjs';
import { batchNormEpsilon, type Kernels } from '../../models/index.ts';

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | boolean;
}

/** What is used of the tfjs-node backend object, which reaches any TensorFlow kernel by name. */
export interface TensorFlowBackend {
  readonly binding: {
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_FLOAT: number;
  };
  executeSingleOutput(name: string, attributes: Attribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: Attribute[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

export function nativeKernels(backend: TensorFlowBackend): Kernels {
  const { binding } = backend;
  const type = (name: string): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
  const batchNormAttributes: Attribute[] = [
    type('T'),
    type('U'),
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: batchNormEpsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];

  const relu = tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    (save as tf.GradSaveFunc)([x]);
    return {
      value: tf.relu(x),
      gradFunc: (dy: tf.Tensor, [features]: tf.Tensor[]) =>
        backend.executeSingleOutput('ReluGrad', [type('T')], [dy, features!]),
    };
  });

  return {
    relu: (x) => relu(x) as typeof x,
    batchNorm: (x, scale, shift, observe) => {
      const fused = tf.customGrad((...inputs) => {
        const [xIn, scaleIn, shiftIn, save] = inputs as [
          tf.Tensor4D,
          tf.Tensor1D,
          tf.Tensor1D,
          tf.GradSaveFunc,
        ];
        // Empty moments tell the kernel to use the batch's own.
        const empty = tf.tensor1d([]);
        const [y, mean, variance, ...reserve] = backend.executeMultipleOutputs(
          'FusedBatchNormV3',
          batchNormAttributes,
          [xIn, scaleIn, shiftIn, empty, empty],
          6,
        );
        // The kernel hands out the unbiased variance; the interface promises the biased one.
        const count = xIn.size / scaleIn.size;
        observe(mean as tf.Tensor1D, tf.mul(variance!, (count - 1) / count));
        save([xIn, scaleIn, ...reserve]);
        return {
          value: y!,
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
            backend
              .executeMultipleOutputs('FusedBatchNormGradV3', batchNormAttributes, [dy, ...saved], 5)
              .slice(0, 3),
        };
      });
      return fused(x, scale, shift) as tf.Tensor4D;
    },
  };
}
