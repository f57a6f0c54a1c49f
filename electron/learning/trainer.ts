/** The training loop of both networks: Nadam, L2, averaged weights, best epoch kept. */
import * as tf from '@tensorflow/tfjs';
import {
  initialParameters,
  trainingLayers,
  type Kernels,
  type LayerSpec,
  type Parameters,
  type Runner,
} from '../../models/index.ts';
import type { Random } from '../random/random.ts';
import { MovingAverage } from './average.ts';
import { Nadam } from './nadam.ts';

/** A batch ready to learn from. Holds tensors until disposed. */
export interface Batch {
  /** Mean loss of the network on the batch; the regularisation of kernels is the optimizer's. */
  loss(run: Runner): tf.Scalar;
  dispose(): void;
}

export interface Validation {
  /** What is made small: the best epoch has the least. */
  readonly loss: number;
  /** For the progress line. */
  readonly summary: string;
}

/** What is learned: a network, its examples and how it is judged. */
export interface LearningTask<Example> {
  readonly layers: readonly LayerSpec[];
  readonly examples: readonly Example[];
  batch(examples: readonly Example[], random: Random): Batch;
  validate(parameters: Parameters): Promise<Validation>;
}

export interface TrainingOptions {
  readonly kernels: Kernels;
  readonly random: Random;
  readonly epochs: number;
  readonly batchSize: number;
  /** Largest learning rate; it warms up from 0 and falls to 0 along half a cosine. */
  readonly learningRate: number;
  /** Stop, with the best epoch so far, when this much time has gone. */
  readonly maximumMinutes: number;
  /** Stop when the validation loss has not fallen for so many epochs. */
  readonly patience: number;
  readonly start?: Parameters;
  report(line: EpochReport): void;
  /** Told of every epoch that is the best so far. */
  keep?(parameters: Parameters, epoch: EpochReport): Promise<void>;
}

export interface EpochReport {
  readonly epoch: number;
  readonly of: number;
  readonly trainingLoss: number;
  readonly validation: Validation;
  readonly isBest: boolean;
  readonly minutes: number;
  readonly millisecondsPerExample: number;
}

export interface TrainingResult {
  readonly parameters: Parameters;
  readonly best: EpochReport;
  readonly epochs: readonly EpochReport[];
}

const warmUpSteps = 60;
/** The paper's moving average of the weights. */
const averageDecay = 0.999;

/**
 * Trains on the current backend. With the same random stream and number of epochs (and time enough) the same
 * weights come out on the same CPU backend.
 *
 * @throws RangeError without examples
 */
export async function train<Example>(
  task: LearningTask<Example>,
  options: TrainingOptions,
): Promise<TrainingResult> {
  const { random, epochs, batchSize, kernels } = options;
  if (task.examples.length === 0) throw new RangeError('nothing to learn from');
  const beginning = random.stream('weights');
  const start = options.start ?? initialParameters(task.layers, () => beginning.uniform());
  const network = trainingLayers(task.layers, start, kernels);
  const average = new MovingAverage(network.variables, averageDecay);
  const nadam = new Nadam();
  const steps = Math.ceil(task.examples.length / batchSize);
  const startTime = performance.now();
  const minutes = (): number => (performance.now() - startTime) / 60_000;
  const reports: EpochReport[] = [];
  let best: { parameters: Parameters; report: EpochReport } | null = null;
  try {
    for (let epoch = 0; epoch < epochs && (epoch === 0 || minutes() < options.maximumMinutes); epoch++) {
      const epochStart = performance.now();
      const draw = random.stream(`epoch ${String(epoch)}`);
      const order = draw.shuffled(task.examples);
      let loss = 0;
      for (let step = 0; step < steps; step++) {
        const done = epoch * steps + step;
        const rate = options.learningRate * schedule(done, epochs * steps);
        const batch = task.batch(order.slice(step * batchSize, (step + 1) * batchSize), draw);
        loss += (await learn(network, nadam, batch, rate)) / steps;
        batch.dispose();
        average.follow(done);
      }
      const trained = performance.now();
      const parameters = await average.parameters();
      const validation = await task.validate(parameters);
      const isBest: boolean = best === null || validation.loss < best.report.validation.loss;
      const report: EpochReport = {
        epoch: epoch + 1,
        of: epochs,
        trainingLoss: loss,
        validation,
        isBest,
        minutes: minutes(),
        millisecondsPerExample: (trained - epochStart) / order.length,
      };
      reports.push(report);
      options.report(report);
      if (isBest) {
        best = { parameters, report };
        await options.keep?.(parameters, report);
      }
      if (best !== null && epoch + 1 - best.report.epoch >= options.patience) break;
    }
  } finally {
    network.dispose();
    average.dispose();
    nadam.dispose();
  }
  return { parameters: best!.parameters, best: best!.report, epochs: reports };
}

/** One step. @returns the loss before it */
async function learn(
  network: ReturnType<typeof trainingLayers>,
  nadam: Nadam,
  batch: Batch,
  rate: number,
): Promise<number> {
  const learned = network.variables.filter(({ variable }) => variable.trainable);
  const { value, grads } = tf.variableGrads(
    () => batch.loss(network),
    learned.map(({ variable }) => variable),
  );
  nadam.apply(learned, grads, rate);
  const [loss] = await value.data();
  tf.dispose(grads);
  value.dispose();
  return loss!;
}

/** Share of the learning rate at a step: a straight warm-up, then half a cosine to 0. */
export function schedule(step: number, steps: number): number {
  return Math.min(1, (step + 1) / warmUpSteps) * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
}
