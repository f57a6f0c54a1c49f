/** Networks for reading: batch norm folded into the convolution before it, one fused kernel a layer. */
import * as tf from '@tensorflow/tfjs';
import { batchNormEpsilon } from './kernels.ts';
import { parametersOf, type LayerSpec, type Parameters, type Runner } from './layers.ts';

export interface FoldedLayers {
  /** Fast; has no gradient on backends without filter gradients. */
  readonly fast: Runner;
  /** The same numbers from plain operations, whose gradient by the input exists on every backend. */
  readonly differentiable: Runner;
  dispose(): void;
}

/**
 * Folds y = scale · (x ∗ k − mean) / √(variance + ε) + shift into x ∗ k′ + b (Jacob et al., CVPR 2018, 3.2).
 *
 * @throws RangeError when a parameter is missing or has another shape than its layer
 */
export function fold(layers: readonly LayerSpec[], parameters: Parameters): FoldedLayers {
  const folded = new Map<string, { layer: LayerSpec; kernel: tf.Tensor; bias: tf.Tensor1D }>();
  for (const layer of layers) {
    const { kernel, shape, bias } = foldLayer(layer, parameters);
    folded.set(layer.name, { layer, kernel: tf.tensor(kernel, [...shape]), bias: tf.tensor1d(bias) });
  }
  const at = (name: string) => {
    const found = folded.get(name);
    if (found === undefined) throw new RangeError(`no layer ${name}`);
    return found;
  };
  const fast = (name: string, x: tf.Tensor): tf.Tensor => {
    const { layer, kernel, bias } = at(name);
    if (layer.kind === 'dense') {
      const activation = layer.activation === 'relu' ? 'relu' : 'linear';
      const y = tf.fused.matMul({ a: x, b: kernel, bias, activation });
      return layer.activation === 'tanh' ? tf.tanh(y) : y;
    }
    return tf.fused.conv2d({
      x: x as tf.Tensor4D,
      filter: kernel as tf.Tensor4D,
      strides: layer.kind === 'conv' ? 1 : layer.stride,
      pad: 'same',
      bias,
      activation: layer.kind === 'conv' ? 'linear' : layer.activation,
    });
  };
  const differentiable = (name: string, x: tf.Tensor): tf.Tensor => {
    const { layer, kernel, bias } = at(name);
    if (layer.kind === 'dense') {
      const y = tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias);
      if (layer.activation === 'linear') return y;
      return layer.activation === 'relu' ? tf.relu(y) : tf.tanh(y);
    }
    const stride = layer.kind === 'conv' ? 1 : layer.stride;
    const y = tf.add(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, 'same'), bias);
    return layer.kind === 'conv-norm' && layer.activation === 'relu' ? tf.relu(y) : y;
  };
  return {
    fast: { layer: fast, relu: (x) => tf.relu(x) },
    differentiable: { layer: differentiable, relu: (x) => tf.relu(x) },
    dispose: () => {
      for (const { kernel, bias } of folded.values()) tf.dispose([kernel, bias]);
      folded.clear();
    },
  };
}

function foldLayer(
  layer: LayerSpec,
  parameters: Parameters,
): { kernel: Float32Array; shape: readonly number[]; bias: Float32Array } {
  const values = new Map<string, Float32Array>();
  let shape: readonly number[] = [];
  for (const spec of parametersOf(layer)) {
    const found = parameters.get(spec.name);
    if (found === undefined) throw new RangeError(`no parameter ${spec.name}`);
    if (found.shape.join() !== spec.shape.join()) {
      throw new RangeError(`${spec.name} is ${found.shape.join(' × ')}, not ${spec.shape.join(' × ')}`);
    }
    values.set(spec.role, found.values);
    if (spec.role === 'kernel') shape = spec.shape;
  }
  const kernel = values.get('kernel')!;
  if (layer.kind !== 'conv-norm') return { kernel, shape, bias: values.get('bias')! };
  const scale = values.get('scale')!;
  const shift = values.get('shift')!;
  const mean = values.get('moving-mean')!;
  const variance = values.get('moving-variance')!;
  const gain = scale.map((value, c) => value / Math.sqrt(variance[c]! + batchNormEpsilon));
  return {
    kernel: kernel.map((value, i) => value * gain[i % gain.length]!),
    shape,
    bias: shift.map((value, c) => value - mean[c]! * gain[c]!),
  };
}
