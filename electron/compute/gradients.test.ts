/**
 * Gradients against finite differences: of every kind of layer, and of every network whole. The differences are taken
 * in double precision, of a second writing of layers and networks (models/testing), so that they are right to many
 * digits more than the single-precision gradients that are held to them. Values are compared on the way.
 */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { smallDenseNetConfig, type DenseNetConfig } from '../../models/densenet.ts';
import { smallInceptionConfig, type InceptionConfig } from '../../models/inception.ts';
import {
  classifierForward,
  classifierLayers,
  defaultClassifierConfig,
  initialParameters,
  trainingLayers,
  type ClassifierConfig,
  type Kernels,
  type LayerSpec,
  type MutasaConfig,
  type Parameters,
  type Runner,
} from '../../models/index.ts';
import { meanOfNeighbours } from '../../models/pooling.ts';
import { residualBlock, residualLayers } from '../../models/residual.ts';
import { smallResNetConfig, type ResNetConfig } from '../../models/resnet.ts';
import {
  add64,
  layer64,
  meanOverMap64,
  pool64,
  relu64,
  transform64,
  type Array64,
  type Parameters64,
} from '../../models/testing/float64.ts';
import {
  denseNet64,
  inception64,
  mutasa64,
  resNet64,
  type Layer64,
} from '../../models/testing/networks64.ts';
import { transformAffinely } from '../../models/transformer.ts';
import { seeded, type Random } from '../random/random.ts';
import { candidates } from './candidates.ts';

type Shape4 = [number, number, number, number];

interface Case {
  readonly name: string;
  readonly layers: readonly LayerSpec[];
  readonly input: Shape4;
  readonly single: (run: Runner, x: tf.Tensor4D) => tf.Tensor;
  readonly double: (layer: Layer64, x: Array64) => Array64;
}

function oneLayer(name: string, layer: LayerSpec, input: Shape4): Case {
  return {
    name,
    layers: [layer],
    input,
    single: (run, x) => run.layer(layer.name, x),
    double: (run, x) => run(layer.name, x),
  };
}

function pooling(
  kind: 'greatest' | 'mean',
  [side, stride, padding]: readonly [number, number, 'same' | 'valid'],
  input: Shape4,
  single: (x: tf.Tensor4D) => tf.Tensor,
): Case {
  return {
    name: `${kind} of ${side} × ${side}, stride ${stride}, ${padding}`,
    layers: [],
    input,
    single: (_, x) => single(x),
    double: (_, x) => pool64(kind, x, side, stride, padding),
  };
}

function dense(activation: 'relu' | 'tanh' | 'linear'): Case {
  const layer: LayerSpec = { kind: 'dense', name: 'd', inputs: 5, outputs: 4, activation, start: 'glorot' };
  return {
    name: `dense, ${activation}, after the mean over the map`,
    layers: [layer],
    input: [3, 3, 2, 5],
    single: (run, x) => run.layer('d', tf.mean(x, [1, 2])),
    double: (run, x) => run('d', meanOverMap64(x)),
  };
}

const conv = { kind: 'conv-norm', name: 'c', inputs: 3, outputs: 4 } as const;
const residual = residualLayers('r', 3, 4, 2);
const affine: LayerSpec = {
  kind: 'dense',
  name: 'affine',
  inputs: 3,
  outputs: 6,
  activation: 'linear',
  start: 'identity-affine',
};

/** The paper's network with few channels. */
const mutasa: MutasaConfig = {
  ...defaultClassifierConfig,
  inputSize: 32,
  channels: [3, 4, 4, 4, 4, 5, 6],
  strides: [4, 2, 1, 1, 1, 1, 1],
  hidden: 5,
};

const resNet: ResNetConfig = { ...smallResNetConfig, inputSize: 64, stages: [1, 2, 1, 1], width: 2 };
const denseNet: DenseNetConfig = { ...smallDenseNetConfig, inputSize: 64, growth: 3 };
const inception: InceptionConfig = { ...smallInceptionConfig, inputSize: 107, width: 1 };

