/**
 * Networks as data: a list of layers with names and shapes, and a `forward` that strings them together by
 * calling `run.layer(name, x)`. What that does is decided by who runs the network: the trainer applies batch
 * norm with the batch's own moments (`training.ts`), the reading station convolutions with the batch norm
 * folded in (`folded.ts`). So both run one definition.
 */
import type * as tf from '@tensorflow/tfjs';

export type LayerSpec =
  | {
      /** Square convolution without bias → batch norm → activation. */
      readonly kind: 'conv-norm';
      readonly name: string;
      readonly size: number;
      readonly inputs: number;
      readonly outputs: number;
      readonly stride: number;
      readonly activation: 'relu' | 'linear';
    }
  | {
      /** Square convolution with bias, no norm: an output layer of a convolutional network. */
      readonly kind: 'conv';
      readonly name: string;
      readonly size: number;
      readonly inputs: number;
      readonly outputs: number;
      readonly biasStart: number;
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

/** The arrays that a layer learns, in the order in which they are stored. */
export function parametersOf(layer: LayerSpec): ParameterSpec[] {
  const part = (role: ParameterRole, shape: readonly number[]): ParameterSpec => ({
    name: `${layer.name}/${role}`,
    role,
    shape,
  });
  switch (layer.kind) {
    case 'conv-norm':
      return [
        part('kernel', [layer.size, layer.size, layer.inputs, layer.outputs]),
        part('scale', [layer.outputs]),
        part('shift', [layer.outputs]),
        part('moving-mean', [layer.outputs]),
        part('moving-variance', [layer.outputs]),
      ];
    case 'conv':
      return [
        part('kernel', [layer.size, layer.size, layer.inputs, layer.outputs]),
        part('bias', [layer.outputs]),
      ];
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
      const area = layer.kind === 'dense' ? 1 : layer.size * layer.size;
      const limit = Math.sqrt(6 / (area * (layer.inputs + layer.outputs)));
      return values.map(() => (2 * uniform() - 1) * limit);
    }
    case 'bias':
      if (isIdentity) values.set([1, 0, 0, 0, 1, 0]);
      return layer.kind === 'conv' ? values.fill(layer.biasStart) : values;
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
