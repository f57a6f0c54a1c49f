/** One process a run: the lock is the operating system's own, so that a killed trainer leaves none behind. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CalcarError } from '../../contract/errors.ts';

/** An empty SQLite file, through which the system's file locks are reached on every platform. */
const lockName = 'trainer.lock';
/** Longer than another process needs to look whether the lock is held. */
const patienceMs = 1000;

export interface RunLock {
  release(): void;
}

/** @throws CalcarError 'folder-in-use' when another process trains the run */
export function lockRun(folder: string): RunLock {
  const database = new DatabaseSync(join(folder, lockName), { timeout: patienceMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new CalcarError(
      'folder-in-use',
      'This training is already under way in another process. Watch it, or pause it there first.',
      cause,
    );
  }
  return { release: () => database.close() };
}

/** Whether a process holds the run now. */
export function isLocked(folder: string): boolean {
  const path = join(folder, lockName);
  if (!existsSync(path)) return false;
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return false;
  } catch {
    return true;
  } finally {
    database.close();
  }
}
