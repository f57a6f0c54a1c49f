import { CalcarError } from '../contract/errors.ts';
import type { JobName, Progress, ReadyMessage } from './jobs.ts';

/** A job with the promise of its answer. */
export interface QueuedJob {
  readonly id: number;
  readonly name: JobName;
  readonly input: unknown;
  /** It was running when the process died, and is tried for the last time. */
  readonly isRetry: boolean;
  /** The person who asked does not want it any more. */
  isCancelled(): boolean;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  resolve(answer: { value: unknown; ready: ReadyMessage }): void;
  reject(error: CalcarError): void;
}

export interface JobQueue {
  /** @returns the answer, with the process that gave it */
  add(
    name: JobName,
    input: unknown,
    options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void },
  ): Promise<{ value: unknown; ready: ReadyMessage }>;
  /** The job that waited longest, or null. */
  take(): QueuedJob | null;
  /** To the front of the queue, to be tried once more. */
  putBack(job: QueuedJob): void;
  rejectAll(error: CalcarError): void;
}

/** First come, first served. A job whose signal is aborted is rejected at once and leaves the queue. */
export function createJobQueue(): JobQueue {
  let waiting: QueuedJob[] = [];
  let lastId = 0;
  return {
    add: (name, input, { signal, onProgress }) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        const cancelled = () => new CalcarError('cancelled', 'This was called off before it was finished.');
        if (signal?.aborted) {
          reject(cancelled());
          return;
        }
        const onAbort = () => {
          waiting = waiting.filter((job) => job.id !== id);
          reject(cancelled());
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        const settled = () => signal?.removeEventListener('abort', onAbort);
        waiting.push({
          id,
          name,
          input,
          isRetry: false,
          isCancelled: () => signal?.aborted ?? false,
          onProgress,
          resolve: (answer) => {
            settled();
            resolve(answer);
          },
          reject: (error) => {
            settled();
            reject(error);
          },
        });
      }),
    take: () => waiting.shift() ?? null,
    putBack: (job) => waiting.unshift({ ...job, isRetry: true }),
    rejectAll: (error) => {
      for (const job of waiting.splice(0)) job.reject(error);
    },
  };
}
