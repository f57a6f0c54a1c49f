import type { WireError } from '../../contract/errors.ts';
import { CalcarError, toWireError } from '../../contract/errors.ts';

/** What went wrong in a worker thread, as it travels to the station: the sentence, and where it was for the log. */
export interface WorkerFailure {
  readonly error: WireError;
  /** The frames of the stack, without the message, which may quote what was read. */
  readonly frames: readonly string[];
}

export function workerFailure(error: unknown): WorkerFailure {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { error: toWireError(error), frames: stack.split('\n').filter((line) => /^\s+at /.test(line)) };
}

/** The error on the station's side; its cause has the worker's frames. */
export function fromWorker({ error, frames }: WorkerFailure): CalcarError {
  const cause = new Error('in a worker thread');
  cause.stack = frames.join('\n');
  return new CalcarError(error.kind, error.sentence, cause);
}