function whole(config: ClassifierConfig, pictures: number, double: Case['double']): Case {
  return {
    name: `${config.architecture}, whole`,
    layers: classifierLayers(config),
    input: [pictures, config.inputSize, config.inputSize, 1],
    single: (run, x) => classifierForward(config, run, x).logits,
    double,
  };
}

const cases: readonly Case[] = [
  oneLayer('3 × 3, stride 2, norm, ReLU', { ...conv, size: 3, stride: 2, activation: 'relu' }, [2, 7, 6, 3]),
  oneLayer('7 × 7, stride 2, norm', { ...conv, size: 7, stride: 2, activation: 'linear' }, [2, 9, 8, 3]),
  oneLayer(
    '3 × 3, stride 2, valid, norm, ReLU',
    { ...conv, size: 3, stride: 2, padding: 'valid', activation: 'relu' },
    [2, 8, 7, 3],
  ),
  oneLayer('1 × 7, norm', { ...conv, size: [1, 7], stride: 1, activation: 'linear' }, [2, 5, 6, 3]),
  oneLayer(
    '7 × 1, valid, norm, ReLU',
    { ...conv, size: [7, 1], stride: 1, padding: 'valid', activation: 'relu' },
    [2, 9, 4, 3],
  ),
  oneLayer(
    'convolution with bias',
    { kind: 'conv', name: 'c', size: 3, inputs: 3, outputs: 2, biasStart: 0.3 },
    [2, 4, 5, 3],
  ),
  oneLayer(
    'convolution without',
    { kind: 'conv', name: 'c', size: 3, inputs: 3, outputs: 2, biasStart: null },
    [2, 4, 5, 3],
  ),
  oneLayer('norm, ReLU', { kind: 'norm', name: 'n', channels: 4 }, [3, 4, 3, 4]),
  dense('relu'),
  dense('tanh'),
  dense('linear'),
  pooling('greatest', [3, 2, 'same'], [2, 6, 7, 3], (x) => tf.maxPool(x, 3, 2, 'same')),
  pooling('greatest', [3, 2, 'valid'], [2, 7, 8, 3], (x) => tf.maxPool(x, 3, 2, 'valid')),
  pooling('mean', [2, 2, 'valid'], [2, 4, 6, 3], (x) => tf.avgPool(x, 2, 2, 'valid')),
  pooling('mean', [3, 1, 'same'], [2, 4, 5, 3], meanOfNeighbours),
  {
    name: 'spatial transformer, by θ and by the map',
    layers: [affine],
    input: [2, 4, 5, 3],
    single: (run, x) => transformAffinely(x, run.layer('affine', tf.mean(x, [1, 2])) as tf.Tensor2D),
    double: (run, x) => transform64(x, run('affine', meanOverMap64(x))),
  },
  {
    name: 'residual block',
    layers: residual,
    input: [2, 6, 6, 3],
    single: (run, x) => residualBlock(run, 'r', x),
    double: (run, x) => relu64(add64(run('r/second', run('r/first', x)), run('r/shortcut', x))),
  },
  whole(mutasa, 3, mutasa64),
  whole(resNet, 3, resNet64(resNet.stages)),
  whole(denseNet, 2, denseNet64(denseNet.blocks)),
  whole(inception, 2, inception64),
];

