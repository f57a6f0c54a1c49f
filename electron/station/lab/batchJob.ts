import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CalcarError } from '../../contract/errors.ts';
import type { BatchReply, BatchWork } from './batchWorker.ts';
import type { RunBatch } from './batches.ts';
import { fromWorker } from './workerError.ts';

/**
 * Runs a batch in a thread of its own, which ends with it.
 *
 * @param dataFolder the station's, which holds the volumes
 * @param software version of Calcar
 */
export function runBatchTask(dataFolder: string, software: string): RunBatch {
  return async (batch, { signal, report }) => {
    const { volume, views, seed, style, folder } = batch;
    const work: BatchWork = {
      volumes: join(dataFolder, 'volumes'),
      volume,
      views,
      seed,
      style,
      folder,
      software,
    };
    const worker = new Worker(new URL('./batchWorker.ts', import.meta.url), { workerData: work });
    const outcome = Promise.withResolvers<undefined>();
    // The films that are under way are finished first.
    const stop = (): void => worker.postMessage('stop');
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (reply: BatchReply) => {
      switch (reply.kind) {
        case 'progress':
          report(reply);
          return;
        case 'done':
          outcome.resolve(undefined);
          return;
        case 'failed':
          outcome.reject(fromWorker(reply.failure));
      }
    });
    const died = (cause: unknown): void =>
      outcome.reject(
        new CalcarError(
          'compute-failed',
          'The computation of this batch ended unexpectedly. What was made is kept; resume the batch to go on.',
          cause,
        ),
      );
    worker.on('error', died);
    worker.on('exit', died);
    try {
      await outcome.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    }
  };
}
