/**
 * ResNet-50 (He, Zhang, Ren and Sun, CVPR 2016, table 1, figure 5 right): 7 × 7 convolution and pooling, then
 * bottlenecks of 1 × 1, 3 × 3 and 1 × 1 convolutions in four stages of 3, 4, 6 and 3. The first bottleneck of a
 * stage has a 1 × 1 convolution as its shortcut (their option B); from the second stage on it strides by 2 in
 * its first convolution. The paper that Calcar follows calls its comparison network 'ResNet 52', a depth that
 * was never published; 50 is the one next to it.
 */
import * as tf from '@tensorflow/tfjs';
import { answerLayers, convNorm, type Architecture } from './architecture.ts';
import type { LayerSpec, Runner } from './layers.ts';

export interface ResNetConfig {
  readonly architecture: 'resnet-50';
  readonly inputSize: number;
  /** Channels of a picture. */
  readonly inputs: number;
  readonly classes: number;
  /** Bottlenecks of each stage. */
  readonly stages: readonly number[];
  /** Channels of the first convolution and of the first stage's 3 × 3; every stage has twice as many. */
  readonly width: number;
}

export const resNetConfig: ResNetConfig = {
  architecture: 'resnet-50',
  inputSize: 256,
  inputs: 1,
  classes: 3,
  stages: [3, 4, 6, 3],
  width: 64,
};

/** For tests and quick trials. */
export const smallResNetConfig: ResNetConfig = { ...resNetConfig, stages: [1, 1, 1, 1], width: 4 };

/** Channels after a bottleneck are this many times those inside. */
const expansion = 4;

export function resNet(config: ResNetConfig): Architecture {
  const { stages, width } = config;
  const lastStage = stages.length - 1;
  return {
    layers: [
      convNorm('conv1', 7, config.inputs, width, { stride: 2 }),
      ...stages.flatMap((blocks, stage) =>
        Array.from({ length: blocks }, (_, block) => bottleneckLayers(width, stage, block)).flat(),
      ),
      ...answerLayers(width * 2 ** lastStage * expansion, null, config.classes),
    ],
    stem: (run, x) => {
      let y = tf.maxPool(run.layer('conv1', x) as tf.Tensor4D, 3, 2, 'same');
      for (let stage = 0; stage < lastStage; stage++) y = throughStage(run, y, stage, stages[stage]!);
      return y;
    },
    body: (run, stem) => throughStage(run, stem, lastStage, stages[lastStage]!),
  };
}

/** Stages count from 2 in the paper, whose first is the convolution before them. */
function blockName(stage: number, block: number): string {
  return `conv${String(stage + 2)}/${String(block + 1)}`;
}

function bottleneckLayers(width: number, stage: number, block: number): LayerSpec[] {
  const name = blockName(stage, block);
  const inner = width * 2 ** stage;
  const outputs = inner * expansion;
  const before = stage === 0 ? width : outputs / 2;
  const inputs = block === 0 ? before : outputs;
  const stride = block === 0 && stage > 0 ? 2 : 1;
  const layers = [
    convNorm(`${name}/reduce`, 1, inputs, inner, { stride }),
    convNorm(`${name}/middle`, 3, inner, inner),
    convNorm(`${name}/expand`, 1, inner, outputs, { activation: 'linear' }),
  ];
  if (block > 0) return layers;
  return [...layers, convNorm(`${name}/shortcut`, 1, inputs, outputs, { stride, activation: 'linear' })];
}

function throughStage(run: Runner, x: tf.Tensor4D, stage: number, blocks: number): tf.Tensor4D {
  let y = x;
  for (let block = 0; block < blocks; block++) {
    const name = blockName(stage, block);
    const shortcut = block === 0 ? run.layer(`${name}/shortcut`, y) : y;
    const branch = run.layer(`${name}/middle`, run.layer(`${name}/reduce`, y));
    y = run.relu(tf.add(run.layer(`${name}/expand`, branch), shortcut));
  }
  return y;
}
