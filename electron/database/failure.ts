import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ErrorKind } from '../contract/errors.ts';
import { CalcarError } from '../contract/errors.ts';

const damagedSentence = (path: string, backup: string | null): string =>
  `The database of Calcar is damaged and was not opened, and nothing was written to it: ${path}. ` +
  'The imported films are separate files and are not affected. ' +
  (backup === null
    ? 'Copy the whole data folder to a safe place, then put a backup of this file in its place.'
    : `Copy the whole data folder to a safe place, then put this backup in its place: ${backup}.`);

export function databaseDamaged(path: string, cause: unknown, backup: string | null = null): CalcarError {
  return new CalcarError('database-damaged', damagedSentence(path, backup), cause);
}

/** What a failing disk, folder or file looks like to SQLite, as the error a person can act on. */
export function databaseError(error: unknown, path: string): CalcarError {
  if (error instanceof CalcarError) return error;
  switch (kindOf(error, path)) {
    case 'database-damaged':
      return databaseDamaged(path, error);
    case 'disk-full':
      return new CalcarError(
        'disk-full',
        'The disk is full, so this was not saved. Everything saved before is safe. ' +
          `Free some space on the disk that holds ${dirname(path)}, then do it again.`,
        error,
      );
    case 'read-only':
      return new CalcarError(
        'read-only',
        `Calcar may not write in its data folder ${dirname(path)}, so nothing can be saved. ` +
          'Ask for the right to write there, or set CALCAR_HOME to another folder.',
        error,
      );
    default:
      return new CalcarError(
        'database-failed',
        'The database did not take this, so it was not saved. Everything saved before is safe; the log has the details.',
        error,
      );
  }
}

function kindOf(error: unknown, path: string): ErrorKind {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return 'database-damaged';
    case 'SQLITE_FULL':
    case 'ENOSPC':
    case 'EDQUOT':
      return 'disk-full';
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'read-only';
    case 'SQLITE_IOERR':
    case 'SQLITE_CANTOPEN':
      // SQLite says only "I/O error" when the shared-memory file cannot grow on a full disk.
      return noSpaceLeft(path) ? 'disk-full' : 'database-failed';
    default:
      return 'database-failed';
  }
}

/** Less than 64 KiB: the step by which SQLite's shared-memory file grows, with some room. */
function noSpaceLeft(path: string): boolean {
  try {
    const disk = statfsSync(dirname(path));
    return disk.bavail * disk.bsize < 65_536;
  } catch {
    return false;
  }
}
