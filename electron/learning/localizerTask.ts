import * as tf from '@tensorflow/tfjs';
import { intersectionOverUnion } from '../contract/image.ts';
import {
  buildLocalizer,
  cellSize,
  localizerForward,
  localizerLayers,
  type LocalizerConfig,
  type LocalizerOutput,
  medialSides,
} from '../../models/index.ts';
import type { Random } from '../random/random.ts';
import { mean } from '../statistics/bootstrap.ts';
import { localizerJitter, noiseTable, noJitter } from './augment.ts';
import { drawFilm, type FilmExample } from './examples.ts';
import type { LearningTask } from './trainer.ts';

export interface LocalizerTargets {
  readonly heat: tf.Tensor4D;
  readonly box: tf.Tensor4D;
  readonly weight: tf.Tensor4D;
}

/**
 * Focal loss of the heat map, hips' centres being 1 and their surroundings discounted by (1 − target)⁴
 * (Zhou, Wang and Krähenbühl 2019, formula 1, α = 2, β = 4), plus the mean absolute error of the boxes around
 * the centres. Per hip.
 */
export function localizerLoss(output: LocalizerOutput, targets: LocalizerTargets): tf.Scalar {
  return tf.tidy(() => {
    const { heat, box, weight } = targets;
    const isCentre = tf.cast(tf.equal(heat, 1), 'float32');
    const hips = tf.maximum(tf.sum(isCentre), 1);
    const p = tf.sigmoid(output.heat);
    const atCentre = tf.mul(tf.mul(isCentre, tf.square(tf.sub(1, p))), tf.softplus(tf.neg(output.heat)));
    const discount = tf.mul(tf.sub(1, isCentre), tf.pow(tf.sub(1, heat), 4));
    const elsewhere = tf.mul(tf.mul(discount, tf.square(p)), tf.softplus(output.heat));
    const focal = tf.div(tf.sum(tf.add(atCentre, elsewhere)), hips);
    const off = tf.mul(tf.abs(tf.sub(output.box, box)), weight);
    return tf.add<tf.Scalar>(focal, tf.div(tf.sum(off), tf.maximum(tf.sum(weight), 1)));
  });
}

export function localizerTask(
  config: LocalizerConfig,
  examples: readonly FilmExample[],
  tuning: readonly FilmExample[],
  random: Random,
): LearningTask<FilmExample> {
  const noise = noiseTable(random.stream('noise'));
  const size = config.inputSize;
  const cells = size / cellSize;
  return {
    layers: localizerLayers(config),
    examples,
    batch: (picked, draw) => {
      const drawn = picked.map((example) => drawFilm(example, draw, localizerJitter, noise));
      const stack = (part: (film: (typeof drawn)[number]) => Float32Array, side: number, depth: number) => {
        const data = new Float32Array(drawn.length * side * side * depth);
        drawn.forEach((film, i) => data.set(part(film), i * side * side * depth));
        return tf.tensor4d(data, [drawn.length, side, side, depth]);
      };
      const x = stack(({ input }) => input, size, 1);
      const heat = stack((film) => film.heat, cells, medialSides.length);
      const box = stack((film) => film.box, cells, 4);
      const weight = stack((film) => film.weight, cells, 1);
      return {
        loss: (run) => localizerLoss(localizerForward(run, x), { heat, box, weight }),
        dispose: () => tf.dispose([x, heat, box, weight]),
      };
    },
    validate: async (parameters) => {
      const localizer = buildLocalizer(config, parameters);
      const overlaps: number[] = [];
      let extra = 0;
      for (const film of tuning) {
        const { input } = drawFilm(film, random, noJitter, noise);
        const found = await localizer.locate(input);
        for (const hip of film.hips) {
          const same = found.find(({ medialSide }) => medialSide === hip.medialSide);
          overlaps.push(same ? intersectionOverUnion(same.box, hip.box) : 0);
        }
        extra += found.filter(
          ({ medialSide }) => !film.hips.some((hip) => hip.medialSide === medialSide),
        ).length;
      }
      localizer.dispose();
      const missed = overlaps.filter((overlap) => overlap < 0.5).length;
      return {
        // A hip that is not there is as bad as one that is missed.
        loss: 1 - mean(overlaps) + extra / overlaps.length,
        summary: `mean overlap ${mean(overlaps).toFixed(3)}, ${String(missed)} of ${String(overlaps.length)} hips missed, ${String(extra)} found where none is`,
      };
    },
  };
}
