/** One training from the data set on disk to weights, record and model card. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  countLearned,
  defaultClassifierConfig,
  defaultLocalizerConfig,
  modelFiles,
  sha256,
  writeWeights,
  type Kernels,
  type Parameters,
} from '../../models/index.ts';
import { seeded, type Random } from '../random/random.ts';
import { classifierTask } from './classifierTask.ts';
import { loadExamples } from './dataset.ts';
import { localizerTask } from './localizerTask.ts';
import { saveRecord, writeCard, type NetworkName, type TrainingRecord } from './records.ts';
import { train, type EpochReport, type LearningTask, type TrainingResult } from './trainer.ts';

export interface TrainNetworkOptions {
  readonly dataFolder: string;
  readonly outFolder: string;
  /** Patients. */
  readonly learn: number;
  readonly tune: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
  readonly minutes: number;
}

/** Epochs without a better tuning loss after which training stops. */
const patience = 12;

/**
 * Trains on the current backend. After every best epoch the weights are on disk, so a training that is cut
 * off has not been for nothing.
 *
 * @throws CalcarError when the data set lacks patients or is damaged
 */
export async function trainNetwork(
  network: NetworkName,
  options: TrainNetworkOptions,
  backend: { readonly name: string; readonly kernels: Kernels },
  report: (line: string) => void,
): Promise<TrainingRecord> {
  const random = seeded(options.seed).stream(network);
  const learn = loadExamples(options.dataFolder, 'learn', options.learn);
  const tune = loadExamples(options.dataFolder, 'tune', options.tune);
  mkdirSync(options.outFolder, { recursive: true });
  return network === 'localizer'
    ? run(network, defaultLocalizerConfig, (draw) =>
        localizerTask(defaultLocalizerConfig, learn.films, tune.films, draw),
      )
    : run(network, defaultClassifierConfig, (draw) =>
        classifierTask(defaultClassifierConfig, learn.crops, tune.crops, draw),
      );

  async function run<Example>(
    name: NetworkName,
    config: object,
    makeTask: (random: Random) => LearningTask<Example>,
  ): Promise<TrainingRecord> {
    const task = makeTask(random.stream('task'));
    const result = await train(task, {
      kernels: backend.kernels,
      random: random.stream('training'),
      epochs: options.epochs,
      batchSize: options.batch,
      learningRate: options.rate,
      maximumMinutes: options.minutes,
      patience,
      report: (epoch) => report(epochLine(name, epoch)),
      keep: async (parameters) => {
        await saveWeights(options.outFolder, name, config, parameters);
      },
    });
    const weights = await saveWeights(options.outFolder, name, config, result.parameters);
    const record: TrainingRecord = {
      network: name,
      command: commandLine(name, options),
      seed: options.seed,
      patients: { learn: options.learn, tune: options.tune },
      examples: {
        learn: task.examples.length,
        tune: name === 'localizer' ? tune.films.length : tune.crops.length,
      },
      learned: countLearned(task.layers),
      batchSize: options.batch,
      learningRate: options.rate,
      ...history(result),
      backend: backend.name,
      weights,
    };
    saveRecord(options.outFolder, record);
    writeCard(options.outFolder);
    return record;
  }
}

function history({ epochs, best }: TrainingResult): Pick<TrainingRecord, 'epochs' | 'bestEpoch' | 'minutes'> {
  return {
    epochs: epochs.map(({ epoch, trainingLoss, validation }) => ({
      epoch,
      trainingLoss,
      tuningLoss: validation.loss,
      summary: validation.summary,
    })),
    bestEpoch: best.epoch,
    minutes: epochs.at(-1)?.minutes ?? 0,
  };
}

async function saveWeights(
  folder: string,
  network: NetworkName,
  config: object,
  parameters: Parameters,
): Promise<TrainingRecord['weights']> {
  const bytes = await writeWeights({ network, config, parameters });
  const path = join(folder, modelFiles[network]);
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
  return { bytes: bytes.length, sha256: await sha256(bytes) };
}

function commandLine(
  network: NetworkName,
  { learn, tune, epochs, batch, rate, seed }: TrainNetworkOptions,
): string {
  return `calcar train ${network} --learn ${learn} --tune ${tune} --epochs ${epochs} --batch ${batch} --rate ${rate} --seed ${seed}`;
}

function epochLine(network: NetworkName, report: EpochReport): string {
  const { epoch, of, trainingLoss, validation, isBest, minutes, millisecondsPerExample } = report;
  return (
    `${network} epoch ${epoch} of ${of}: training loss ${trainingLoss.toFixed(3)}; tuning ${validation.summary}` +
    `${isBest ? ' (best)' : ''}; ${millisecondsPerExample.toFixed(0)} ms an example, ${minutes.toFixed(1)} min`
  );
}
