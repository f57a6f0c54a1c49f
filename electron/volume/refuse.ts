import { CalcarError, type ErrorKind } from '../contract/errors.ts';

/** What every refused volume means for the person. */
const aftermath = 'The volume was not opened.';

/**
 * A volume that cannot be used: what happened in one sentence, what it means, what to do about it. Neither
 * sentence may name a patient or a whole path.
 */
export function refuseVolume(
  what: string,
  advice: string,
  kind: ErrorKind = 'invalid-volume',
  cause?: unknown,
): CalcarError {
  return new CalcarError(kind, `${what} ${aftermath} ${advice}`, cause);
}
