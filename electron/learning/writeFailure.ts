import { CalcarError } from '../contract/errors.ts';

/** What a disk says when it does not take a file, as an error that a person can act on; other errors as they are. */
export function writeFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new CalcarError(
        'disk-full',
        'The disk is full. What was finished before is kept, nothing half-written is. Free some space and run the command again to go on.',
        error,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new CalcarError(
        'read-only',
        'Calcar may not write in this folder, so nothing was written. Ask for the right to write there, or choose another folder.',
        error,
      );
    case 'EEXIST':
    case 'ENOTDIR':
      return new CalcarError(
        'invalid-input',
        'What is to be the folder is a file, so nothing was written. Choose another name.',
        error,
      );
    default:
      return error;
  }
}
