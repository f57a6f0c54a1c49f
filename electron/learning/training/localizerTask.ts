import * as tf from '@tensorflow/tfjs';
import { intersectionOverUnion, type Box } from '../../contract/image.ts';
import {
  buildLocalizer,
  localizerForward,
  localizerLayers,
  type LocalizerConfig,
  type LocalizerOutput,
  type MedialSide,
} from '../../../models/index.ts';
import { localizerInput, type LocalizerInput } from '../../reading/prepare.ts';
import { mean } from '../../statistics/bootstrap.ts';
import { medialSideOf } from '../batches/examples.ts';
import type { LabelledPicture } from '../snapshots/patientFiles.ts';
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

/** A film to judge with, as a reader's localizer sees it. */
export interface TuningFilm {
  readonly input: LocalizerInput;
  readonly hips: readonly { readonly box: Box; readonly medialSide: MedialSide }[];
}

export function tuningFilm({ image, film }: LabelledPicture): TuningFilm {
  return {
    input: localizerInput(image),
    hips: film.hips.map(({ box, laterality }) => ({ box, medialSide: medialSideOf(laterality) })),
  };
}

export function localizerTask(config: LocalizerConfig, tuning: readonly TuningFilm[]): LearningTask {
  return {
    layers: localizerLayers(config),
    loss: (run, { x, heat, box, weight }) =>
      localizerLoss(localizerForward(run, x as tf.Tensor4D), {
        heat: heat as tf.Tensor4D,
        box: box as tf.Tensor4D,
        weight: weight as tf.Tensor4D,
      }),
    validate: async (parameters) => {
      const localizer = buildLocalizer(config, parameters);
      const overlaps: number[] = [];
      let extra = 0;
      try {
        for (const { input, hips } of tuning) {
          const found = await localizer.locate(input.data);
          for (const hip of hips) {
            const same = found.find(({ medialSide }) => medialSide === hip.medialSide);
            overlaps.push(same ? intersectionOverUnion(input.toImage(same.box), hip.box) : 0);
          }
          extra += found.filter(
            ({ medialSide }) => !hips.some((hip) => hip.medialSide === medialSide),
          ).length;
        }
      } finally {
        localizer.dispose();
      }
      return {
        // A hip that is not there is as bad as one that is missed.
        loss: 1 - mean(overlaps) + extra / overlaps.length,
        measures: {
          'mean overlap': mean(overlaps),
          'hips found': overlaps.filter((overlap) => overlap >= 0.5).length / overlaps.length,
          'false boxes a film': extra / tuning.length,
        },
      };
    },
  };
}
