/** The simulated data set on disk: made once by worker threads, taken up again where it stopped. */
import { existsSync, mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { CalcarError } from '../../contract/errors.ts';
import { splits, type SnapshotManifest, type Split } from '../../contract/snapshot.ts';
import { cohortOf } from './cohort.ts';
import type { DatasetJob } from './datasetWorker.ts';
import { paths, stemOf } from './patientFiles.ts';
import { freezeSnapshot, isFrozen, openSnapshot, patientStems, type FreezeOptions } from './snapshot.ts';
import { writeFailure } from '../writeFailure.ts';

export interface DatasetPlan {
  readonly folder: string;
  readonly learn: number;
  readonly tune: number;
  readonly test: number;
}

/**
 * A simulated study, frozen: simulates what is missing of it, then freezes. Stopped at any moment, it goes on where
 * it was; where it is frozen already, its manifest is given again.
 *
 * @param report is told after each patient how many of how many are done
 * @throws CalcarError 'invalid-input' for a plan without patients, and where the folder holds other patients than the
 *   plan's; 'disk-full', 'read-only'; 'internal' when a worker fails
 */
export async function makeSimulatedStudy(
  plan: DatasetPlan,
  options: Omit<FreezeOptions, 'study'>,
  workers: number,
  report: (done: number, of: number) => void,
): Promise<{ readonly manifest: SnapshotManifest; readonly made: number }> {
  if (plan.learn + plan.tune + plan.test === 0)
    throw new CalcarError(
      'invalid-input',
      'A data set needs patients. Say how many learn, tune and test; nothing was made.',
    );
  refuseOthers(plan);
  const made = await buildDataset(plan, workers, report);
  return { manifest: freezeSnapshot(plan.folder, { ...options, study: 'simulated study' }), made };
}

/** A study must hold exactly the patients of its command: neither more, nor others once it is frozen. */
function refuseOthers(plan: DatasetPlan): void {
  const { folder } = plan;
  if (!existsSync(folder)) return;
  const planned = new Set(
    splits.flatMap((split) => Array.from({ length: plan[split] }, (_, number) => stemOf(split, number))),
  );
  const isFrozenAlready = isFrozen(folder);
  const there = isFrozenAlready
    ? openSnapshot(folder).manifest.entries.map(({ stem }) => stem)
    : patientStems(folder);
  const isOfPlan = there.every((stem) => planned.has(stem));
  if (isOfPlan && (!isFrozenAlready || there.length === planned.size)) return;
  throw new CalcarError(
    'invalid-input',
    isFrozenAlready
      ? `This folder holds a frozen data set with another number of patients (${folder}). A frozen data set never changes: make the new one in another folder.`
      : `This folder holds patients that were not asked for (${folder}). Ask for as many as before, or make the data set in another folder.`,
  );
}

/** Patients that are not stored yet: learning and tuning ones mixed in proportion, then those for testing. */
function missingJobs({ folder, learn, tune, test }: DatasetPlan): DatasetJob[] {
  const jobs: (DatasetJob & { readonly order: number })[] = [];
  const add = (split: Split, count: number, after: number): void => {
    for (let number = 0; number < count; number++) {
      if (!existsSync(paths(folder, stemOf(split, number)).truth))
        jobs.push({
          folder,
          split,
          cohort: cohortOf(split, test > 0),
          number,
          order: after + number / count,
        });
    }
  };
  add('learn', learn, 0);
  add('tune', tune, 0);
  add('test', test, 1);
  return jobs
    .sort((a, b) => a.order - b.order)
    .map(({ split, cohort, number }) => ({ folder, split, cohort, number }));
}

/**
 * Makes what is missing of a data set, `workers` patients at a time. Stopped at any moment, it goes on where
 * it was.
 *
 * @param report is told after each patient how many of how many are done
 * @returns how many patients were missing
 * @throws CalcarError 'disk-full', 'read-only', 'invalid-input' where the folder is a file; 'internal' when a worker fails
 */
export async function buildDataset(
  plan: DatasetPlan,
  workers: number,
  report: (done: number, of: number) => void,
): Promise<number> {
  try {
    mkdirSync(plan.folder, { recursive: true });
  } catch (error) {
    throw writeFailure(error);
  }
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
  return jobs.length;
}

function once(worker: Worker, job: DatasetJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', finished).off('error', failed);
      act();
    };
    const finished = (): void => settle(resolve);
    const failed = (cause: unknown): void => settle(() => reject(failureOf(job, cause)));
    worker.on('message', finished).on('error', failed);
    worker.postMessage(job);
  });
}

function failureOf({ split, number }: DatasetJob, cause: unknown): CalcarError {
  const known = writeFailure(cause);
  if (known instanceof CalcarError) return known;
  return new CalcarError(
    'internal',
    `Patient ${stemOf(split, number)} could not be simulated. What was made before is kept; run the command again to go on.`,
    cause,
  );
}