/** None at the value that hides a mistake: a shift of 0, an affine map that does nothing. */
function startingParameters(layers: readonly LayerSpec[], random: Random): Parameters {
  const parameters = initialParameters(layers, () => random.uniform());
  for (const [name, { values }] of parameters) {
    if (name.endsWith('kernel') && !name.endsWith('affine/kernel')) continue;
    for (let i = 0; i < values.length; i++) values[i]! += random.between(-0.2, 0.2);
  }
  return parameters;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** Of one network in single precision: its output, and the gradient of Σ weights · output by x and all it learns. */
async function gradientsOf(
  network: Pick<Case, 'layers' | 'input' | 'single'>,
  kernels: Kernels,
  start: Parameters,
  x: Float32Array,
  weights: (outputs: number) => Float32Array,
): Promise<{ output: Float32Array; gradients: Map<string, Float32Array> }> {
  const learning = trainingLayers(network.layers, start, kernels);
  const input = tf.tidy(() => tf.variable(tf.tensor4d(x.slice(), network.input)));
  const learned = learning.variables.filter(({ variable }) => variable.trainable);
  const kept: tf.Tensor[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const y = network.single(learning, input);
    kept.push(tf.keep(y));
    return tf.sum(tf.mul(y, tf.tensor(weights(y.size), y.shape)));
  }, [input, ...learned.map(({ variable }) => variable)]);
  const gradients = new Map<string, Float32Array>();
  gradients.set('x', (await grads[input.name]!.data<'float32'>()).slice());
  for (const { name, variable } of learned) {
    gradients.set(name, (await grads[variable.name]!.data<'float32'>()).slice());
  }
  const output = (await kept[0]!.data<'float32'>()).slice();
  tf.dispose([value, grads, input, kept]);
  learning.dispose();
  return { output, gradients };
}

describe.each(['cpu', 'tensorflow', 'webgpu'] as const)('gradients on %s', (name) => {
  let kernels: Kernels | null = null;
  beforeAll(async () => {
    try {
      const candidate = candidates.find((one) => one.name === name)!;
      kernels = (await candidate.load(process.env['CALCAR_BACKEND'] === name)).kernels;
    } catch {
      console.warn(`The backend ${name} is not to be had here, so its gradients were not checked.`);
    }
  });

  test.for(cases)('$name', async (one, context) => {
    if (kernels === null) return context.skip();
    const before = tf.memory().numTensors;
    const random = seeded(12).stream(one.name);
    const start = startingParameters(one.layers, random);
    const x = new Float32Array(one.input.reduce((product, side) => product * side)).map(() =>
      random.normal(),
    );
    let weights = new Float32Array(0);
    const { output, gradients } = await gradientsOf(one, kernels, start, x, (outputs) => {
      weights = new Float32Array(outputs).map(() => random.normal());
      return weights;
    });

    const at = new Map([['x', Float64Array.from(x)]]);
    for (const [key, { values }] of start) at.set(key, Float64Array.from(values));
    const inDouble = (values: Parameters64): Float64Array =>
      one.double(
        (layer, y) =>
          layer64(
            one.layers.find((spec) => spec.name === layer)!,
            values,
            y,
          ),
        { shape: one.input, values: values.get('x')! },
      ).values;
    const expected = inDouble(at);
    const size = Math.max(...expected.map(Math.abs));
    output.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * size));

    // Every array moves at once, each by as much as its gradient makes equal to the others'.
    const lengths = new Map(
      [...gradients].map(([key, gradient]) => [key, Math.sqrt(dot(gradient, gradient))]),
    );
    const least = 1e-4 * Math.max(...lengths.values());
    for (let k = 0; k < 2; k++) {
      const directions = new Map(
        [...gradients].map(([key, gradient]) => {
          const unit = Math.max(least, lengths.get(key)!);
          return [key, Float64Array.from(gradient, () => random.normal() / unit)];
        }),
      );
      const loss = (step: number): number => {
        const moved = new Map(at);
        for (const [key, direction] of directions) {
          moved.set(
            key,
            at.get(key)!.map((value, i) => value + step * direction[i]!),
          );
        }
        return dot(weights, inDouble(moved));
      };
      const slopes = [1e-6, 1e-7].map((step) => (loss(step) - loss(-step)) / (2 * step));
      const slope = [...gradients].reduce((sum, [key, g]) => sum + dot(g, directions.get(key)!), 0);
      const tolerance = 1e-4 * Math.sqrt(gradients.size);
      // No ReLU turns within these steps, or the differences would say nothing.
      expect(Math.abs(slopes[0]! - slopes[1]!)).toBeLessThan(tolerance);
      expect(Math.abs(slope - slopes[1]!)).toBeLessThan(tolerance);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
