/** A run from its folder to its model: what is asked for is read, checked, trained, and kept. */
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs';
import { CalcarError, toWireError } from '../../contract/errors.ts';
import { countLearned, initialParameters, type Kernels, type LayerSpec } from '../../../models/index.ts';
import { seeded } from '../../random/random.ts';
import type { RunProgress } from '../../contract/training.ts';
import { forgetCheckpoints, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { openRunData, type RunData } from './runData.ts';
import {
  leaveWish,
  loadRun,
  readStatus,
  wishOf,
  writeEpochs,
  writeProgress,
  writeStatus,
  type RunStatus,
  type StoredRun,
} from './runFolder.ts';
import { lockRun } from './runLock.ts';
import { finishModel, keepWeights, prepareModel } from './runModel.ts';
import { canonicalJson } from '../snapshots/snapshot.ts';
import { train, type StepReport, type TrainingHooks } from './trainer.ts';

export interface TrainingBackend {
  readonly name: string;
  readonly kernels: Kernels;
}

export interface TrainRunOptions {
  /** Makes a backend that has gradients the current one. */
  readonly openBackend: () => Promise<TrainingBackend>;
  /** Threads that make batches ahead. */
  readonly workers: number;
  /** 0 keeps one after each step. */
  readonly checkpointEverySeconds: number;
  /** Asked after each step: whether this process is asked to stop. */
  readonly isEnding: () => boolean;
}

/** How often whoever looks on is told, and how often it is looked for a wish. */
const tellEveryMs = 1000;
const askEveryMs = 500;

/**
 * Trains a run, or goes on with it, until it is finished, paused or cancelled. Where it stands is in the folder
 * when it returns and when it throws.
 *
 * @throws CalcarError 'folder-in-use' when another process trains it; 'not-found', 'invalid-input' or 'leak' when
 *   run, snapshot, start or checkpoint cannot be used; 'diverged', 'disk-full', 'read-only', 'compute-failed'
 */
export async function trainRun(folder: string, options: TrainRunOptions): Promise<RunStatus['state']> {
  const lock = lockRun(folder);
  try {
    return await underLock(folder, options);
  } finally {
    lock.release();
  }
}

async function underLock(folder: string, options: TrainRunOptions): Promise<RunStatus['state']> {
  const run = loadRun(folder);
  const before = readStatus(folder);
  if (before.state === 'finished' || before.state === 'cancelled')
    throw new CalcarError(
      'invalid-input',
      `This training is ${before.state}, so there is nothing to go on with. Start a new one.`,
    );
  if (before.kind === 'diverged')
    throw new CalcarError('diverged', before.reason ?? 'The training diverged.');
  let status: RunStatus = {
    state: 'running',
    reason: null,
    kind: null,
    backend: null,
    examples: null,
  };
  let data: RunData | null = null;
  const now = (change: Partial<RunStatus>): void => {
    status = { ...status, ...change };
    writeStatus(folder, status);
  };
  try {
    now({});
    const backend = await options.openBackend();
    now({ backend: backend.name });
    data = await openRunData(run, options.workers);
    now({ examples: data.examples });
    const state = await learn(folder, run, data, backend, options);
    if (state === 'cancelled') forgetCheckpoints(folder);
    leaveWish(folder, null);
    now({ state });
    return state;
  } catch (cause) {
    const error = failureOf(cause);
    const { kind, sentence } = toWireError(error);
    sayIfPossible(folder, { ...status, state: 'failed', reason: sentence, kind });
    throw error;
  } finally {
    await data?.batches.close();
  }
}

async function learn(
  folder: string,
  run: StoredRun,
  { task, config, batches, examples, patients }: RunData,
  backend: TrainingBackend,
  options: TrainRunOptions,
): Promise<'finished' | 'paused' | 'cancelled'> {
  const random = seeded(run.recipe.seed).stream(run.recipe.network);
  const owner = ownerOf(run, task.layers);
  const from = loadCheckpoint(folder, owner);
  const beginning = random.stream('weights');
  const { parameters: start, left } = await prepareModel(
    folder,
    run,
    task.layers,
    initialParameters(task.layers, () => beginning.uniform()),
  );
  writeEpochs(folder, from?.epochs ?? []);
  const outcome = await train(task, batches, {
    kernels: backend.kernels,
    recipe: run.recipe,
    random: random.stream('training'),
    start,
    from,
    hooks: hooksOf(folder, run, config, owner, options),
  });
  if (outcome === 'finished')
    finishModel(folder, run, {
      backend: backend.name,
      learned: countLearned(task.layers),
      examples,
      patients,
      left,
    });
  return outcome;
}

function hooksOf(
  folder: string,
  run: StoredRun,
  config: object,
  owner: string,
  { checkpointEverySeconds, isEnding }: TrainRunOptions,
): TrainingHooks {
  let keptAt = performance.now();
  let last: RunProgress | null = null;
  const isTimeToTell = every(tellEveryMs);
  const isTimeToAsk = every(askEveryMs);
  return {
    wish: () => (isEnding() ? 'pause' : isTimeToAsk() ? wishOf(folder) : null),
    report: (step) => {
      last = progressOf(run, step);
      if (isTimeToTell()) writeProgress(folder, last);
    },
    epoch: async (epochs, best) => {
      if (best !== null) await keepWeights(folder, run, config, best);
      writeEpochs(folder, epochs);
    },
    isDue: () => performance.now() - keptAt >= checkpointEverySeconds * 1000,
    keep: (checkpoint) => {
      saveCheckpoint(folder, owner, checkpoint);
      keptAt = performance.now();
      if (last !== null) writeProgress(folder, last);
    },
  };
}

function progressOf({ recipe: { epochs } }: StoredRun, step: StepReport): RunProgress {
  const { numTensors, numBytes } = tf.memory();
  return {
    ...step,
    epochs,
    residentBytes: process.memoryUsage.rss(),
    tensors: numTensors,
    tensorBytes: numBytes,
    at: new Date().toISOString(),
  };
}

/** What a checkpoint must have been made by to be taken up again: a hash of pictures, recipe, start and network. */
function ownerOf({ snapshot, recipe, start, createdAt }: StoredRun, layers: readonly LayerSpec[]): string {
  return createHash('sha256')
    .update(canonicalJson({ snapshot: snapshot.hash, recipe, start, createdAt, layers }))
    .digest('hex');
}

/** True at most once in so many milliseconds, and the first time. */
function every(milliseconds: number): () => boolean {
  let last = -Infinity;
  return () => {
    const now = performance.now();
    if (now - last < milliseconds) return false;
    last = now;
    return true;
  };
}

/** On a disk without room for a line the run is found without a process, which says that it may go on. */
function sayIfPossible(folder: string, status: RunStatus): void {
  try {
    writeStatus(folder, status);
  } catch {
    return;
  }
}

function failureOf(cause: unknown): CalcarError {
  if (!(cause instanceof CalcarError))
    return new CalcarError(
      'compute-failed',
      'The computation of the training failed. Its last checkpoint is kept: resume it to go on. If it fails again, run calcar doctor.',
      cause,
    );
  if (cause.kind !== 'disk-full') return cause;
  return new CalcarError(
    'disk-full',
    'The disk is full, so the training stopped. Its last checkpoint and the model of its best epoch are kept. Free some space, then resume it.',
    cause,
  );
}
