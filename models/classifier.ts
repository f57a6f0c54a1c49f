/**
 * The paper's second network: none / Garden I-II / Garden III-IV from one hip. Its published tables are not
 * available; this is a reconstruction from its text and from its author's public code: 14 hidden layers
 * (one convolution, six residual blocks of two, one fully connected), conv → batch norm → ReLU, strides for
 * down-sampling, channels doubled with each but the fourth block, a spatial transformer after the 11th
 * hidden layer, dropout before the output.
 */
import * as tf from '@tensorflow/tfjs';
import { fold } from './folded.ts';
import type { LayerSpec, Parameters, Runner } from './layers.ts';
import { residualBlock, residualLayers } from './residual.ts';
import { transformAffinely } from './transformer.ts';

export interface ClassifierConfig {
  readonly inputSize: number;
  /** Channels of the first convolution and of each residual block. */
  readonly channels: readonly number[];
  /** Strides of the same. */
  readonly strides: readonly number[];
  /** 'constant' learns one affine map for all pictures, as the paper's author's own layer does. */
  readonly transformer: 'conditioned' | 'constant' | 'none';
  /** The transformer stands before this residual block, counted from 0. */
  readonly transformerBefore: number;
  /** Units of the fully connected layer. */
  readonly hidden: number;
}

export const defaultClassifierConfig: ClassifierConfig = {
  inputSize: 256,
  channels: [16, 32, 64, 128, 128, 256, 512],
  strides: [2, 2, 2, 2, 1, 2, 2],
  transformer: 'conditioned',
  transformerBefore: 5,
  hidden: 64,
};

/** Order of the probabilities; the same as `gradeGroups` of the contract. */
export const classes = ['none', 'I-II', 'III-IV'] as const;
const affineUnits = 20;
const affineChannels = 32;

export function classifierLayers(config: ClassifierConfig): LayerSpec[] {
  const { channels, strides } = config;
  const blocks = channels.length - 1;
  const last = channels[blocks]!;
  return [
    {
      kind: 'conv-norm',
      name: 'conv1',
      size: 3,
      inputs: 1,
      outputs: channels[0]!,
      stride: strides[0]!,
      activation: 'relu',
    },
    ...Array.from({ length: blocks }, (_, i) =>
      residualLayers(blockName(i), channels[i]!, channels[i + 1]!, strides[i + 1]!),
    ).flat(),
    ...transformerLayers(config),
    {
      kind: 'dense',
      name: 'hidden',
      inputs: last,
      outputs: config.hidden,
      activation: 'relu',
      start: 'glorot',
    },
    {
      kind: 'dense',
      name: 'output',
      inputs: config.hidden,
      outputs: classes.length,
      activation: 'linear',
      start: 'glorot',
    },
  ];
}

function blockName(index: number): string {
  return `block${String(index + 1)}`;
}

function transformerLayers(config: ClassifierConfig): LayerSpec[] {
  if (config.transformer === 'none') return [];
  const before = config.strides.slice(0, config.transformerBefore + 1);
  const side = before.reduce((size, stride) => Math.ceil(size / stride), config.inputSize);
  const flat = Math.ceil(side / 2) ** 2 * affineChannels;
  const affine: LayerSpec = {
    kind: 'dense',
    name: 'transformer/affine',
    inputs: affineUnits,
    outputs: 6,
    activation: 'linear',
    start: 'identity-affine',
  };
  if (config.transformer === 'constant') return [affine];
  return [
    {
      kind: 'conv-norm',
      name: 'transformer/conv',
      size: 3,
      inputs: config.channels[config.transformerBefore]!,
      outputs: affineChannels,
      stride: 2,
      activation: 'relu',
    },
    {
      kind: 'dense',
      name: 'transformer/units',
      inputs: flat,
      outputs: affineUnits,
      activation: 'tanh',
      start: 'glorot',
    },
    affine,
  ];
}

export type ClassifierOutput = {
  /** Last convolution's activations, [n, rows, columns, channels]. */
  readonly features: tf.Tensor4D;
  /** Fully connected layer after ReLU, [n, hidden]. */
  readonly hidden: tf.Tensor2D;
  /** [n, 3], in the order of `classes`. */
  readonly logits: tf.Tensor2D;
};

/** Activations in front of the spatial transformer, where the map is still in the picture's own frame. */
export function classifierStem(config: ClassifierConfig, run: Runner, x: tf.Tensor4D): tf.Tensor4D {
  let y = run.layer('conv1', x) as tf.Tensor4D;
  for (let i = 0; i < config.transformerBefore; i++) y = residualBlock(run, blockName(i), y);
  return y;
}

/** From the transformer's input to the logits. `dropout` is applied to the fully connected layer. */
export function classifierHead(
  config: ClassifierConfig,
  run: Runner,
  stem: tf.Tensor4D,
  dropout: (x: tf.Tensor) => tf.Tensor = (x) => x,
): ClassifierOutput {
  let y = straighten(config, run, stem);
  for (let i = config.transformerBefore; i < config.channels.length - 1; i++) {
    y = residualBlock(run, blockName(i), y);
  }
  const hidden = run.layer('hidden', tf.mean(y, [1, 2])) as tf.Tensor2D;
  return { features: y, hidden, logits: run.layer('output', dropout(hidden)) as tf.Tensor2D };
}

