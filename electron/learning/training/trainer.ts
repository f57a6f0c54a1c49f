/**
 * The training loop of every network: Nadam with L2, averaged weights, best epoch, early stopping. It can stop
 * after any step and go on from there to the same weights, because batches and dropout follow from the seed, the
 * epoch and the step alone and all else is in the checkpoint.
 */
import * as tf from '@tensorflow/tfjs';
import { CalcarError } from '../../contract/errors.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { RunEpoch } from '../../contract/training.ts';
import {
  trainingLayers,
  type Kernels,
  type LayerSpec,
  type Parameter,
  type Parameters,
  type Runner,
} from '../../../models/index.ts';
import type { Random } from '../../random/random.ts';
import { MovingAverage } from './average.ts';
import type { BatchArrays, BatchMaker } from '../batches/batches.ts';
import type { Checkpoint, Place } from './checkpoint.ts';
import { Nadam, nadamDefaults } from './nadam.ts';
import type { Wish } from './runFolder.ts';
import { learningRateAt } from './schedule.ts';
import { trainingStep, type Learner } from './step.ts';

export type BatchTensors = Readonly<Record<string, tf.Tensor>>;

export interface Validation {
  /** What is made small: the best epoch has the least. */
  readonly loss: number;
  /** Named shares, and means; see RunEpoch. */
  readonly measures: Readonly<Record<string, number>>;
}

/** What is learned: a network, its loss and how it is judged. */
export interface LearningTask {
  readonly layers: readonly LayerSpec[];
  /**
   * Mean loss of the network on a batch; the regularisation of kernels is the optimizer's.
   *
   * @param seed of dropout
   */
  loss(run: Runner, batch: BatchTensors, seed: number): tf.Scalar;
  validate(parameters: Parameters): Promise<Validation>;
}

/** What is going on, after each step. */
export interface StepReport {
  /** Of all epochs, done. */
  readonly step: number;
  readonly steps: number;
  /** From 1. */
  readonly epoch: number;
  readonly trainingLoss: number | null;
  readonly learningRate: number;
  readonly imagesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface TrainingHooks {
  /** Asked after each step. */
  wish(): Wish | null;
  report(step: StepReport): void;
  /** Told of every epoch, with the averaged weights when it is the best so far. */
  epoch(epochs: readonly RunEpoch[], best: Parameters | null): Promise<void>;
  /** Asked after each step: whether a checkpoint is due. */
  isDue(): boolean;
  keep(checkpoint: Checkpoint): void;
}

export interface TrainingOptions {
  readonly kernels: Kernels;
  readonly recipe: Recipe;
  readonly random: Random;
  /** Where a new training starts. */
  readonly start: Parameters;
  /** Where an interrupted one goes on. */
  readonly from: Checkpoint | null;
  readonly hooks: TrainingHooks;
}

/**
 * Trains on the current backend until the last epoch, until `patience` epochs were no better, or until a wish.
 * The last checkpoint is kept before it returns, but for a cancelled one.
 *
 * @throws CalcarError 'diverged' when the loss or a weight is no number any more; 'invalid-input' when the
 *   checkpoint does not fit the network; whatever the hooks throw. The checkpoint before stays
 */
export async function train(
  task: LearningTask,
  batches: BatchMaker,
  options: TrainingOptions,
): Promise<'finished' | 'paused' | 'cancelled'> {
  const { recipe, random, from, hooks } = options;
  const learner = prepare(task, options);
  const { stepsPerEpoch } = batches;
  const steps = recipe.epochs * stepsPerEpoch;
  const dropout = random.stream('dropout');
  const pace = createPace(steps);
  const epochs = [...(from?.epochs ?? [])];
  let place: Place = from?.place ?? { epoch: 0, step: 0, lossSum: 0, seconds: 0 };
  const keep = async (): Promise<void> =>
    hooks.keep({ place, epochs: [...epochs], state: await stateOf(learner) });
  const tell = (): void => {
    const done = place.epoch * stepsPerEpoch + place.step;
    hooks.report({
      step: done,
      steps,
      epoch: Math.min(place.epoch + 1, recipe.epochs),
      trainingLoss: place.step === 0 ? null : place.lossSum / place.step,
      learningRate: learningRateAt(recipe, Math.min(done, steps - 1), steps),
      ...pace.now(done, recipe.epochs - place.epoch),
    });
  };
  try {
    while (place.epoch < recipe.epochs && !isHopeless(epochs, recipe.patience)) {
      while (place.step < stepsPerEpoch) {
        const began = performance.now();
        const done = place.epoch * stepsPerEpoch + place.step;
        const arrays = await batches.batch(place.epoch, place.step);
        const loss = await learn(task, learner, arrays, {
          step: done,
          learningRate: learningRateAt(recipe, done, steps),
          seed: dropout.stream(done).integer(2 ** 31),
        });
        if (!Number.isFinite(loss)) throw diverged();
        const seconds = (performance.now() - began) / 1000;
        pace.step(seconds, sizeOf(arrays));
        place = {
          ...place,
          step: place.step + 1,
          lossSum: place.lossSum + loss,
          seconds: place.seconds + seconds,
        };
        tell();
        const wish = hooks.wish();
        // What is cancelled keeps no checkpoint.
        if (wish === 'pause' || (wish === null && hooks.isDue())) await keep();
        if (wish !== null) return wish === 'pause' ? 'paused' : 'cancelled';
      }
      const judged = performance.now();
      const parameters = await learner.average.parameters();
      const validation = await task.validate(parameters);
      pace.validation((performance.now() - judged) / 1000);
      if (!Number.isFinite(validation.loss)) throw diverged();
      const epoch = reportOf(place, validation, epochs, batches);
      epochs.push(epoch);
      await hooks.epoch(epochs, epoch.isBest ? parameters : null);
      place = { epoch: place.epoch + 1, step: 0, lossSum: 0, seconds: 0 };
      tell();
      if (hooks.isDue()) await keep();
    }
    await keep();
    return 'finished';
  } finally {
    learner.network.dispose();
    learner.average.dispose();
    learner.nadam.dispose();
  }
}

function prepare(task: LearningTask, { kernels, recipe, start, from }: TrainingOptions): Learner {
  const nadam = new Nadam({ ...nadamDefaults, l2: recipe.l2 }, kernels);
  if (from === null) {
    const network = trainingLayers(task.layers, start, kernels);
    return { network, nadam, average: new MovingAverage(network.variables, recipe.averageDecay, kernels) };
  }
  try {
    const network = trainingLayers(task.layers, part(from.state, 'variable'), kernels);
    const average = new MovingAverage(network.variables, recipe.averageDecay, kernels);
    average.restore(part(from.state, 'average'));
    nadam.restore(part(from.state, 'nadam'));
    return { network, nadam, average };
  } catch (cause) {
    throw new CalcarError(
      'invalid-input',
      'The checkpoint holds another network than the recipe asks for, so the training cannot go on. Start a new one.',
      cause,
    );
  }
}

async function stateOf({ network, nadam, average }: Learner): Promise<Checkpoint['state']> {
  const state = new Map<string, Parameter>();
  const add = (kind: string, parameters: Parameters): void => {
    for (const [name, parameter] of parameters) {
      if (!parameter.values.every(Number.isFinite)) throw diverged();
      state.set(`${kind}/${name}`, parameter);
    }
  };
  add('variable', await network.parameters());
  add('average', await average.save());
  add('nadam', await nadam.save());
  return state;
}

function part(state: Checkpoint['state'], kind: string): Parameters {
  return new Map(
    [...state].flatMap(([name, parameter]) =>
      name.startsWith(`${kind}/`) ? [[name.slice(kind.length + 1), parameter] as const] : [],
    ),
  );
}

/** One step. @returns the loss before it */
async function learn(
  task: LearningTask,
  learner: Learner,
  arrays: BatchArrays,
  { seed, ...at }: { readonly step: number; readonly learningRate: number; readonly seed: number },
): Promise<number> {
  const batch: BatchTensors = Object.fromEntries(
    Object.entries(arrays).map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])]),
  );
  const value = trainingStep(learner, (run) => task.loss(run, batch, seed), at);
  const [loss] = await value.data();
  tf.dispose([value, ...Object.values(batch)]);
  return loss!;
}

