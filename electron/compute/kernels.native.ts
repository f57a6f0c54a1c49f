/**
 * TensorFlow's own fused kernels behind the models' kernel interface: batch norm with its gradient and its
 * moving moments (FusedBatchNormV3, FusedBatchNormGradV3), ReLU's gradient (ReluGrad), and those that move the
 * weights (updates.native.ts). Plain operations give the same numbers at less than half the speed of a
 * training step.
 */
import * as tf from '@tensorflow/tfjs';
import { batchNormEpsilon, type Kernels } from '../../models/index.ts';
import { attributesOf, type Attribute, type TensorFlowBackend } from './tensorflowBackend.ts';
import { nativeUpdates } from './updates.native.ts';

export function nativeKernels(backend: TensorFlowBackend): Kernels {
  const { float32, float, text, truth } = attributesOf(backend);
  const reluAttributes = [float32('T')];
  const batchNormAttributes: Attribute[] = [
    float32('T'),
    float32('U'),
    float('epsilon', batchNormEpsilon),
    text('data_format', 'NHWC'),
    truth('is_training', true),
  ];

  const relu = tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    (save as tf.GradSaveFunc)([x]);
    return {
      value: tf.relu(x),
      gradFunc: (dy: tf.Tensor, [features]: tf.Tensor[]) =>
        backend.executeSingleOutput('ReluGrad', reluAttributes, [dy, features!]),
    };
  });

  return {
    relu: (x) => relu(x) as typeof x,
    batchNorm: (x, scale, shift, moving) => {
      const movingAttributes = [...batchNormAttributes, float('exponential_avg_factor', 1 - moving.kept)];
      const fused = tf.customGrad((...inputs) => {
        const [xIn, scaleIn, shiftIn, save] = inputs as [
          tf.Tensor4D,
          tf.Tensor1D,
          tf.Tensor1D,
          tf.GradSaveFunc,
        ];
        const [y, mean, variance, ...reserve] = backend.executeMultipleOutputs(
          'FusedBatchNormV3',
          movingAttributes,
          [xIn, scaleIn, shiftIn, moving.mean, moving.variance],
          6,
        );
        moving.mean.assign(mean!);
        moving.variance.assign(variance!);
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
    ...nativeUpdates(backend),
  };
}
