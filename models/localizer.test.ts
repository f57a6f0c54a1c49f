import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../electron/random/random.ts';
import { fold } from './folded.ts';
import {
  buildLocalizer,
  decodeHips,
  initialParameters,
  localizerForward,
  localizerLayers,
  type LocalizerConfig,
} from './index.ts';

const small: LocalizerConfig = { inputSize: 64, channels: [3, 4, 5, 6, 7] };
const random = seeded(21);

describe('hips from heat maps', () => {
  const side = 8;
  const heat = (...peaks: [cell: number, kind: number, score: number][]): Float32Array => {
    const scores = new Float32Array(side * side * 2).fill(0.01);
    for (const [cell, kind, score] of peaks) scores[cell * 2 + kind] = score;
    return scores;
  };
  const boxes = new Float32Array(side * side * 4);

  test('stand where their cell, offset and size put them', () => {
    const own = boxes.slice();
    own.set([0.25, -0.5, Math.log(2), Math.log(0.5)], 19 * 4);
    const [hip] = decodeHips(heat([19, 1, 0.8]), own, side, 0.3);
    // The cells around score a hundredth: too little to have a say.
    // Cell 19 is row 2, column 3: its centre is at (28, 20), moved by (2, −4); the sides are 128 and 32.
    expect(hip!.box).toEqual({
      x: expect.closeTo(30 - 64, 4) as number,
      y: expect.closeTo(16 - 16, 4) as number,
      width: expect.closeTo(128, 4) as number,
      height: expect.closeTo(32, 4) as number,
    });
    expect(hip!.medialSide).toBe('picture-left');
  });

  test('lie between what the cells around the peak say, by their scores', () => {
    const own = boxes.slice();
    // Cell 19 says that the centre is at 28, cell 20 that it is at 36 + 4; it scores half as much.
    own.set([0.5, 0, 0, 0], 20 * 4);
    const [hip] = decodeHips(heat([19, 0, 0.8], [20, 0, 0.4]), own, side, 0.3);
    // Weights .8 − .08 and .4 − .08.
    expect(hip!.box.x + hip!.box.width / 2).toBeCloseTo((28 * 0.72 + 40 * 0.32) / 1.04, 4);
    expect(hip!.box.width).toBeCloseTo(64, 4);
  });

  test('are one of each kind at most, best first, none below the threshold', () => {
    const found = decodeHips(heat([0, 0, 0.5], [3, 0, 0.6], [63, 1, 0.9]), boxes, side, 0.3);
    expect(found.map(({ medialSide, score }) => [medialSide, score])).toEqual([
      ['picture-left', expect.closeTo(0.9, 6)],
      ['picture-right', expect.closeTo(0.6, 6)],
    ]);
    expect(decodeHips(heat(), boxes, side, 0.3)).toEqual([]);
  });

  test('are one when two kinds claim the same place', () => {
    const found = decodeHips(heat([27, 0, 0.7], [27, 1, 0.6]), boxes, side, 0.3);
    expect(found).toHaveLength(1);
    expect(found[0]!.medialSide).toBe('picture-right');
  });
});

describe('the localizer', () => {
  beforeAll(() => tf.setBackend('cpu'));
  const layers = localizerLayers(small);

  test('folded and in plain operations is the same network', () => {
    const parameters = initialParameters(layers, () => random.uniform());
    for (const [name, { values }] of parameters) {
      if (name.endsWith('kernel')) continue;
      // Variances stay positive.
      for (let i = 0; i < values.length; i++) values[i]! += random.between(-0.3, 0.3);
    }
    const folded = fold(layers, parameters);
    const x = tf.tensor4d(
      new Float32Array(64 * 64).map(() => random.uniform()),
      [1, 64, 64, 1],
    );
    const plain = {
      layer: (name: string, input: tf.Tensor): tf.Tensor => {
        const spec = layers.find((layer) => layer.name === name)!;
        const at = (role: string): tf.Tensor => {
          const { values, shape } = parameters.get(`${name}/${role}`)!;
          return tf.tensor(values, [...shape]);
        };
        const stride = spec.kind === 'conv-norm' ? spec.stride : 1;
        const y = tf.conv2d(input as tf.Tensor4D, at('kernel') as tf.Tensor4D, stride, 'same');
        if (spec.kind !== 'conv-norm') return tf.add(y, at('bias'));
        const normed = tf.batchNorm(
          y,
          at('moving-mean') as tf.Tensor1D,
          at('moving-variance') as tf.Tensor1D,
          at('shift') as tf.Tensor1D,
          at('scale') as tf.Tensor1D,
          1e-3,
        );
        return spec.activation === 'relu' ? tf.relu(normed) : normed;
      },
      relu: <T extends tf.Tensor>(y: T): T => tf.relu(y),
    };
    const expected = localizerForward(plain, x);
    for (const run of [folded.fast, folded.differentiable]) {
      const output = localizerForward(run, x);
      for (const part of ['heat', 'box'] as const) {
        const difference = tf.max(tf.abs(tf.sub(output[part], expected[part]))).dataSync()[0]!;
        expect(difference).toBeLessThan(1e-4);
      }
    }
  });

  test('answers on its own grid, leaves no tensor behind and refuses another size', async () => {
    const localizer = buildLocalizer(
      small,
      initialParameters(layers, () => random.uniform()),
    );
    const before = tf.memory().numTensors;
    const hips = await localizer.locate(new Float32Array(64 * 64), 0);
    expect(hips.length).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
    await expect(localizer.locate(new Float32Array(100))).rejects.toThrow(RangeError);
    localizer.dispose();
  });
});
