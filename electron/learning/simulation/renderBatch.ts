/** Many pictures of many hips in worker threads, taken up again where it stopped. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../../contract/errors.ts';
import { hipSides, type HipSide } from '../../volume/hips.ts';
import { replace } from './renderBatchPicture.ts';
import {
  batchRecordName,
  type BatchPlan,
  type BatchResult,
  type BatchVolume,
  pictureName,
  volumeRecordName,
} from './renderBatchPlan.ts';
import { type BatchOptions, type Course, runBatch, type VolumeRecord } from './renderBatchRun.ts';
import { writeFailure } from '../writeFailure.ts';

export type { BatchHip, BatchPlan, BatchProgress, BatchResult, BatchVolume } from './renderBatchPlan.ts';
export type { BatchOptions } from './renderBatchRun.ts';

/** What is known of a volume once it was ready: kept on disk, so that a finished one need not be opened again. */
const volumeRecord: z.ZodType<VolumeRecord> = z.strictObject({
  of: z.string(),
  hips: z.array(z.enum(hipSides)),
  missing: z.array(z.strictObject({ side: z.enum(hipSides), reason: z.string() })),
  notes: z.array(z.string()),
});
/**
 * Makes the pictures of a plan that are not there yet: for each a DICOM film and a JSON file of its truth, which is
 * written last. The same plan gives the same bytes whatever the workers, and however often it was interrupted.
 * A volume that cannot be used, or lacks a hip, is told in the result; the others are pictured.
 *
 * @throws CalcarError 'invalid-input' for an impossible plan or a folder that holds another batch, 'disk-full',
 * 'read-only', 'cancelled', 'compute-crashed'; whatever was made is whole and stays.
 */
export async function renderBatch(plan: BatchPlan, options: BatchOptions = {}): Promise<BatchResult> {
  check(plan);
  const courses = begin(plan);
  const made = await runBatch(plan, courses, options, {
    missing: (number, sides) => missingPictures(plan, number, sides),
    remember: (number, record) => {
      replace(join(plan.folder, volumeRecordName(number)), `${JSON.stringify(record, null, 1)}\n`);
    },
    identity: (wanted, sha256) => identityOf(wanted) ?? scanIdentity(wanted, sha256),
  });
  return resultOf(plan, courses, made);
}

function check({ views, workers, volumes, sides, film }: BatchPlan): void {
  const counts = [views, workers, volumes.length, sides.length, film.rows, film.columns];
  if (counts.every((count) => Number.isInteger(count) && count >= 1) && film.spacing > 0) return;
  throw new CalcarError(
    'invalid-input',
    'A batch needs at least one volume, one side, one view, one worker and a film with pixels.',
  );
}

/** Looks through the folder for what is there already. */
function begin(plan: BatchPlan): Course[] {
  const { folder } = plan;
  try {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, batchRecordName);
    const record = `${JSON.stringify(recordOf(plan), null, 1)}\n`;
    // A batch of which no volume was ever ready has left nothing that could be mixed up.
    const begun = plan.volumes.some((_, number) => existsSync(join(folder, volumeRecordName(number))));
    if (!begun || !existsSync(path)) replace(path, record);
    else if (readFileSync(path, 'utf8') !== record) throw otherBatch();
  } catch (error) {
    throw writeFailure(error);
  }
  return plan.volumes.map((wanted, number) => courseOf(plan, wanted, number));
}

/** All that decides the bytes of a picture; more views or volumes only add pictures. */
function recordOf({ seed, style, film, held, depthStep, sides, software }: BatchPlan): unknown {
  return {
    simulated: true,
    software,
    seed,
    style,
    sides,
    film,
    held: held ?? {},
    depthStep: depthStep ?? null,
  };
}

const otherBatch = (): CalcarError =>
  new CalcarError(
    'invalid-input',
    'This folder holds pictures of another batch. Choose another folder, or the settings of that batch to go on with it.',
  );

function courseOf(plan: BatchPlan, wanted: BatchVolume, number: number): Course {
  const course: Course = {
    wanted,
    number,
    state: 'waiting',
    record: null,
    reason: null,
    ready: null,
    left: [],
    underway: 0,
  };
  const path = join(plan.folder, volumeRecordName(number));
  if (!existsSync(path)) return course;
  const parsed = volumeRecord.safeParse(jsonOf(path));
  if (!parsed.success) return course;
  const identity = identityOf(wanted);
  if (identity !== null && parsed.data.of !== identity) throw otherBatch();
  course.record = parsed.data;
  if (missingPictures(plan, number, parsed.data.hips).length === 0) course.state = 'done';
  return course;
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Damaged: the volume is opened again, which writes it anew.
    return null;
  }
}

/** What decides a volume's pictures, as it stands in its record; null for a file, whose content shows when it is opened. */
function identityOf(wanted: BatchVolume): string | null {
  switch (wanted.kind) {
    case 'phantom':
      return `phantom ${JSON.stringify([wanted.seed, wanted.grades, wanted.voxel])}`;
    case 'resident':
      return scanIdentity(wanted, wanted.sha256);
    case 'file':
      return null;
  }
}

function scanIdentity(wanted: BatchVolume, sha256: string): string {
  if (wanted.kind === 'phantom') return sha256;
  const told = { hips: wanted.hips, labels: wanted.labels };
  return `volume ${sha256} ${JSON.stringify(told)}`;
}

function missingPictures(
  { folder, views }: BatchPlan,
  number: number,
  sides: readonly HipSide[],
): { hip: number; view: number }[] {
  // View by view, so that a batch that is stopped has as many pictures of each hip.
  return Array.from({ length: views }, (_, view) =>
    sides.flatMap((side, hip) =>
      existsSync(join(folder, `${pictureName(number, side, view)}.json`)) ? [] : [{ hip, view }],
    ),
  ).flat();
}

function resultOf(plan: BatchPlan, courses: readonly Course[], made: number): BatchResult {
  return {
    folder: plan.folder,
    pictures: courses.flatMap(({ number, record }) =>
      Array.from({ length: plan.views }, (_, view) =>
        (record?.hips ?? []).map((side) => pictureName(number, side, view)),
      ).flat(),
    ),
    made,
    refused: courses.flatMap(({ number, record, state, reason }): BatchResult['refused'] =>
      state === 'refused'
        ? [{ volume: number, side: null, reason: reason ?? '' }]
        : (record?.missing ?? []).map((hip) => ({ volume: number, ...hip })),
    ),
    notes: courses.flatMap(({ record, state }) => (state === 'refused' ? [] : (record?.notes ?? []))),
  };
}
