import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CalcarError } from '../contract/errors.ts';
import { logFile } from '../learning/training/runFolder.ts';

/** The parent's view of a training process: all else stands in the run's folder. */
export interface Trainer {
  /** Resolves when it is gone, with its exit code or signal in words for the log. */
  readonly ended: Promise<string>;
}

export type StartTrainer = (folder: string) => Trainer;

export const trainerProcessFile: string = fileURLToPath(new URL('./trainerProcess.ts', import.meta.url));

/** What the training process is started with besides: TensorFlow says less on its error stream. */
export const trainerEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '3',
});

/**
 * Starts the training process of a run as a child of Node in a group of its own, so that it outlives whoever
 * started it and Ctrl-C does not reach it.
 *
 * @throws CalcarError 'read-only', 'disk-full' when its log cannot be opened
 */
export const spawnTrainer: StartTrainer = (folder) => {
  const log = openSync(logFile(folder), 'a');
  try {
    const child = spawn(process.execPath, [trainerProcessFile, folder], {
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log, log],
      env: trainerEnvironment(),
    });
    child.unref();
    return {
      ended: new Promise((resolve, reject) => {
        child.once('error', (cause) => {
          reject(
            new CalcarError(
              'internal',
              'The training process could not be started. Run calcar doctor.',
              cause,
            ),
          );
        });
        child.once('exit', (code, signal) => {
          resolve(signal ?? `exit code ${String(code)}`);
        });
      }),
    };
  } finally {
    closeSync(log);
  }
};
