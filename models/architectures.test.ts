import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../electron/random/random.ts';
import { denseNetConfig } from './densenet.ts';
import { inceptionConfig } from './inception.ts';
import {
  buildClassifier,
  classifierConfigFor,
  classifierForward,
  classifierHead,
  classifierLayers,
  classifierStem,
  countLearned,
  initialParameters,
  plainKernels,
  storedClassifierConfig,
  trainingLayers,
  type ClassifierConfig,
  type Runner,
} from './index.ts';
import { activationOf } from './layers.ts';
import { resNetConfig } from './resnet.ts';

const architectures = ['mutasa', 'resnet-50', 'inception-v4', 'densenet-100'] as const;
const random = seeded(41);
const uniform = () => random.uniform();

beforeAll(() => tf.setBackend('cpu'));

/**
 * Works nothing out but shapes, and holds every layer to the channels that it says it takes. Convolutions of
 * padding 'same' give ⌈n / stride⌉, 'valid' ones ⌈(n − side + 1) / stride⌉ (TensorFlow's definitions).
 */
function shapeRunner(config: ClassifierConfig): Runner & { readonly shapes: Map<string, readonly number[]> } {
  const specs = new Map(classifierLayers(config).map((layer) => [layer.name, layer]));
  const shapes = new Map<string, readonly number[]>();
  return {
    shapes,
    relu: (x) => x,
    layer: (name, x) => {
      const spec = specs.get(name)!;
      const channels = spec.kind === 'norm' ? spec.channels : spec.inputs;
      expect(x.shape.at(-1), name).toBe(channels);
      shapes.set(name, x.shape);
      if (spec.kind === 'norm') return x;
      if (spec.kind === 'dense') return tf.zeros([x.shape[0], spec.outputs]);
      const { stride, padding = 'same' } = spec.kind === 'conv' ? { stride: 1 } : spec;
      const [rows, columns] = typeof spec.size === 'number' ? [spec.size, spec.size] : spec.size;
      const side = (n: number, kernel: number): number =>
        Math.ceil((padding === 'same' ? n : n - kernel + 1) / stride);
      return tf.zeros([x.shape[0], side(x.shape[1]!, rows), side(x.shape[2]!, columns), spec.outputs]);
    },
  };
}

function shapesOf(config: ClassifierConfig, channels: number): (name: string) => readonly number[] {
  const run = shapeRunner(config);
  const size = config.inputSize;
  tf.tidy(() => {
    const stem = classifierStem(config, run, tf.zeros([1, size, size, channels]));
    const { features, hidden, logits } = classifierHead(config, run, stem);
    run.shapes.set('stem', stem.shape).set('features', features.shape);
    run.shapes.set('hidden', hidden.shape).set('logits', logits.shape);
  });
  return (name) => run.shapes.get(name)!.slice(1);
}

