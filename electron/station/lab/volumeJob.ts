import { Worker } from 'node:worker_threads';
import { CalcarError } from '../../contract/errors.ts';
import type { LabVolume } from '../../contract/lab.ts';
import type { VolumeReply, VolumeTask, VolumeWork } from './volumeWorker.ts';
import { fromWorker } from './workerError.ts';

export type VolumeProgress = Omit<Extract<VolumeReply, { kind: 'progress' }>, 'kind'>;

const cancelled = (): CalcarError => new CalcarError('cancelled', 'It was stopped; nothing was kept.');

/**
 * Adds or builds one volume in a thread of its own, which ends with it.
 * @throws CalcarError of `openVolume`, `findHips` and `VolumeStore.keep`; 'cancelled' when the signal says so
 */
export async function runVolumeTask(
  folder: string,
  task: VolumeTask,
  { signal, report }: { signal: AbortSignal; report: (progress: VolumeProgress) => void },
): Promise<LabVolume> {
  if (signal.aborted) throw cancelled();
  const worker = new Worker(new URL('./volumeWorker.ts', import.meta.url), {
    workerData: { folder, task } satisfies VolumeWork,
  });
  const outcome = Promise.withResolvers<LabVolume>();
  const stop = (): void => outcome.reject(cancelled());
  signal.addEventListener('abort', stop, { once: true });
  worker.on('message', (reply: VolumeReply) => {
    switch (reply.kind) {
      case 'progress':
        report(reply);
        return;
      case 'kept':
        outcome.resolve(reply.volume);
        return;
      case 'failed':
        outcome.reject(fromWorker(reply.failure));
    }
  });
  const died = (cause: unknown): void =>
    outcome.reject(
      new CalcarError(
        'too-large',
        'The computation ended before the volume was ready, most likely because memory ran out. Nothing was kept; close other programs, or take a smaller volume.',
        cause,
      ),
    );
  worker.on('error', died);
  worker.on('exit', died);
  try {
    return await outcome.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
