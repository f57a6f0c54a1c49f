/** Why native TensorFlow cannot be set up on this machine, and the command that mends it (null where nothing does). */
export class SetupFailure extends Error {
  constructor(reason, mend, cause) {
    super(reason, { cause });
    this.mend = mend;
  }
}

/** The one line for the terminal. */
export function describeFailure(failure) {
  const mend = failure.mend === null ? '' : ` To mend it: ${failure.mend}`;
  return (
    `Calcar: native TensorFlow is not set up, because ${failure.message}. ` +
    `Calcar reads on WebAssembly instead: slower, and without training.${mend}`
  );
}

/** Errors of the file system in words; anything else as it is. */
export function asSetupFailure(error) {
  if (error instanceof SetupFailure) return error;
  const again = 'node build/setup.mjs';
  switch (error?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new SetupFailure('the disk is full', `free some space, then ${again}`, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new SetupFailure(
        `${error.path ?? 'a folder'} cannot be written`,
        `CALCAR_CACHE=<a folder that can be written> ${again}`,
        error,
      );
    default:
      return new SetupFailure(`the set-up broke (${firstLine(error)})`, again, error);
  }
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n', 1)[0];
}
