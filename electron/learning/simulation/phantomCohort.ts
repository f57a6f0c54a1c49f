/** A cohort of simulated patients on disk, made by worker threads and taken up again where it stopped. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { CalcarError, fromWireError } from '../../contract/errors.ts';
import { type CohortSettings, patientFolder, unfinishedFolder } from './cohortFolder.ts';
import type { CohortJob, CohortReply } from './phantomCohortWorker.ts';
import { writeFailure } from '../writeFailure.ts';

export interface CohortPlan {
  /** Made where it is not there. */
  readonly folder: string;
  readonly patients: number;
  readonly settings: CohortSettings;
}

export interface BuiltCohort {
  /** Patients that were made now; the others had been there. */
  readonly made: number;
}

/** Remembers the settings, so that a cohort is never finished with others. */
const settingsFile = 'cohort.json';

/**
 * Makes the patients that are missing, `workers` at a time. Stopped at any moment, even killed, it goes on where it
 * was, to the same bytes.
 *
 * @param report is told after each patient how many of how many are there
 * @throws CalcarError 'invalid-input' for a folder with other things or settings; 'disk-full', 'read-only',
 * 'internal': the patients before stay, of the failed one nothing
 */
export async function buildCohort(
  plan: CohortPlan,
  workers: number,
  report: (done: number, of: number) => void,
): Promise<BuiltCohort> {
  const { folder, patients, settings } = plan;
  try {
    prepareFolder(folder, settings);
  } catch (error) {
    throw writeFailure(error);
  }
  const missing = Array.from({ length: patients }, (_, number) => number).filter(
    (number) => !existsSync(join(folder, patientFolder(number))),
  );
  let done = patients - missing.length;
  report(done, patients);
  const queue = missing.values();
  const crew = Array.from(
    { length: Math.min(workers, missing.length) },
    () => new Worker(new URL('./phantomCohortWorker.ts', import.meta.url)),
  );
  try {
    await Promise.all(
      crew.map(async (worker) => {
        for (const number of queue) {
          await simulate(worker, { folder, settings, number });
          report(++done, patients);
        }
      }),
    );
  } finally {
    await Promise.all(crew.map((worker) => worker.terminate()));
    // Those that were stopped in the middle because another failed.
    for (const number of missing)
      rmSync(join(folder, unfinishedFolder(number)), { recursive: true, force: true });
  }
  return { made: missing.length };
}

function simulate(worker: Worker, job: CohortJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const replied = (reply: CohortReply): void => {
      settle();
      if (reply.error === null) resolve();
      else reject(fromWireError(reply.error));
    };
    const failed = (cause: unknown): void => {
      settle();
      reject(
        new CalcarError(
          'internal',
          `Patient ${job.number + 1} could not be simulated. What was made before is kept; run the command again to go on.`,
          cause,
        ),
      );
    };
    const settle = (): void => {
      worker.off('message', replied).off('error', failed);
    };
    worker.on('message', replied).on('error', failed);
    worker.postMessage(job);
  });
}

/** @throws CalcarError 'invalid-input', and what the file system says */
function prepareFolder(folder: string, settings: CohortSettings): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, settingsFile);
  const wanted = `${JSON.stringify(settings, null, 1)}\n`;
  if (!existsSync(path)) {
    if (readdirSync(folder).some((name) => name !== `${settingsFile}.part`)) {
      throw new CalcarError(
        'invalid-input',
        'The folder holds other files and no simulated patients, so nothing was written. Choose an empty folder.',
      );
    }
    writeFileSync(`${path}.part`, wanted);
    renameSync(`${path}.part`, path);
    return;
  }
  const there = readFileSync(path, 'utf8');
  if (there !== wanted) throw otherSettings(there);
}

const rememberedSettings = z.object({
  seed: z.number(),
  voxel: z.number(),
  style: z.string(),
  ct: z.boolean(),
  films: z.boolean(),
  software: z.string(),
});

function otherSettings(there: string): CalcarError {
  const parsed = rememberedSettings.safeParse(parseJson(there));
  const what = parsed.success ? ` (${describe(parsed.data)})` : '';
  return new CalcarError(
    'invalid-input',
    `The folder holds simulated patients made with other settings${what}, so nothing was written. Use those, or choose an empty folder.`,
  );
}

function describe({ seed, voxel, style, ct, films, software }: z.infer<typeof rememberedSettings>): string {
  const kinds = [ct ? 'CT' : null, films ? `films in the ${style} look` : null].filter(
    (kind) => kind !== null,
  );
  return `seed ${seed}, ${voxel} mm, ${kinds.join(' and ')}, Calcar ${software}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
