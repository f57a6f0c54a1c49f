/** The simulated data set on disk: made once by worker threads, taken up again where it stopped. */
import { existsSync, mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { CalcarError } from '../contract/errors.ts';
import type { Split } from '../contract/snapshot.ts';
import type { DatasetJob } from './datasetWorker.ts';
import { paths, stemOf } from './patientFiles.ts';

export interface DatasetPlan {
  readonly folder: string;
  readonly learn: number;
  readonly tune: number;
  readonly test: number;
}

/** Patients that are not stored yet: learning and tuning ones mixed in proportion, then those for testing. */
function missingJobs({ folder, learn, tune, test }: DatasetPlan): DatasetJob[] {
  const jobs: (DatasetJob & { readonly order: number })[] = [];
  const add = (split: Split, count: number, after: number): void => {
    for (let number = 0; number < count; number++) {
      if (!existsSync(paths(folder, stemOf(split, number)).truth))
        jobs.push({ folder, split, number, order: after + number / count });
    }
  };
  add('learn', learn, 0);
  add('tune', tune, 0);
  add('test', test, 1);
  return jobs.sort((a, b) => a.order - b.order).map(({ split, number }) => ({ folder, split, number }));
}

/**
 * Makes what is missing of a data set, `workers` patients at a time. Stopped at any moment, it goes on where
 * it was.
 *
 * @param report is told after each patient how many of how many are done
 * @throws CalcarError 'internal' when a worker fails
 */
export async function buildDataset(
  plan: DatasetPlan,
  workers: number,
  report: (done: number, of: number) => void,
): Promise<void> {
  mkdirSync(plan.folder, { recursive: true });
  const jobs = missingJobs(plan);
  const total = plan.learn + plan.tune + plan.test;
  let done = total - jobs.length;
  report(done, total);
  const queue = jobs.values();
  await Promise.all(
    Array.from({ length: Math.min(workers, jobs.length) }, async () => {
      const worker = new Worker(new URL('./datasetWorker.ts', import.meta.url));
      try {
        for (const job of queue) {
          await once(worker, job);
          report(++done, total);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
}

function once(worker: Worker, job: DatasetJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', finished).off('error', failed);
      act();
    };
    const finished = (): void => settle(resolve);
    const failed = (cause: unknown): void =>
      settle(() =>
        reject(
          new CalcarError(
            'internal',
            `Patient ${String(job.number)} could not be simulated. What was made before is kept; run the command again to go on.`,
            cause,
          ),
        ),
      );
    worker.on('message', finished).on('error', failed);
    worker.postMessage(job);
  });
}
