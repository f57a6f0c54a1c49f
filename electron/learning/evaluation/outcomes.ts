/** The outcomes file: all that was read, compressed JSON, beside the report that is made of it. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CalcarError } from '../../contract/errors.ts';
import { outcomes as shape, type Outcomes } from '../../contract/evaluation.ts';
import { writeFailure } from '../writeFailure.ts';

export const outcomesFile = 'outcomes.json.gz';

/** @throws CalcarError 'disk-full' or 'read-only'; what was there before is as it was */
export function saveOutcomes(path: string, value: Outcomes): void {
  try {
    writeFileSync(`${path}.part`, gzipSync(JSON.stringify(value)));
    renameSync(`${path}.part`, path);
  } catch (error) {
    throw writeFailure(error);
  }
}

/** @throws CalcarError 'not-found', or 'invalid-input' when the file is damaged or of another kind */
export function loadOutcomes(path: string): Outcomes {
  try {
    return shape.parse(JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      throw new CalcarError('not-found', `There is no outcomes file ${path}.`, cause);
    throw new CalcarError(
      'invalid-input',
      `The outcomes file ${path} is damaged or no outcomes file. Evaluate the models again.`,
      cause,
    );
  }
}
