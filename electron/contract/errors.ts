import * as z from 'zod';

/**
 * Every way in which Calcar refuses or fails, by kind. A kind says what to do about it; the sentence
 * says it to a person; the cause goes to the log, which never holds a patient's name.
 */
export const errorKinds = [
  // what came in
  'not-dicom',
  'not-an-image',
  'truncated',
  'unsupported-transfer-syntax',
  'unsupported-image',
  'corrupt-pixels',
  'bad-header',
  'too-large',
  'unreadable-file',
  'invalid-input',
  'invalid-volume',
  // something of a patient who tests would reach training
  'leak',
  // what is not there
  'not-found',
  'model-missing',
  'model-damaged',
  // a candidate that has not shown what the rules ask of it
  'not-promoted',
  'backend-unavailable',
  // what broke
  'compute-crashed',
  'compute-failed',
  // the loss is no number any more
  'diverged',
  'database-failed',
  'database-damaged',
  'database-newer',
  'disk-full',
  'read-only',
  'folder-in-use',
  'cancelled',
  'timeout',
  'internal',
] as const;
export const errorKind = z.enum(errorKinds);
export type ErrorKind = z.infer<typeof errorKind>;

/** An error as it crosses a process boundary. The cause stays in the log of the process that saw it. */
export const wireError = z.strictObject({ kind: errorKind, sentence: z.string() });
export type WireError = z.infer<typeof wireError>;

/** The one error class of Calcar. `message` is the sentence for the person. */
export class CalcarError extends Error {
  override readonly name = 'CalcarError';
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

export function toWireError(error: unknown): WireError {
  if (error instanceof CalcarError) return { kind: error.kind, sentence: error.message };
  return {
    kind: 'internal',
    sentence: 'Something inside Calcar failed. Nothing that was saved is affected; the log has the details.',
  };
}

export function fromWireError(error: WireError): CalcarError {
  return new CalcarError(error.kind, error.sentence);
}
