import { existsSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { openConnection } from './connection.ts';
import { databaseDamaged, databaseError } from './failure.ts';
import type { Migration } from './migrate.ts';
import { applicationId, migrate, refuseNewer, schemaVersion } from './migrate.ts';
import { migrations } from './migrations/all.ts';

/**
 * Brings the database file at `path` to today's schema, so that it can be opened for work.
 * A file that is not there is made under another name and moved into place whole, so an empty file in its
 * place is damage and never a fresh start. A damaged or newer file is left as it is, byte for byte. Before
 * a migration the old database is copied beside it.
 * @throws CalcarError 'database-damaged', 'database-newer', 'read-only', 'disk-full', 'database-failed'
 */
export async function prepareFile(path: string, steps: readonly Migration[] = migrations): Promise<void> {
  if (!existsSync(path)) {
    if (existsSync(`${path}-wal`))
      throw databaseDamaged(path, new Error('the log is there without its database'), await lastBackup(path));
    await makeNew(path, steps);
    return;
  }
  const version = await inspect(path);
  refuseNewer(version, steps, path);
  if (version < steps.length) {
    await backUp(path, `before-version-${steps.length}`);
    const connection = await openConnection(path, 'write');
    try {
      await migrate(connection, version, steps);
    } finally {
      await connection.close();
    }
  }
}

async function makeNew(path: string, steps: readonly Migration[]): Promise<void> {
  const unfinished = `${path}.new`;
  for (const rest of ['', '-wal', '-shm', '-journal']) await removeFile(unfinished + rest, path);
  const connection = await openConnection(unfinished, 'create');
  try {
    await connection.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA application_id = ${applicationId}`,
    );
    await migrate(connection, 0, steps);
  } finally {
    await connection.close();
  }
  await moveIntoPlace(unfinished, path);
}

const quickCheckRows = z.array(z.object({ quick_check: z.string() }));

/** Looks at the file through a connection that cannot write, so that damage is never made worse. */
async function inspect(path: string): Promise<number> {
  const backup = await lastBackup(path);
  if (!(await startsAsDatabase(path))) throw databaseDamaged(path, new Error('no SQLite header'), backup);
  const connection = await openConnection(path, 'read');
  try {
    const rows = quickCheckRows.parse(await connection.all('PRAGMA quick_check(10)'));
    if (rows[0]?.quick_check !== 'ok')
      throw databaseDamaged(path, new Error(rows.map((row) => row.quick_check).join('; ')), backup);
    return await schemaVersion(connection, path);
  } catch (error) {
    const known = databaseError(error, path);
    throw known.kind === 'database-damaged' ? databaseDamaged(path, known.cause, backup) : known;
  } finally {
    await connection.close();
  }
}

async function startsAsDatabase(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      const start = Buffer.alloc(16);
      const { bytesRead } = await file.read(start, 0, 16, 0);
      return bytesRead === 16 && start.toString('latin1') === 'SQLite format 3\0';
    } finally {
      await file.close();
    }
  } catch (error) {
    throw databaseError(error, path);
  }
}

/** A whole, consistent copy beside the database (VACUUM INTO includes what is still in the log). */
async function backUp(path: string, label: string): Promise<void> {
  const stamp = new Date().toISOString().replaceAll(':', '-');
  const backup = `${path}.${label}.${stamp}.backup`;
  const connection = await openConnection(path, 'write');
  try {
    await connection.run('VACUUM INTO ?', [`${backup}.part`]);
  } finally {
    await connection.close();
  }
  await moveIntoPlace(`${backup}.part`, backup);
}

async function lastBackup(path: string): Promise<string | null> {
  const names = await readdir(dirname(path)).catch(() => []);
  const newest = names.filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.backup'));
  const name = newest.sort().at(-1);
  return name === undefined ? null : join(dirname(path), name);
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await syncToDisk(from, 'r+');
    await rename(from, to);
    // A folder cannot be opened for syncing on Windows, where the rename is durable by itself.
    if (process.platform !== 'win32') await syncToDisk(dirname(to), 'r');
  } catch (error) {
    throw databaseError(error, to);
  }
}

async function syncToDisk(path: string, mode: 'r' | 'r+'): Promise<void> {
  const file = await open(path, mode);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function removeFile(path: string, database: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw databaseError(error, database);
  }
}
