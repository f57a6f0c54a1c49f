import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { StationOptions } from '../station/openStation.ts';

const trainerProcessFile = fileURLToPath(new URL('../compute/trainerProcess.ts', import.meta.url));

/**
 * Starts the training process of a run as Electron's utility process, since a packaged Electron runs no other Node.
 * It ends with the window; the run then goes on from its last checkpoint when it is resumed.
 */
export const startUtilityTrainer: NonNullable<StationOptions['startTrainer']> = (folder) => {
  const child = utilityProcess.fork(trainerProcessFile, [folder], {
    serviceName: 'Calcar training',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '3' },
  });
  const log = createWriteStream(join(folder, 'trainer.log'), { flags: 'a' });
  // A disk without room for what it says must not bring the window down.
  log.on('error', () => undefined);
  child.stderr?.on('data', (chunk: Buffer) => log.write(chunk));
  return {
    ended: new Promise((resolve) => {
      child.once('exit', (code) => {
        log.end();
        resolve(`exit code ${code}`);
      });
    }),
  };
};
