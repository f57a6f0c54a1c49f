/**
 * DenseNet-BC of 100 layers (Huang, Liu, van der Maaten and Weinberger, CVPR 2017, section 3): three blocks of 16
 * bottlenecks (norm → ReLU → 1 × 1 convolution of 4 k channels → norm → ReLU → 3 × 3 convolution of k), each
 * seeing all that the block has made so far; transitions halve the channels and the map.
 */
import * as tf from '@tensorflow/tfjs';
import { answerLayers, convNorm, type Architecture } from './architecture.ts';
import type { LayerSpec, Runner } from './layers.ts';

export interface DenseNetConfig {
  readonly architecture: 'densenet-100';
  readonly inputSize: number;
  /** Channels of a picture. */
  readonly inputs: number;
  readonly classes: number;
  /** Bottlenecks of each block. */
  readonly blocks: readonly number[];
  /** k: channels that a bottleneck adds. */
  readonly growth: number;
  /**
   * 'whole' keeps the map as large as the picture in front of the first block, as the authors do with pictures of
   * 32 × 32; 'quarter' begins with their 7 × 7 convolution and pooling for large ones.
   */
  readonly entry: 'whole' | 'quarter';
}

export const denseNetConfig: DenseNetConfig = {
  architecture: 'densenet-100',
  inputSize: 256,
  inputs: 1,
  classes: 3,
  blocks: [16, 16, 16],
  growth: 12,
  entry: 'quarter',
};

/** For tests and quick trials. */
export const smallDenseNetConfig: DenseNetConfig = { ...denseNetConfig, blocks: [2, 2, 2], growth: 4 };

interface Plan {
  readonly layers: readonly LayerSpec[];
  /** Channels after the last block. */
  readonly features: number;
}

export function denseNet(config: DenseNetConfig): Architecture {
  const { blocks } = config;
  const lastBlock = blocks.length - 1;
  const { layers, features } = plan(config);
  return {
    layers: [...layers, ...answerLayers(features, null, config.classes)],
    stem: (run, x) => {
      let y = run.layer('entry', x) as tf.Tensor4D;
      if (config.entry === 'quarter') y = tf.maxPool(y, 3, 2, 'same');
      for (let block = 0; block < lastBlock; block++) {
        y = throughBlock(run, y, block, blocks[block]!);
        const name = transitionName(block);
        y = run.layer(`${name}/conv`, run.layer(`${name}/norm`, y)) as tf.Tensor4D;
        y = tf.avgPool(y, 2, 2, 'valid');
      }
      return y;
    },
    body: (run, stem) =>
      run.layer('norm', throughBlock(run, stem, lastBlock, blocks[lastBlock]!)) as tf.Tensor4D,
  };
}

function unitName(block: number, unit: number): string {
  return `block${String(block + 1)}/${String(unit + 1)}`;
}

function transitionName(block: number): string {
  return `transition${String(block + 1)}`;
}

function plan(config: DenseNetConfig): Plan {
  const { growth, blocks } = config;
  const entry = 2 * growth;
  const bare = (name: string, size: number, inputs: number, outputs: number): LayerSpec => ({
    kind: 'conv',
    name,
    size,
    inputs,
    outputs,
    biasStart: null,
  });
  const layers: LayerSpec[] = [
    config.entry === 'whole'
      ? bare('entry', 3, config.inputs, entry)
      : convNorm('entry', 7, config.inputs, entry, { stride: 2 }),
  ];
  let channels = entry;
  blocks.forEach((units, block) => {
    for (let unit = 0; unit < units; unit++) {
      const name = unitName(block, unit);
      layers.push(
        { kind: 'norm', name: `${name}/norm`, channels },
        convNorm(`${name}/reduce`, 1, channels, 4 * growth),
        bare(`${name}/grow`, 3, 4 * growth, growth),
      );
      channels += growth;
    }
    if (block === blocks.length - 1) return;
    const name = transitionName(block);
    const half = Math.floor(channels / 2);
    layers.push({ kind: 'norm', name: `${name}/norm`, channels }, bare(`${name}/conv`, 1, channels, half));
    channels = half;
  });
  return { layers: [...layers, { kind: 'norm', name: 'norm', channels }], features: channels };
}

function throughBlock(run: Runner, x: tf.Tensor4D, block: number, units: number): tf.Tensor4D {
  let y = x;
  for (let unit = 0; unit < units; unit++) {
    const name = unitName(block, unit);
    const reduced = run.layer(`${name}/reduce`, run.layer(`${name}/norm`, y));
    y = tf.concat([y, run.layer(`${name}/grow`, reduced) as tf.Tensor4D], 3);
  }
  return y;
}