describe('as published', () => {
  const imageNet = { inputs: 3, classes: 1000 };

  test('ResNet-50 has 25,557,032 parameters in 50 layers and maps of 56, 28, 14 and 7', () => {
    const config = { ...resNetConfig, ...imageNet, inputSize: 224 };
    const layers = classifierLayers(config);
    expect(countLearned(layers)).toBe(25_557_032);
    expect(layers.filter(({ name }) => !name.endsWith('shortcut'))).toHaveLength(50);
    const shape = shapesOf(config, 3);
    // Table 1 of the paper: sizes of the stages' outputs, as the next stage's 3 × 3 convolutions see them.
    expect(shape('conv2/1/reduce')).toEqual([56, 56, 64]);
    expect(shape('conv2/1/middle')).toEqual([56, 56, 64]);
    expect(shape('conv3/2/reduce')).toEqual([28, 28, 512]);
    expect(shape('conv4/2/reduce')).toEqual([14, 14, 1024]);
    expect(shape('features')).toEqual([7, 7, 2048]);
    expect(shape('logits')).toEqual([1000]);
  });

  test('Inception-v4 has 42,679,816 parameters and maps of 35 × 35 × 384, 17 × 17 × 1024 and 8 × 8 × 1536', () => {
    const config = { ...inceptionConfig, ...imageNet, inputSize: 299 };
    const layers = classifierLayers(config);
    // As in timm, Keras Hub and imgclsmob, whose weights come from the authors' own release.
    expect(countLearned(layers)).toBe(42_679_816);
    // A quarter as wide, for time; the count above holds the numbers of channels.
    const shape = shapesOf({ ...config, width: 8 }, 3);
    const map = (side: number, channels: number): number[] => [side, side, channels / 4];
    // Figure 9 and figure 3 of the paper.
    expect(shape('stem2/1/1')).toEqual(map(149, 32));
    expect(shape('stem3/1/1')).toEqual(map(147, 32));
    expect(shape('stem5/1/1')).toEqual(map(73, 160));
    expect(shape('stem6/1/1')).toEqual(map(71, 192));
    expect(shape('a1/1/1')).toEqual(map(35, 384));
    expect(shape('reduction-a/1/1')).toEqual(map(35, 384));
    expect(shape('b1/1/1')).toEqual(map(17, 1024));
    expect(shape('c1/1/1')).toEqual(map(8, 1536));
    expect(shape('features')).toEqual(map(8, 1536));
    expect(shape('hidden')).toEqual([1536 / 4]);
  });

  test('DenseNet-BC of 100 layers, k = 12, has 769,162 parameters and maps of 32, 16 and 8', () => {
    const config = { ...denseNetConfig, entry: 'whole' as const, inputs: 3, classes: 10, inputSize: 32 };
    const layers = classifierLayers(config);
    expect(countLearned(layers)).toBe(769_162);
    expect(layers.filter(({ kind }) => kind !== 'norm')).toHaveLength(100);
    const shape = shapesOf(config, 3);
    // 24 + 16 · 12 = 216, halved to 108; 108 + 192 = 300, halved to 150; 150 + 192 = 342.
    expect(shape('transition1/norm')).toEqual([32, 32, 216]);
    expect(shape('block2/1/norm')).toEqual([16, 16, 108]);
    expect(shape('transition2/norm')).toEqual([16, 16, 300]);
    expect(shape('features')).toEqual([8, 8, 342]);
    expect(shape('logits')).toEqual([10]);
  });
});

