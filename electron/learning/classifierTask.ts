import * as tf from '@tensorflow/tfjs';
import {
  buildClassifier,
  classes,
  classifierHead,
  classifierLayers,
  classifierStem,
  type ClassifierConfig,
} from '../../models/index.ts';
import type { Random } from '../random/random.ts';
import { balancedAccuracy, confusion } from '../statistics/confusion.ts';
import { classifierJitter, noiseTable, noJitter } from './augment.ts';
import { classIndex, drawCrop, type CropExample } from './examples.ts';
import type { LearningTask } from './trainer.ts';

/** The paper's 'keep probability of 75 %' of the first fully connected layer; it also speaks of 50 %. */
const dropoutRate = 0.25;
const validationBatch = 16;

/** Cross-entropy over the three classes, each class weighing the same whatever its share of the examples. */
export function classifierTask(
  config: ClassifierConfig,
  examples: readonly CropExample[],
  tuning: readonly CropExample[],
  random: Random,
): LearningTask<CropExample> {
  const noise = noiseTable(random.stream('noise'));
  const weights = classWeights(examples);
  const size = config.inputSize;
  return {
    layers: classifierLayers(config),
    examples,
    batch: (picked, draw) => {
      const count = picked.length;
      const data = new Float32Array(count * size * size);
      picked.forEach((example, i) =>
        data.set(drawCrop(example, draw, classifierJitter, noise), i * size * size),
      );
      const x = tf.tensor4d(data, [count, size, size, 1]);
      const truths = picked.map(({ grade }) => classIndex(grade));
      const y = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(truths, 'int32'), classes.length), 'float32'));
      const w = tf.tensor1d(truths.map((truth) => weights[truth]!));
      const seed = draw.integer(2 ** 31);
      return {
        loss: (run) => {
          const stem = classifierStem(config, run, x);
          const { logits } = classifierHead(config, run, stem, (hidden) =>
            tf.dropout(hidden, dropoutRate, undefined, seed),
          );
          const each = tf.neg(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1));
          return tf.div(tf.sum(tf.mul(each, w)), count);
        },
        dispose: () => tf.dispose([x, y, w]),
      };
    },
    validate: async (parameters) => {
      const classifier = buildClassifier(config, parameters);
      const pairs: { truth: number; answer: number }[] = [];
      let entropy = 0;
      for (let i = 0; i < tuning.length; i += validationBatch) {
        const part = tuning.slice(i, i + validationBatch);
        const answers = await classifier.classify(
          part.map((example) => drawCrop(example, random, noJitter, noise)),
        );
        answers.forEach((probabilities, k) => {
          const truth = classIndex(part[k]!.grade);
          entropy -= Math.log(Math.max(probabilities[truth]!, 1e-7)) / tuning.length;
          pairs.push({ truth, answer: probabilities.indexOf(Math.max(...probabilities)) });
        });
      }
      classifier.dispose();
      const accuracy = balancedAccuracy(confusion(pairs, classes.length));
      return {
        loss: entropy,
        summary: `cross-entropy ${entropy.toFixed(3)}, balanced accuracy ${(100 * accuracy).toFixed(1)} %`,
      };
    },
  };
}

/** Examples over (classes · examples of the class), so that the weights' mean over the examples is 1. */
function classWeights(examples: readonly CropExample[]): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const { grade } of examples) counts[classIndex(grade)]! += 1;
  return counts.map((count) => (count === 0 ? 0 : examples.length / (classes.length * count)));
}
