/**
 * Networks as data: a list of layers with names and shapes, and a `forward` that strings them together by
 * calling `run.layer(name, x)`. What that does is decided by who runs the network: the trainer applies batch
 * norm with the batch's own moments (`training.ts`), the reading station convolutions with the batch norm
 * folded in (`folded.ts`). So both run one definition.
 */
import type * as tf from '@tensorflow/tfjs';

/** Side of a square kernel, or its [rows, columns]. */
export type KernelSize = number | readonly [rows: number, columns: number];

export type LayerSpec =
  | {
      /** Convolution without bias → batch norm → activation. */
      readonly kind: 'conv-norm';
      readonly name: string;
      readonly size: KernelSize;
      readonly inputs: number;
      readonly outputs: number;
      readonly stride: number;
      /** By default 'same'. */
      readonly padding?: 'same' | 'valid';
      readonly activation: 'relu' | 'linear';
    }
  | {
      /** Convolution without norm: an output layer, or one whose norm stands elsewhere and which then has no bias. */
      readonly kind: 'conv';
      readonly name: string;
      readonly size: KernelSize;
      readonly inputs: number;
      readonly outputs: number;
      /** Null for a convolution without bias. */
      readonly biasStart: number | null;
    }
  | {
      /** Batch norm → ReLU, in front of a convolution or at the end of a network that has them there. */
      readonly kind: 'norm';
      readonly name: string;
      readonly channels: number;
    }
  | {
      readonly kind: 'dense';
      readonly name: string;
      readonly inputs: number;
      readonly outputs: number;
      readonly activation: 'relu' | 'tanh' | 'linear';
      /** 'identity-affine': zero weights and the bias [1 0 0 0 1 0], so a transformer starts as doing nothing. */
      readonly start: 'glorot' | 'identity-affine';
    };

export interface Runner {
  layer(name: string, x: tf.Tensor): tf.Tensor;
  relu<T extends tf.Tensor>(x: T): T;
}

/** A learned array by name, as plain numbers: what is stored, and what every backend starts from. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
export type Parameters = ReadonlyMap<string, Parameter>;

export type ParameterRole = 'kernel' | 'bias' | 'scale' | 'shift' | 'moving-mean' | 'moving-variance';
export interface ParameterSpec {
  readonly name: string;
  readonly role: ParameterRole;
  readonly shape: readonly number[];
}

export function kernelSides(size: KernelSize): readonly [rows: number, columns: number] {
  return typeof size === 'number' ? [size, size] : size;
}

/**
 * How the kernel of a layer walks over a map of [n, rows, columns, channels]. Where padding 'same' has nothing to pad
 * it is called 'valid', which it then is: with strides longer than the kernel tfjs' wasm backend (4.22) gets
 * 'same' wrong.
 */
export function walkOf(
  layer: Extract<LayerSpec, { size: KernelSize }>,
  [, rows, columns]: readonly number[],
): { readonly stride: number; readonly padding: 'same' | 'valid' } {
  const { stride, padding = 'same' } = layer.kind === 'conv' ? { stride: 1 } : layer;
  const isPadded = kernelSides(layer.size).some((side, axis) => {
    const count = axis === 0 ? rows! : columns!;
    return (Math.ceil(count / stride) - 1) * stride + side > count;
  });
  return { stride, padding: isPadded ? padding : 'valid' };
}

/** What a layer ends with. */
export function activationOf(layer: LayerSpec): 'relu' | 'tanh' | 'linear' {
  if (layer.kind === 'norm') return 'relu';
  return layer.kind === 'conv' ? 'linear' : layer.activation;
}

/** The arrays that a layer learns, in the order in which they are stored. */
export function parametersOf(layer: LayerSpec): ParameterSpec[] {
  const part = (role: ParameterRole, shape: readonly number[]): ParameterSpec => ({
    name: `${layer.name}/${role}`,
    role,
    shape,
  });
  const normParts = (channels: number): ParameterSpec[] =>
    (['scale', 'shift', 'moving-mean', 'moving-variance'] as const).map((role) => part(role, [channels]));
  switch (layer.kind) {
    case 'conv-norm':
      return [
        part('kernel', [...kernelSides(layer.size), layer.inputs, layer.outputs]),
        ...normParts(layer.outputs),
      ];
    case 'conv': {
      const kernel = part('kernel', [...kernelSides(layer.size), layer.inputs, layer.outputs]);
      return layer.biasStart === null ? [kernel] : [kernel, part('bias', [layer.outputs])];
    }
    case 'norm':
      return normParts(layer.channels);
    case 'dense':
      return [part('kernel', [layer.inputs, layer.outputs]), part('bias', [layer.outputs])];
  }
}

/**
 * Parameters before any training. Kernels are Glorot's: uniform in ±√(6 / (fan in + fan out)) (Glorot and
 * Bengio, AISTATS 2010, formula 16).
 *
 * @param uniform numbers in [0, 1); the same numbers give the same network
 */
export function initialParameters(layers: readonly LayerSpec[], uniform: () => number): Parameters {
  const parameters = new Map<string, Parameter>();
  for (const layer of layers) {
    for (const { name, role, shape } of parametersOf(layer)) {
      parameters.set(name, { shape, values: startOf(layer, role, shape, uniform) });
    }
  }
  return parameters;
}

function startOf(
  layer: LayerSpec,
  role: ParameterRole,
  shape: readonly number[],
  uniform: () => number,
): Float32Array {
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  const isIdentity = layer.kind === 'dense' && layer.start === 'identity-affine';
  switch (role) {
    case 'kernel': {
      if (isIdentity) return values;
      // [...area, inputs, outputs]
      const [outputs, inputs, ...area] = shape.toReversed();
      const limit = Math.sqrt(6 / area.reduce((product, side) => product * side, inputs! + outputs!));
      return values.map(() => (2 * uniform() - 1) * limit);
    }
    case 'bias':
      if (isIdentity) values.set([1, 0, 0, 0, 1, 0]);
      return layer.kind === 'conv' ? values.fill(layer.biasStart ?? 0) : values;
    case 'scale':
    case 'moving-variance':
      return values.fill(1);
    case 'shift':
    case 'moving-mean':
      return values;
  }
}

/** How many numbers a network learns (moving moments are not learned). */
export function countLearned(layers: readonly LayerSpec[]): number {
  return layers
    .flatMap(parametersOf)
    .filter(({ role }) => role !== 'moving-mean' && role !== 'moving-variance')
    .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
}