describe.each(architectures)('%s', (architecture) => {
  const small = classifierConfigFor({ architecture, size: 'small', transformer: 'conditioned' });

  test.each(['full', 'small'] as const)('answers three classes about one hip at %s size', (size) => {
    const config = classifierConfigFor({ architecture, size, transformer: 'conditioned' });
    expect(config.inputSize).toBe(256);
    const shape = shapesOf(config.architecture === 'inception-v4' ? { ...config, width: 1 } : config, 1);
    expect(shape('logits')).toEqual([3]);
    // Where Grad-CAM looks.
    const [rows, columns] = shape('stem');
    expect(rows).toBeGreaterThanOrEqual(size === 'full' ? 6 : 4);
    expect(columns).toBe(rows);
  });

  test('folded for reading is the network that learns, once its moments stand still', async () => {
    const layers = classifierLayers(small);
    const start = initialParameters(layers, uniform);
    for (const [name, { values }] of start) {
      if (!name.endsWith('scale') && !name.endsWith('shift')) continue;
      for (let i = 0; i < values.length; i++) values[i]! += random.between(-0.2, 0.2);
    }
    const x = tf.randomUniform<tf.Rank.R4>([3, 256, 256, 1], 0, 1, 'float32', 7);
    const counts = new Map<tf.Variable, number>();
    const network = trainingLayers(layers, start, {
      ...plainKernels,
      batchNorm: (y, scale, shift, moving) => {
        counts.set(moving.variance, y.size / scale.size);
        return plainKernels.batchNorm(y, scale, shift, { ...moving, kept: 0 });
      },
    });
    const learning = tf.tidy(() => classifierForward(small, network, x).logits);
    const frozen = new Map(await network.parameters());
    // What normed the batch was its biased variance; what is kept for reading is the unbiased one.
    for (const { name, variable } of network.variables) {
      const count = counts.get(variable);
      if (count === undefined) continue;
      const { shape, values } = frozen.get(name)!;
      frozen.set(name, { shape, values: values.map((value) => (value * (count - 1)) / count) });
    }
    const classifier = buildClassifier(small, frozen);
    const { features, hidden, logits } = classifier.featuresAndLogits(x);
    const [expected, found] = [await learning.data(), await logits.data()];
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
    found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-4));
    tf.dispose([features, hidden, logits, learning, x]);
    classifier.dispose();
    network.dispose();
  });

  test('reads a crop and shows where in it, leaving no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const classifier = buildClassifier(small, initialParameters(classifierLayers(small), uniform));
    const crop = new Float32Array(256 * 256).map(uniform);
    const [probabilities] = await classifier.classify([crop]);
    expect(probabilities!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    const [last, fine] = [await classifier.evidence(crop, 1), await classifier.fineEvidence(crop, 1)];
    expect(fine.rows).toBeGreaterThanOrEqual(last.rows);
    for (const { rows, columns, channels, activations, gradient } of [last, fine]) {
      expect(activations).toHaveLength(rows * columns * channels);
      expect(gradient).toHaveLength(activations.length);
      expect(gradient.some((value) => value !== 0)).toBe(true);
    }
    classifier.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses parameters that are not all its own, leaving no tensor behind', () => {
    const before = tf.memory().numTensors;
    const parameters = new Map(initialParameters(classifierLayers(small), uniform));
    parameters.delete('output/bias');
    expect(() => buildClassifier(small, parameters)).toThrow(RangeError);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('has its stem in the picture’s own frame', async () => {
    const classifier = buildClassifier(small, initialParameters(classifierLayers(small), uniform));
    const blank = new Float32Array(256 * 256).fill(0.5);
    const marked = blank.map((grey, i) => {
      const [row, column] = [Math.floor(i / 256), i % 256];
      return Math.abs(row - 64) < 12 && Math.abs(column - 192) < 12 ? uniform() : grey;
    });
    const [without, withMark] = [
      await classifier.fineEvidence(blank, 0),
      await classifier.fineEvidence(marked, 0),
    ];
    // Centre of all change, as shares of the map.
    const { rows, columns, channels } = without;
    let [sum, down, across] = [0, 0, 0];
    without.activations.forEach((value, i) => {
      const change = Math.abs(withMark.activations[i]! - value);
      const cell = Math.floor(i / channels);
      sum += change;
      down += change * (Math.floor(cell / columns) + 0.5);
      across += change * ((cell % columns) + 0.5);
    });
    expect(Math.abs(down / sum / rows - 64 / 256)).toBeLessThan(0.15);
    expect(Math.abs(across / sum / columns - 192 / 256)).toBeLessThan(0.15);
    classifier.dispose();
  });
});

test('a configuration from before there was more than one architecture is the paper’s own', () => {
  const { architecture, ...old } = classifierConfigFor({
    architecture: 'mutasa',
    size: 'full',
    transformer: 'conditioned',
  });
  expect(storedClassifierConfig(old)).toEqual({ architecture, ...old });
  expect(storedClassifierConfig(resNetConfig)).toEqual(resNetConfig);
  expect(() => classifierLayers(storedClassifierConfig({ architecture: 'alexnet' }))).toThrow(RangeError);
});

test('a network for other pictures or classes is no reader of hips', () => {
  const config = { ...resNetConfig, width: 2, inputs: 3 };
  expect(() => buildClassifier(config, initialParameters(classifierLayers(config), uniform))).toThrow(
    RangeError,
  );
});

test('norms end in ReLU, plain convolutions in nothing', () => {
  expect(activationOf({ kind: 'norm', name: 'n', channels: 2 })).toBe('relu');
  expect(activationOf({ kind: 'conv', name: 'c', size: 1, inputs: 1, outputs: 1, biasStart: null })).toBe(
    'linear',
  );
});
