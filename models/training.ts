/** Networks while they learn: parameters as variables, batch norm with the batch's own moments. */
import * as tf from '@tensorflow/tfjs';
import type { Kernels } from './kernels.ts';
import {
  activationOf,
  parametersOf,
  walkOf,
  type LayerSpec,
  type Parameter,
  type ParameterRole,
  type Parameters,
  type Runner,
} from './layers.ts';

export interface LearnedVariable {
  readonly name: string;
  readonly role: ParameterRole;
  readonly variable: tf.Variable;
}

export interface TrainingLayers extends Runner {
  /** In the order of the layers; moving moments are among them. */
  readonly variables: readonly LearnedVariable[];
  /** The present values, as plain numbers. */
  parameters(): Promise<Parameters>;
  dispose(): void;
}

/** Share of the old value that a moving moment keeps at each step. */
const movingMomentum = 0.98;

/** Inside a tidy, since a variable does not take over the tensor that it starts from. */
function startAt(values: Float32Array, shape: readonly number[], learns: boolean): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...shape]), learns));
}

/**
 * A kernel of one pixel that strides is laid on every stride-th pixel alone. That gives the same bits as fast, and keeps
 * away from TensorFlow's gradient by such a kernel, which writes beyond its memory and brings the process down where
 * the batch is odd and the channels are no multiple of 16 (oneDNN in TensorFlow 2.21).
 */
function convolved(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  { stride, padding }: ReturnType<typeof walkOf>,
): tf.Tensor4D {
  if (stride === 1 || kernel.shape[0] !== 1 || kernel.shape[1] !== 1) {
    return tf.conv2d(x, kernel, stride, padding);
  }
  return tf.conv2d(tf.avgPool(x, 1, stride, 'valid'), kernel, 1, padding);
}

/** @throws RangeError when a parameter is missing */
export function trainingLayers(
  layers: readonly LayerSpec[],
  start: Parameters,
  kernels: Kernels,
): TrainingLayers {
  const specs = new Map(layers.map((layer) => [layer.name, layer]));
  const variables: LearnedVariable[] = layers.flatMap(parametersOf).map(({ name, role, shape }) => {
    const found = start.get(name);
    if (found === undefined) throw new RangeError(`no parameter ${name}`);
    const learns = role !== 'moving-mean' && role !== 'moving-variance';
    return { name, role, variable: startAt(found.values, shape, learns) };
  });
  const byName = new Map(variables.map(({ name, variable }) => [name, variable]));
  const at = <R extends tf.Rank>(layer: string, role: ParameterRole): tf.Tensor<R> =>
    byName.get(`${layer}/${role}`) as unknown as tf.Tensor<R>;
  const layer = (name: string, x: tf.Tensor): tf.Tensor => {
    const spec = specs.get(name);
    if (spec === undefined) throw new RangeError(`no layer ${name}`);
    if (spec.kind === 'dense') {
      const y = tf.add(
        tf.matMul(x as tf.Tensor2D, at<tf.Rank.R2>(name, 'kernel')),
        at<tf.Rank.R1>(name, 'bias'),
      );
      if (spec.activation === 'linear') return y;
      return spec.activation === 'relu' ? kernels.relu(y) : tf.tanh(y);
    }
    let y = x as tf.Tensor4D;
    if (spec.kind !== 'norm') {
      y = convolved(y, at<tf.Rank.R4>(name, 'kernel'), walkOf(spec, y.shape));
    }
    if (spec.kind === 'conv') return spec.biasStart === null ? y : tf.add(y, at<tf.Rank.R1>(name, 'bias'));
    const normed = kernels.batchNorm(y, at<tf.Rank.R1>(name, 'scale'), at<tf.Rank.R1>(name, 'shift'), {
      mean: byName.get(`${name}/moving-mean`)!,
      variance: byName.get(`${name}/moving-variance`)!,
      kept: movingMomentum,
    });
    return activationOf(spec) === 'relu' ? kernels.relu(normed) : normed;
  };
  return {
    layer,
    relu: (x) => kernels.relu(x),
    variables,
    parameters: async () => {
      const parameters = new Map<string, Parameter>();
      for (const { name, variable } of variables) {
        const values = (await variable.data()) as Float32Array;
        parameters.set(name, { shape: variable.shape, values: values.slice() });
      }
      return parameters;
    },
    dispose: () => tf.dispose(variables.map(({ variable }) => variable)),
  };
}