function straighten(config: ClassifierConfig, run: Runner, y: tf.Tensor4D): tf.Tensor4D {
  if (config.transformer === 'none') return y;
  const count = y.shape[0];
  let units: tf.Tensor = tf.zeros([count, affineUnits]);
  if (config.transformer === 'conditioned') {
    units = run.layer('transformer/units', tf.reshape(run.layer('transformer/conv', y), [count, -1]));
  }
  return transformAffinely(y, run.layer('transformer/affine', units) as tf.Tensor2D);
}

/** What Grad-CAM needs: activations and the gradient of one class's logit by them, both [rows, columns, channels]. */
export interface Evidence {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly activations: Float32Array;
  readonly gradient: Float32Array;
}

/** A classifier that reads. Makes tensors on the current backend; `dispose` gives them back. */
export interface Classifier {
  readonly config: ClassifierConfig;
  /** Probabilities in the order of `classes` for each crop of inputSize × inputSize values in 0..1. */
  classify(crops: readonly Float32Array[]): Promise<Float32Array[]>;
  /** For tests and evaluation on tensors: [n, size, size, 1] → features, hidden, logits. The caller disposes. */
  featuresAndLogits(x: tf.Tensor4D): ClassifierOutput;
  /**
   * Evidence at the last convolution (4 × 4 by default). The gradient is closed-form, through the mean over
   * the map and the fully connected layer: ∂logit/∂A[r, c, k] = Σ_j W₂[j, class] · (h_j > 0) · W₁[k, j] / (rows · columns).
   */
  evidence(crop: Float32Array, classIndex: number): Promise<Evidence>;
  /**
   * Evidence in front of the spatial transformer (8 × 8 by default, in the picture's own frame), by
   * back-propagation through the last block: finer, and runs on backends without filter gradients too.
   */
  fineEvidence(crop: Float32Array, classIndex: number): Promise<Evidence>;
  dispose(): void;
}

/** @throws RangeError when the parameters do not fit the configuration */
export function buildClassifier(config: ClassifierConfig, parameters: Parameters): Classifier {
  const layers = fold(classifierLayers(config), parameters);
  const size = config.inputSize;
  const w1 = parameters.get('hidden/kernel')!.values;
  const w2 = parameters.get('output/kernel')!.values;

  const input = (crops: readonly Float32Array[]): tf.Tensor4D => {
    const data = new Float32Array(crops.length * size * size);
    crops.forEach((crop, i) => {
      if (crop.length !== size * size) throw new RangeError(`a crop has ${crop.length} values`);
      data.set(crop, i * size * size);
    });
    return tf.tensor4d(data, [crops.length, size, size, 1]);
  };
  const featuresAndLogits = (x: tf.Tensor4D): ClassifierOutput =>
    tf.tidy(() => classifierHead(config, layers.fast, classifierStem(config, layers.fast, x)));

  return {
    config,
    featuresAndLogits,
    classify: async (crops) => {
      const probabilities = tf.tidy(() => tf.softmax(featuresAndLogits(input(crops)).logits));
      const flat = (await probabilities.data()) as Float32Array;
      probabilities.dispose();
      const n = classes.length;
      return crops.map((_, i) => flat.slice(i * n, (i + 1) * n));
    },
    evidence: async (crop, classIndex) => {
      const output = tf.tidy(() => featuresAndLogits(input([crop])));
      const [, rows, columns, channels] = output.features.shape;
      const activations = (await output.features.data()) as Float32Array;
      const hidden = (await output.hidden.data()) as Float32Array;
      tf.dispose([output.features, output.hidden, output.logits]);
      const gradient = new Float32Array(activations.length);
      const byChannel = headGradient(hidden, classIndex, w1, w2).map((value) => value / (rows * columns));
      for (let i = 0; i < gradient.length; i += channels) gradient.set(byChannel, i);
      return { rows, columns, channels, activations, gradient };
    },
    fineEvidence: async (crop, classIndex) => {
      const [stem, gradient] = tf.tidy(() => {
        const activations = classifierStem(config, layers.fast, input([crop]));
        const logit = (y: tf.Tensor): tf.Scalar =>
          tf.sum(
            tf.slice(
              classifierHead(config, layers.differentiable, y as tf.Tensor4D).logits,
              [0, classIndex],
              [1, 1],
            ),
          );
        return [activations, tf.grad(logit)(activations)];
      });
      const [, rows, columns, channels] = stem.shape;
      const result = {
        rows,
        columns,
        channels,
        activations: (await stem.data()) as Float32Array,
        gradient: (await gradient.data()) as Float32Array,
      };
      tf.dispose([stem, gradient]);
      return result;
    },
    dispose: () => layers.dispose(),
  };
}

/** ∂logit/∂(pooled feature k) of one class, [features]. */
function headGradient(
  hidden: Float32Array,
  classIndex: number,
  w1: Float32Array,
  w2: Float32Array,
): Float32Array {
  const units = hidden.length;
  return Float32Array.from({ length: w1.length / units }, (_, feature) => {
    let sum = 0;
    for (let j = 0; j < units; j++) {
      if (hidden[j]! > 0) sum += w2[j * classes.length + classIndex]! * w1[feature * units + j]!;
    }
    return sum;
  });
}
