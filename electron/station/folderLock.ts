import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../contract/errors.ts';
import { openConnection } from '../database/connection.ts';
import { databaseError } from '../database/failure.ts';

const owner = z.object({ process: z.number(), host: z.string(), door: z.string(), since: z.string() });

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only station of a data folder. The lock is the operating system's own, taken
 * through an empty SQLite file, so a station that was killed leaves none behind.
 * @param door what holds it, in words for a person: 'the Calcar window', 'the command line'
 * @throws CalcarError 'folder-in-use' naming the other station, 'read-only', 'disk-full'
 */
export async function lockFolder(folder: string, door: string): Promise<FolderLock> {
  const ownerFile = join(folder, 'station.json');
  const lockFile = join(folder, 'station.lock');
  const connection = await openConnection(lockFile, 'create', 300);
  try {
    await connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    await connection.close();
    if (!isBusy(error)) throw error;
    throw new CalcarError(
      'folder-in-use',
      `Calcar is already open with this data folder (${await describeOwner(ownerFile)}): ${folder}. ` +
        'Use that one, or close it first. CALCAR_HOME can name another folder.',
      error,
    );
  }
  try {
    const mine = { process: process.pid, host: hostname(), door, since: new Date().toISOString() };
    await writeFile(ownerFile, JSON.stringify(mine));
  } catch (error) {
    await connection.close();
    throw databaseError(error, lockFile);
  }
  return {
    release: async () => {
      await rm(ownerFile, { force: true });
      await connection.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'SQLITE_BUSY';
}

async function describeOwner(ownerFile: string): Promise<string> {
  try {
    const other = owner.parse(JSON.parse(await readFile(ownerFile, 'utf8')));
    const where = other.host === hostname() ? '' : ` on ${other.host}`;
    return `${other.door}, process ${other.process}${where}, since ${new Date(other.since).toLocaleString()}`;
  } catch {
    return 'by another process';
  }
}