const sizeOf = (arrays: BatchArrays): number => Object.values(arrays)[0]?.shape[0] ?? 0;

function reportOf(
  place: Place,
  { loss, measures }: Validation,
  before: readonly RunEpoch[],
  { stepsPerEpoch, examplesPerEpoch }: BatchMaker,
): RunEpoch {
  const { numTensors } = tf.memory();
  return {
    epoch: place.epoch + 1,
    step: (place.epoch + 1) * stepsPerEpoch,
    trainingLoss: place.lossSum / stepsPerEpoch,
    validationLoss: loss,
    measures: { ...measures },
    isBest: before.every(({ validationLoss }) => loss < validationLoss),
    seconds: place.seconds,
    imagesPerSecond: examplesPerEpoch / place.seconds,
    residentBytes: process.memoryUsage.rss(),
    tensors: numTensors,
  };
}

function isHopeless(epochs: readonly RunEpoch[], patience: number): boolean {
  const best = epochs.findLast(({ isBest }) => isBest);
  return best !== undefined && epochs.length - best.epoch >= patience;
}

function diverged(): CalcarError {
  return new CalcarError(
    'diverged',
    'The training lost its way: the loss or a weight is no number any more. The model of its best epoch is kept. ' +
      'Start a new training with a lower learning rate.',
  );
}

/** Steps over which the rate is measured, and how many must be behind before it is told. */
const paceSteps = 30;
const paceFrom = 5;

/** How fast the last steps went, and how long what is left will take at that pace. */
function createPace(steps: number): {
  step(seconds: number, images: number): void;
  validation(seconds: number): void;
  now(done: number, validations: number): Pick<StepReport, 'imagesPerSecond' | 'secondsLeft'>;
} {
  const recent: { readonly seconds: number; readonly images: number }[] = [];
  let validationSeconds = 0;
  return {
    step: (seconds, images) => {
      recent.push({ seconds, images });
      if (recent.length > paceSteps) recent.shift();
    },
    validation: (seconds) => {
      validationSeconds = seconds;
    },
    now: (done, validations) => {
      if (recent.length < paceFrom) return { imagesPerSecond: null, secondsLeft: null };
      const seconds = recent.reduce((sum, step) => sum + step.seconds, 0);
      const images = recent.reduce((sum, step) => sum + step.images, 0);
      return {
        imagesPerSecond: images / seconds,
        secondsLeft: ((steps - done) * seconds) / recent.length + validations * validationSeconds,
      };
    },
  };
}
