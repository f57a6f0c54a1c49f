/** What a person does with trainings, for the Training screen and the command line alike. */
import { join, resolve } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import type { PromotionRules } from '../../contract/models.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { RunState, TrainingRun } from '../../contract/training.ts';
import type { StartTrainer, Trainer } from '../../compute/startTrainer.ts';
import { refuseLeaks } from '../../learning/snapshots/leaks.ts';
import {
  createRun,
  leaveWish,
  listRuns,
  logFile,
  readRun,
  readStatus,
  writeStatus,
} from '../../learning/training/runFolder.ts';
import { forgetCheckpoints } from '../../learning/training/checkpoint.ts';
import { isLocked, lockRun } from '../../learning/training/runLock.ts';
import { openSnapshot } from '../../learning/snapshots/snapshot.ts';

export interface TrainingOrder {
  readonly snapshotFolder: string;
  readonly recipe: Recipe;
  readonly name: string;
  /** A models' folder whose weights the training starts from; null starts from random ones. */
  readonly start: string | null;
  /** A models' folder that gives the other network of the finished model. */
  readonly base: string;
  /** What its model must show to be promoted; null where nobody set it beforehand. */
  readonly rules: PromotionRules | null;
  /** Version of Calcar. */
  readonly software: string;
  readonly command: string;
}

const folderOf = (runsFolder: string, id: string): string => join(runsFolder, id);

/**
 * Makes a training that waits to be started.
 *
 * @throws CalcarError 'not-found' or 'invalid-input' for the snapshot, 'leak' naming who would leak, 'disk-full',
 *   'read-only'
 */
export function orderTraining(runsFolder: string, order: TrainingOrder): TrainingRun {
  const { manifest } = openSnapshot(order.snapshotFolder);
  refuseLeaks(manifest);
  const { id } = createRun(runsFolder, {
    name: order.name,
    snapshot: {
      name: manifest.name,
      hash: manifest.hash,
      study: manifest.study,
      folder: resolve(order.snapshotFolder),
    },
    recipe: order.recipe,
    start: order.start === null ? null : resolve(order.start),
    base: resolve(order.base),
    rules: order.rules,
    software: order.software,
    command: order.command,
  });
  return readRun(folderOf(runsFolder, id));
}

/** @throws CalcarError 'not-found' */
export function findTraining(runsFolder: string, id: string): TrainingRun {
  return readRun(folderOf(runsFolder, id));
}

/** Why a training failed, by kind; null where it did not. */
export function failureOf(runsFolder: string, id: string): CalcarError | null {
  const { kind, reason } = readStatus(folderOf(runsFolder, id));
  return kind === null ? null : new CalcarError(kind, reason ?? 'The training failed.');
}

/** @throws CalcarError 'read-only', 'disk-full' */
export function startTraining(runsFolder: string, id: string, start: StartTrainer): Trainer {
  return start(folderOf(runsFolder, id));
}

/** It stops after the step under way and keeps a checkpoint. @throws CalcarError 'not-found', 'invalid-input' */
export function pauseTraining(runsFolder: string, id: string): void {
  const folder = folderOf(runsFolder, id);
  const { state } = readRun(folder);
  if (state === 'paused') return;
  if (state !== 'running' && state !== 'waiting') throw cannot('paused', state);
  // Also for a process that is on its way and has not yet said so.
  leaveWish(folder, 'pause');
  if (state === 'waiting' && !isLocked(folder)) settle(folder, 'paused');
}

/** Its best model is kept, its checkpoints are not. @throws CalcarError 'not-found', 'invalid-input' */
export function cancelTraining(runsFolder: string, id: string): void {
  const folder = folderOf(runsFolder, id);
  const { state } = readRun(folder);
  if (state === 'finished') throw cannot('cancelled', state);
  if (state === 'cancelled') return;
  if (state === 'running' || isLocked(folder)) leaveWish(folder, 'cancel');
  else {
    settle(folder, 'cancelled');
    forgetCheckpoints(folder);
  }
}

/** Makes a stopped training wait to be started again. @throws CalcarError 'not-found', 'invalid-input', 'diverged' */
export function resumeTraining(runsFolder: string, id: string): TrainingRun {
  const folder = folderOf(runsFolder, id);
  const { state } = readRun(folder);
  if (state === 'running' || state === 'finished' || state === 'cancelled') throw cannot('resumed', state);
  const failure = failureOf(runsFolder, id);
  // It would go the same way: the same seed gives the same steps.
  if (failure?.kind === 'diverged') throw failure;
  leaveWish(folder, null);
  if (state !== 'waiting') settle(folder, 'waiting');
  return readRun(folder);
}

/** Says of a training whose process ended before it began that it did. @throws CalcarError 'not-found' */
export function failTraining(runsFolder: string, id: string): void {
  settle(
    folderOf(runsFolder, id),
    'failed',
    `The training process ended before it began. Its own words are in ${logFile(folderOf(runsFolder, id))}; calcar doctor says what this machine can do.`,
  );
}

/** Newest first. */
export const trainings = (runsFolder: string): TrainingRun[] => listRuns(runsFolder);

/** For a run that no process trains; the lock keeps one from beginning meanwhile. */
function settle(
  folder: string,
  state: 'waiting' | 'paused' | 'cancelled' | 'failed',
  reason: string | null = null,
): void {
  const lock = lockRun(folder);
  try {
    writeStatus(folder, {
      ...readStatus(folder),
      state,
      reason,
      kind: reason === null ? null : 'compute-failed',
    });
  } finally {
    lock.release();
  }
}

/** 'This training is …' */
export const runStateWords: Record<RunState, string> = {
  waiting: 'waiting',
  running: 'under way',
  paused: 'paused',
  interrupted: 'interrupted',
  finished: 'finished',
  cancelled: 'cancelled',
  failed: 'failed',
};

function cannot(what: string, state: RunState): CalcarError {
  return new CalcarError(
    'invalid-input',
    `This training is ${runStateWords[state]}, so it cannot be ${what}. Nothing was changed.`,
  );
}
