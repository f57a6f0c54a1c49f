/** A worker thread that simulates one patient of a cohort at a time and writes him. */
import { parentPort } from 'node:worker_threads';
import { CalcarError, toWireError, type WireError } from '../../contract/errors.ts';
import type { CohortSettings } from './cohortFolder.ts';
import { writePatient } from './phantomPatient.ts';
import { writeFailure } from '../writeFailure.ts';

export interface CohortJob {
  readonly folder: string;
  readonly settings: CohortSettings;
  /** From 0. */
  readonly number: number;
}

export interface CohortReply {
  /** Null when the patient is there. */
  readonly error: WireError | null;
}

parentPort?.on('message', ({ folder, settings, number }: CohortJob) => {
  parentPort?.postMessage(reply(() => writePatient(folder, settings, number)));
});

/** Errors lose their class between threads; what has none is thrown, so that its stack reaches the log. */
function reply(write: () => void): CohortReply {
  try {
    write();
    return { error: null };
  } catch (thrown) {
    const error = writeFailure(thrown);
    if (!(error instanceof CalcarError)) throw error;
    return { error: toWireError(error) };
  }
}
