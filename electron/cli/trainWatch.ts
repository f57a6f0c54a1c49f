import { setTimeout as sleep } from 'node:timers/promises';
import { CalcarError } from '../contract/errors.ts';
import type { TrainingRun } from '../contract/training.ts';
import { findTraining } from '../station/training/runs.ts';
import { createProgress } from './progress.ts';
import { epochInWords, progressInWords } from './trainWords.ts';

const lookEveryMs = 500;

interface WatchOptions {
  /** Ends the looking on. */
  readonly signal?: AbortSignal;
  /** Resolves when the training process that was started is gone. */
  readonly until?: Promise<string>;
  /** Says nothing. */
  readonly quiet?: boolean;
}

/**
 * Looks on, with a line for each epoch on stderr, until the training is neither waiting nor under way.
 *
 * @throws CalcarError 'compute-crashed' when the process that was started is gone and trained nothing
 */
export async function watchTraining(
  runs: string,
  id: string,
  { signal, until, quiet }: WatchOptions = {},
): Promise<TrainingRun> {
  const progress = createProgress();
  const trainer = { isGone: false };
  const ended = until?.finally(() => {
    trainer.isGone = true;
  });
  let told = findTraining(runs, id).epochs.length;
  for (;;) {
    // Before the look, so that what a process wrote last is seen.
    const wasGone = trainer.isGone;
    const run = findTraining(runs, id);
    if (quiet !== true) {
      for (const epoch of run.epochs.slice(told)) {
        progress.end();
        process.stderr.write(`${epochInWords(epoch, run)}\n`);
      }
      told = Math.max(told, run.epochs.length);
      if (run.progress !== null && run.state === 'running') progress.line(progressInWords(run.progress));
    }
    if ((run.state !== 'running' && run.state !== 'waiting') || signal?.aborted === true) {
      progress.end();
      return run;
    }
    if (wasGone && run.state === 'waiting')
      throw new CalcarError(
        'compute-crashed',
        `The training process ended before it began. What it said is in trainer.log of ${runs}/${id}.`,
      );
    await (ended === undefined || trainer.isGone
      ? sleep(lookEveryMs)
      : Promise.race([sleep(lookEveryMs), ended.catch(() => undefined)]));
  }
}
