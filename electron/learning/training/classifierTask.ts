import * as tf from '@tensorflow/tfjs';
import { gradeGroupOf, gradeGroups } from '../../contract/finding.ts';
import {
  buildClassifier,
  classes,
  classifierForward,
  classifierLayers,
  type ClassifierConfig,
} from '../../../models/index.ts';
import { classifierInput } from '../../reading/prepare.ts';
import { mean } from '../../statistics/bootstrap.ts';
import { balancedAccuracy, confusion } from '../../statistics/confusion.ts';
import { areaUnderRoc } from '../../statistics/roc.ts';
import type { LabelledPicture } from '../snapshots/patientFiles.ts';
import type { LearningTask } from './trainer.ts';

/** A hip to judge with, cropped as a reader crops it. */
export interface TuningHip {
  readonly input: Float32Array;
  /** Place of its class among `classes`. */
  readonly truth: number;
}

/** The hips of a film that have a class. */
export function tuningHips({ image, film }: LabelledPicture): TuningHip[] {
  return film.hips.flatMap(({ box, grade }) => {
    const group = grade === null ? null : gradeGroupOf(grade);
    return group === null ? [] : [{ input: classifierInput(image, box), truth: gradeGroups.indexOf(group) }];
  });
}

const validationBatch = 16;

/**
 * Cross-entropy over the classes, each example weighing what its batch says.
 *
 * @param dropoutKeep share of the fully connected layer's units that is kept
 */
export function classifierTask(
  config: ClassifierConfig,
  dropoutKeep: number,
  tuning: readonly TuningHip[],
): LearningTask {
  return {
    layers: classifierLayers(config),
    loss: (run, { x, y, weight }, seed) => {
      const { logits } = classifierForward(config, run, x as tf.Tensor4D, (hidden) =>
        dropoutKeep === 1 ? hidden : tf.dropout(hidden, 1 - dropoutKeep, undefined, seed),
      );
      const each = tf.neg(tf.sum(tf.mul(y!, tf.logSoftmax(logits)), 1));
      return tf.mean(tf.mul(each, weight!));
    },
    validate: async (parameters) => {
      const classifier = buildClassifier(config, parameters);
      const answers: Float32Array[] = [];
      try {
        for (let i = 0; i < tuning.length; i += validationBatch) {
          const part = tuning.slice(i, i + validationBatch);
          answers.push(...(await classifier.classify(part.map(({ input }) => input))));
        }
      } finally {
        classifier.dispose();
      }
      return judged(
        answers,
        tuning.map(({ truth }) => truth),
      );
    },
  };
}

/** Mean cross-entropy, and what the answers are worth. */
function judged(
  answers: readonly Float32Array[],
  truths: readonly number[],
): {
  loss: number;
  measures: Record<string, number>;
} {
  // A weight that is no number gives answers that are none.
  if (!answers.every((answer) => answer.every(Number.isFinite))) return { loss: NaN, measures: {} };
  const entropy = answers.reduce((sum, answer, i) => sum - Math.log(Math.max(answer[truths[i]!]!, 1e-7)), 0);
  const pairs = answers.map((answer, i) => ({
    truth: truths[i]!,
    answer: answer.indexOf(Math.max(...answer)),
  }));
  const areas = classes.map((_, k) =>
    areaUnderRoc(
      answers.map((answer) => answer[k]!),
      truths.map((truth) => truth === k),
    ),
  );
  return {
    loss: entropy / truths.length,
    measures: {
      'balanced accuracy': balancedAccuracy(confusion(pairs, classes.length)),
      'macro AUC': mean(areas),
    },
  };
}
