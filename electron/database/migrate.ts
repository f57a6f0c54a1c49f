import * as z from 'zod';
import { CalcarError } from '../contract/errors.ts';
import type { Connection } from './connection.ts';
import { databaseDamaged } from './failure.ts';

/** One numbered step of the schema: it takes a database of version `number - 1` to `number`. */
export interface Migration {
  readonly number: number;
  readonly sql: string;
}

/** "CLCR": tells Calcar's database from any other SQLite file (PRAGMA application_id). */
export const applicationId = 0x434c4352;

const pragmas = z.tuple([z.object({ application_id: z.number(), user_version: z.number() })]);

/**
 * The schema version of an open database.
 * @throws CalcarError 'database-damaged' when the file is a database of something else
 */
export async function schemaVersion(connection: Connection, path: string): Promise<number> {
  const [row] = pragmas.parse(
    await connection.all(
      'SELECT application_id, user_version FROM pragma_application_id, pragma_user_version',
    ),
  );
  if (row.application_id !== applicationId)
    throw databaseDamaged(path, new Error(`application_id is ${row.application_id}`));
  return row.user_version;
}

/** Refuses a database that a later Calcar made: writing to it could spoil what this one does not know. */
export function refuseNewer(version: number, steps: readonly Migration[], path: string): void {
  if (version > steps.length)
    throw new CalcarError(
      'database-newer',
      `This database was made by a newer Calcar (its version is ${version}, this one knows ${steps.length}), ` +
        `so it was left untouched: ${path}. Start the newer Calcar, or set CALCAR_HOME to another folder.`,
    );
}

/** Runs the steps that are missing, each in a transaction of its own with its number. */
export async function migrate(
  connection: Connection,
  from: number,
  steps: readonly Migration[],
): Promise<void> {
  for (const step of steps.slice(from)) {
    await connection.exec('BEGIN IMMEDIATE');
    try {
      await connection.exec(step.sql);
      await connection.exec(`PRAGMA user_version = ${step.number}`);
      await connection.exec('COMMIT');
    } catch (error) {
      await connection.exec('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}
