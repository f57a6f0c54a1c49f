import { CalcarError, type ErrorKind } from '../contract/errors.ts';

/** The end of every refusal: what it means for the rest of an import. */
const aftermath = 'It was left out; nothing else is affected.';

/** A file that cannot be used: `what` says what happened in one sentence, the rest says what it means. */
export function refusal(kind: ErrorKind, what: string, cause?: unknown): CalcarError {
  return new CalcarError(kind, `${what} ${aftermath}`, cause);
}

/** The most pixels that one frame may have; larger than any radiograph and small enough for memory. */
export const maximumPixels = 64 * 1024 * 1024;

/** Refuses a frame before anything is allocated for it. Throws 'bad-header' and 'too-large'. */
export function checkFrameSize(rows: number, columns: number): void {
  if (rows < 1 || columns < 1) {
    throw refusal('bad-header', 'This file does not say how many rows and columns its picture has.');
  }
  if (rows * columns > maximumPixels) {
    throw refusal(
      'too-large',
      `This picture claims ${columns} × ${rows} pixels, more than any radiograph has and more than Calcar opens.`,
    );
  }
}

/** What happened, without what it means for an import: for files that are only a part of what is opened. */
export function whatHappened(error: CalcarError): string {
  return error.message.endsWith(aftermath) ? error.message.slice(0, -aftermath.length).trim() : error.message;
}
