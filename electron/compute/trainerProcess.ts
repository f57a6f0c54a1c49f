/**
 * The training process: trains one run, whose folder is its one argument, and ends. Whoever started it may be gone
 * meanwhile; the folder is all that they share. Asked to end (SIGTERM, SIGINT) it keeps a checkpoint first.
 */
import { availableParallelism } from 'node:os';
import { trainRun } from '../learning/training/trainRun.ts';
import { chooseBackend } from './backend.ts';

const checkpointEverySeconds = Number(process.env['CALCAR_CHECKPOINT_SECONDS'] ?? 60);
/** Cores for one thread that makes batches: a step keeps about three busy while one batch is made. */
const coresAWorker = 4;

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('The training process is started by Calcar, not by hand.');

let isEnding = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    isEnding = true;
  });

try {
  await trainRun(folder, {
    openBackend: () => chooseBackend({ needs: 'training' }),
    workers: Math.max(1, Math.floor(availableParallelism() / coresAWorker)),
    checkpointEverySeconds,
    isEnding: () => isEnding,
  });
} catch (error) {
  // For the log: what a person needs to know stands in the run's folder.
  console.error(error);
  process.exitCode = 1;
}
// Threads of a backend must not keep it alive.
process.exit();
