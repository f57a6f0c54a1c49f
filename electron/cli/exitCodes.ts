import type { ErrorKind } from '../contract/errors.ts';

/** What `calcar` ends with. */
export const exitCodes = {
  done: 0,
  /** It ran, but some of what was asked for could not be done: files refused, a check not passed. */
  incomplete: 1,
  /** The command line was wrong; nothing was done. */
  usage: 2,
  /** The data folder or its database cannot be used: in use, read-only, full, damaged, newer. */
  station: 3,
  /** No model or tensor backend to read with. */
  machine: 4,
  /** Something inside Calcar failed. */
  internal: 70,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp = `
Exit codes:
  0   done
  1   done in part: a file was refused or could not be read, or a check was not passed
  2   the command line was wrong; nothing was done
  3   the data folder or its database cannot be used (in use, read-only, full, damaged, newer)
  4   no model or tensor backend to read with
  70  something inside Calcar failed

The data folder is CALCAR_HOME, or the system's place for application data.`;

export function exitCodeOf(kind: ErrorKind): ExitCode {
  switch (kind) {
    case 'folder-in-use':
    case 'read-only':
    case 'disk-full':
    case 'database-damaged':
    case 'database-newer':
    case 'database-failed':
      return exitCodes.station;
    case 'model-missing':
    case 'model-damaged':
    case 'backend-unavailable':
    case 'compute-crashed':
      return exitCodes.machine;
    case 'invalid-input':
      return exitCodes.usage;
    case 'internal':
      return exitCodes.internal;
    default:
      return exitCodes.incomplete;
  }
}
