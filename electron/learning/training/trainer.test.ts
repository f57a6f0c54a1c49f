import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Recipe } from '../../contract/recipe.ts';
import type { RunEpoch } from '../../contract/training.ts';
import { initialParameters, plainKernels, type LayerSpec } from '../../../models/index.ts';
import { seeded } from '../../random/random.ts';
import type { BatchMaker } from '../batches/batches.ts';
import type { Checkpoint } from './checkpoint.ts';
import { quickRecipe } from './recipes.ts';
import { learningRateAt } from './schedule.ts';
import { train, type LearningTask, type TrainingHooks } from './trainer.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const layers: readonly LayerSpec[] = [
  { kind: 'dense', name: 'hidden', inputs: 4, outputs: 6, activation: 'tanh', start: 'glorot' },
  { kind: 'dense', name: 'output', inputs: 6, outputs: 2, activation: 'linear', start: 'glorot' },
];

/** Which of two numbers is the larger, with dropout. */
const task = (validationLosses?: readonly number[]): LearningTask => {
  let judged = 0;
  return {
    layers,
    loss: (run, { x, y }, seed) => {
      const hidden = tf.dropout(run.layer('hidden', x!), 0.25, undefined, seed);
      const logits = run.layer('output', hidden);
      return tf.neg(tf.mean(tf.sum(tf.mul(y!, tf.logSoftmax(logits as tf.Tensor2D)), 1)));
    },
    validate: (parameters) => {
      const sum = parameters.get('output/kernel')!.values.reduce((total, value) => total + value, 0);
      return Promise.resolve({ loss: validationLosses?.[judged++] ?? sum, measures: { sum } });
    },
  };
};

const stepsPerEpoch = 4;
const size = 3;
/** From epoch and step alone, as the real ones. */
const batches: BatchMaker = {
  stepsPerEpoch,
  examplesPerEpoch: stepsPerEpoch * size,
  batch: (epoch, step) => {
    const random = seeded(3).stream(epoch).stream(step);
    const x = Float32Array.from({ length: size * 4 }, () => random.normal());
    const y = new Float32Array(size * 2);
    for (let i = 0; i < size; i++) y[2 * i + (x[4 * i]! > x[4 * i + 1]! ? 0 : 1)] = 1;
    return Promise.resolve({ x: { shape: [size, 4], values: x }, y: { shape: [size, 2], values: y } });
  },
  close: () => Promise.resolve(),
};

const recipe: Recipe = { ...quickRecipe('classifier'), epochs: 3, warmUpSteps: 2, learningRate: 0.01 };

async function trained(
  options: {
    readonly from?: Checkpoint | null;
    readonly stopAfter?: number;
    readonly asked?: Recipe;
    readonly task?: LearningTask;
  } = {},
): Promise<{ outcome: string; last: Checkpoint | null; epochs: readonly RunEpoch[]; bests: number[] }> {
  let last: Checkpoint | null = null;
  let epochs: readonly RunEpoch[] = [];
  let steps = 0;
  const bests: number[] = [];
  const hooks: TrainingHooks = {
    wish: () => (++steps === options.stopAfter ? 'pause' : null),
    report: () => undefined,
    epoch: (all, best) => {
      epochs = all;
      if (best !== null) bests.push(all.length);
      return Promise.resolve();
    },
    isDue: () => false,
    keep: (checkpoint) => {
      last = checkpoint;
    },
  };
  const uniform = seeded(1).stream('weights');
  const outcome = await train(options.task ?? task(), batches, {
    kernels: plainKernels,
    recipe: options.asked ?? recipe,
    random: seeded(1).stream('training'),
    start: initialParameters(layers, () => uniform.uniform()),
    from: options.from ?? null,
    hooks,
  });
  return { outcome, last, epochs, bests };
}

const bytesOf = (checkpoint: Checkpoint | null): Record<string, number[]> =>
  Object.fromEntries([...checkpoint!.state].map(([name, { values }]) => [name, [...values]]));

describe('a training that stops and goes on', () => {
  it('after any step ends in the same weights, moments and averages, bit for bit', async () => {
    const whole = await trained();
    expect(whole.outcome).toBe('finished');
    for (let stopAfter = 1; stopAfter <= 3 * stepsPerEpoch; stopAfter++) {
      const first = await trained({ stopAfter });
      expect(first.outcome).toBe('paused');
      expect(first.last!.place).toMatchObject({
        epoch: Math.floor((stopAfter - 1) / stepsPerEpoch),
        step: ((stopAfter - 1) % stepsPerEpoch) + 1,
      });
      const rest = await trained({ from: first.last });
      expect(rest.outcome).toBe('finished');
      expect(bytesOf(rest.last)).toEqual(bytesOf(whole.last));
      expect(rest.last!.epochs.map(({ trainingLoss, isBest }) => ({ trainingLoss, isBest }))).toEqual(
        whole.last!.epochs.map(({ trainingLoss, isBest }) => ({ trainingLoss, isBest })),
      );
    }
  });

  it('refuses the checkpoint of another network', async () => {
    const { last } = await trained({ stopAfter: 1 });
    const other: LearningTask = {
      ...task(),
      layers: [{ ...layers[0]!, name: 'other' }, layers[1]!],
    };
    await expect(trained({ from: last, task: other })).rejects.toMatchObject({ kind: 'invalid-input' });
  });
});

it('stops when the loss is no number any more, and keeps no checkpoint of it', async () => {
  const asked: Recipe = { ...recipe, learningRate: 1e38, warmUpSteps: 0 };
  await expect(trained({ asked })).rejects.toMatchObject({ kind: 'diverged' });
});

it('keeps the best epoch and stops after as many without a better one as the recipe allows', async () => {
  const asked: Recipe = { ...recipe, epochs: 10, patience: 2 };
  const { epochs, bests, outcome } = await trained({ asked, task: task([3, 2, 2, 2.5, 1]) });
  expect(outcome).toBe('finished');
  // The third equals the second, which is no better.
  expect(epochs.map(({ isBest }) => isBest)).toEqual([true, true, false, false]);
  expect(bests).toEqual([1, 2]);
});

it('leaves no tensor behind', async () => {
  const before = tf.memory().numTensors;
  await trained();
  await trained({ asked: { ...recipe, learningRate: 1e38, warmUpSteps: 0 } }).catch(() => undefined);
  expect(tf.memory().numTensors).toBe(before);
});

describe('the learning rate', () => {
  const at = (schedule: Recipe['schedule'], step: number, warmUpSteps = 0): number =>
    learningRateAt({ learningRate: 2, schedule, warmUpSteps }, step, 100);
  it('warms up along a straight line', () => {
    expect([0, 4, 9, 10].map((step) => at('constant', step, 10))).toEqual([0.2, 1, 2, 2]);
  });
  it('falls along half a cosine', () => {
    expect(at('cosine', 0)).toBe(2);
    expect(at('cosine', 50)).toBeCloseTo(1, 12);
    expect(at('cosine', 25)).toBeCloseTo(1 + Math.SQRT1_2, 12);
    expect(at('cosine', 100)).toBeCloseTo(0, 12);
  });
  it('falls in steps at one half and three quarters', () => {
    expect([0, 49, 50, 74, 75, 99].map((step) => at('step', step))).toEqual([2, 2, 0.2, 0.2, 0.02, 0.02]);
  });
});
