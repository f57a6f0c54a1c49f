/** Networks for reading: batch norm folded into the convolution before it, one fused kernel a layer. */
import * as tf from '@tensorflow/tfjs';
import { batchNormEpsilon } from './kernels.ts';
import {
  activationOf,
  parametersOf,
  walkOf,
  type LayerSpec,
  type Parameters,
  type Runner,
} from './layers.ts';

export interface FoldedLayers {
  /** Fast; has no gradient on backends without filter gradients. */
  readonly fast: Runner;
  /** The same numbers from plain operations, whose gradient by the input exists on every backend. */
  readonly differentiable: Runner;
  /** As `differentiable`, with the gradient of every ReLU cut for guided backpropagation. */
  readonly guided: Runner;
  readonly dispose: () => void;
}

/**
 * Folds y = scale · (x ∗ k − mean) / √(variance + ε) + shift into x ∗ k′ + b (Jacob et al., CVPR 2018, 3.2).
 *
 * @throws RangeError when a parameter is missing or has another shape than its layer
 */
export function fold(layers: readonly LayerSpec[], parameters: Parameters): FoldedLayers {
  const folded = new Map<string, { layer: LayerSpec; kernel: tf.Tensor; bias: tf.Tensor1D | null }>();
  // All of them first: a parameter that does not fit must leave no tensor behind.
  for (const [layer, { kernel, shape, bias }] of layers.map(
    (each) => [each, foldLayer(each, parameters)] as const,
  )) {
    const tensors = { kernel: tf.tensor(kernel, [...shape]), bias: bias && tf.tensor1d(bias) };
    folded.set(layer.name, { layer, ...tensors });
  }
  const at = (name: string) => {
    const found = folded.get(name);
    if (found === undefined) throw new RangeError(`no layer ${name}`);
    return found;
  };
  const fast = (name: string, x: tf.Tensor): tf.Tensor => {
    const { layer, kernel, bias } = at(name);
    const activation = activationOf(layer);
    if (layer.kind === 'norm') return tf.relu(tf.add(tf.mul(x, kernel), bias!));
    if (layer.kind === 'dense') {
      const y = tf.fused.matMul({
        a: x,
        b: kernel,
        ...(bias === null ? {} : { bias }),
        activation: activation === 'relu' ? 'relu' : 'linear',
      });
      return activation === 'tanh' ? tf.tanh(y) : y;
    }
    const { stride, padding } = walkOf(layer, x.shape);
    return tf.fused.conv2d({
      x: x as tf.Tensor4D,
      filter: kernel as tf.Tensor4D,
      strides: stride,
      pad: padding,
      ...(bias === null ? {} : { bias }),
      activation: activation === 'relu' ? 'relu' : 'linear',
    });
  };
  const withRelu = (relu: Runner['relu']): Runner => ({
    relu,
    layer: (name, x) => {
      const { layer, kernel, bias } = at(name);
      const product = weighted(layer, x, kernel);
      const y = bias === null ? product : tf.add(product, bias);
      const activation = activationOf(layer);
      if (activation === 'linear') return y;
      return activation === 'relu' ? relu(y) : tf.tanh(y);
    },
  });
  return {
    fast: { layer: fast, relu: (x) => tf.relu(x) },
    differentiable: withRelu((x) => tf.relu(x)),
    guided: withRelu(guidedRelu),
    dispose: () => {
      for (const { kernel, bias } of folded.values()) tf.dispose(bias === null ? kernel : [kernel, bias]);
      folded.clear();
    },
  };
}

/**
 * ReLU whose gradient passes only where both the input and the gradient that comes in are positive: guided
 * backpropagation (Springenberg et al., ICLR 2015 workshop, arXiv 1412.6806, figure 1).
 */
function guidedRelu<T extends tf.Tensor>(x: T): T {
  const op = tf.customGrad((input, save) => {
    const value = tf.relu(input as tf.Tensor);
    (save as tf.GradSaveFunc)([value]);
    return {
      value,
      gradFunc: (slope: tf.Tensor, [kept]: tf.Tensor[]) => tf.mul(tf.relu(slope), tf.step(kept!)),
    };
  });
  return op(x) as T;
}

function weighted(layer: LayerSpec, x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  if (layer.kind === 'norm') return tf.mul(x, kernel);
  if (layer.kind === 'dense') return tf.matMul(x, kernel);
  const { stride, padding } = walkOf(layer, x.shape);
  return tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, padding);
}

interface FoldedLayer {
  /** Of a norm alone, its gain a channel. */
  readonly kernel: Float32Array;
  readonly shape: readonly number[];
  readonly bias: Float32Array | null;
}

function foldLayer(layer: LayerSpec, parameters: Parameters): FoldedLayer {
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
  const kernel = values.get('kernel');
  if (layer.kind === 'dense' || layer.kind === 'conv') {
    return { kernel: kernel!, shape, bias: values.get('bias') ?? null };
  }
  const shift = values.get('shift')!;
  const mean = values.get('moving-mean')!;
  const variance = values.get('moving-variance')!;
  const gain = values.get('scale')!.map((value, c) => value / Math.sqrt(variance[c]! + batchNormEpsilon));
  const bias = shift.map((value, c) => value - mean[c]! * gain[c]!);
  if (kernel === undefined) return { kernel: gain, shape: [gain.length], bias };
  return { kernel: kernel.map((value, i) => value * gain[i % gain.length]!), shape, bias };
}
