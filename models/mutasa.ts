/**
 * The paper's second network: none / Garden I-II / Garden III-IV from one hip. Its published tables are not
 * available; this is a reconstruction from its text and from its author's public code: 14 hidden layers
 * (one convolution, six residual blocks of two, one fully connected), conv → batch norm → ReLU, strides for
 * down-sampling, channels doubled with each but the fourth block, a spatial transformer after the 11th
 * hidden layer, dropout before the output.
 */
import * as tf from '@tensorflow/tfjs';
import { answerLayers, convNorm, type Architecture } from './architecture.ts';
import type { LayerSpec, Runner } from './layers.ts';
import { residualBlock, residualLayers } from './residual.ts';
import { transformAffinely } from './transformer.ts';

export interface MutasaConfig {
  readonly architecture: 'mutasa';
  /** Side of the picture, in pixels. */
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

export const defaultClassifierConfig: MutasaConfig = {
  architecture: 'mutasa',
  inputSize: 256,
  channels: [16, 32, 64, 128, 128, 256, 512],
  strides: [2, 2, 2, 2, 1, 2, 2],
  transformer: 'conditioned',
  transformerBefore: 5,
  hidden: 64,
};

/** A thousandth of the work, for tests and quick trials. */
export const smallMutasaConfig: MutasaConfig = {
  ...defaultClassifierConfig,
  channels: [4, 6, 8, 12, 12, 16, 24],
  strides: [4, 2, 2, 2, 1, 2, 1],
  hidden: 16,
};

const affineUnits = 20;
const affineChannels = 32;

/** @param outputs classes */
export function mutasa(config: MutasaConfig, outputs: number): Architecture {
  const { channels, strides, transformerBefore } = config;
  const blocks = channels.length - 1;
  const through = (run: Runner, x: tf.Tensor4D, from: number, to: number): tf.Tensor4D => {
    let y = x;
    for (let i = from; i < to; i++) y = residualBlock(run, blockName(i), y);
    return y;
  };
  return {
    layers: [
      convNorm('conv1', 3, 1, channels[0]!, { stride: strides[0]! }),
      ...Array.from({ length: blocks }, (_, i) =>
        residualLayers(blockName(i), channels[i]!, channels[i + 1]!, strides[i + 1]!),
      ).flat(),
      ...transformerLayers(config),
      ...answerLayers(channels[blocks]!, config.hidden, outputs),
    ],
    stem: (run, x) => through(run, run.layer('conv1', x) as tf.Tensor4D, 0, transformerBefore),
    body: (run, stem) => through(run, straighten(config, run, stem), transformerBefore, blocks),
  };
}

function blockName(index: number): string {
  return `block${String(index + 1)}`;
}

function transformerLayers(config: MutasaConfig): LayerSpec[] {
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
    convNorm('transformer/conv', 3, config.channels[config.transformerBefore]!, affineChannels, {
      stride: 2,
    }),
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

function straighten(config: MutasaConfig, run: Runner, y: tf.Tensor4D): tf.Tensor4D {
  if (config.transformer === 'none') return y;
  const count = y.shape[0];
  let units: tf.Tensor = tf.zeros([count, affineUnits]);
  if (config.transformer === 'conditioned') {
    units = run.layer('transformer/units', tf.reshape(run.layer('transformer/conv', y), [count, -1]));
  }
  return transformAffinely(y, run.layer('transformer/affine', units) as tf.Tensor2D);
}
