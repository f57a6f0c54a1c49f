/** The residual block of both networks (He et al., CVPR 2016, with a 1 × 1 convolution as the shortcut of every block, as the paper's author has it). */
import * as tf from '@tensorflow/tfjs';
import type { LayerSpec, Runner } from './layers.ts';

export function residualLayers(name: string, inputs: number, outputs: number, stride: number): LayerSpec[] {
  const first: LayerSpec = {
    kind: 'conv-norm',
    name: `${name}/first`,
    size: 3,
    inputs,
    outputs,
    stride,
    activation: 'relu',
  };
  return [
    first,
    { ...first, name: `${name}/second`, inputs: outputs, stride: 1, activation: 'linear' },
    { ...first, name: `${name}/shortcut`, size: 1, activation: 'linear' },
  ];
}

/** relu(second(first(x)) + shortcut(x)) */
export function residualBlock(run: Runner, name: string, x: tf.Tensor4D): tf.Tensor4D {
  const branch = run.layer(`${name}/second`, run.layer(`${name}/first`, x));
  return run.relu(tf.add(branch, run.layer(`${name}/shortcut`, x)));
}
