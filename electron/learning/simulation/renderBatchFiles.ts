/** What lies on disk around a batch: its pictures, and what a simulated patient's folder tells of his hips. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { drrPicture, type DrrPicture } from '../../contract/cli.ts';
import { CalcarError } from '../../contract/errors.ts';
import { mm } from '../../contract/units.ts';
import { openRadiograph, renderDisplay } from '../../dicom/index.ts';
import { hipSides } from '../../volume/hips.ts';
import type { PatientPoint } from '../../volume/volume.ts';
import type { BatchHip } from './renderBatchPlan.ts';

/** A picture of a batch as it is shown, with its truth. */
export interface StoredPicture {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns, 0..255. */
  readonly greys: Uint8Array;
  readonly truth: DrrPicture;
}

/** @throws CalcarError 'not-found' where it is not there, 'invalid-input' where it is damaged */
export async function readPicture(folder: string, name: string): Promise<StoredPicture> {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) {
    throw new CalcarError('not-found', `The picture ${name} is not there. Run the command again to make it.`);
  }
  const parsed = drrPicture.safeParse(jsonOf(path));
  if (!parsed.success) {
    throw new CalcarError(
      'invalid-input',
      `The file ${name}.json is damaged. Delete it and run the command again.`,
      parsed.error,
    );
  }
  const { file } = parsed.data;
  const film = await openRadiograph(readFileSync(join(folder, file)), file);
  const { rows, columns } = parsed.data;
  return { rows, columns, greys: renderDisplay(film), truth: parsed.data };
}

const corner = z
  .tuple([z.number(), z.number(), z.number()])
  .transform(([x, y, z_]): PatientPoint => [mm(x), mm(y), mm(z_)]);
const hipTruth = z.object({
  grade: z.enum(['none', 'I', 'II', 'III', 'IV']),
  outOfScope: z.boolean(),
  headCentre: corner,
  headDiameter: z.number().positive(),
  boxCorners: z.array(corner).min(2),
});
/** What is used of the truth.json that `calcar phantom` writes. */
const patientTruth = z.object({
  simulated: z.literal(true),
  ct: z.object({ folder: z.string() }).nullable(),
  hips: z.object({ left: hipTruth, right: hipTruth }),
});

/**
 * The CT and the true hips of a simulated patient, where `path` is a folder that `calcar phantom` wrote or the CT in
 * it; null for anything else.
 */
export function simulatedPatient(path: string): { readonly ct: string; readonly hips: BatchHip[] } | null {
  for (const folder of [resolve(path), dirname(resolve(path))]) {
    const truth = patientTruth.safeParse(jsonOf(join(folder, 'truth.json')));
    if (!truth.success || truth.data.ct === null) continue;
    const ct = join(folder, truth.data.ct.folder);
    if (folder !== resolve(path) && ct !== resolve(path)) continue;
    const { hips } = truth.data;
    const known = hipSides.map((side): BatchHip => {
      const { grade, outOfScope, headCentre, headDiameter, boxCorners } = hips[side];
      return { side, headCentre, headRadius: mm(headDiameter / 2), label: grade, outOfScope, boxCorners };
    });
    return { ct, hips: known };
  }
  return null;
}

/** Null where there is no such file or no JSON in it. */
function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
