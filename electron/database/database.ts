import type * as z from 'zod';
import type { Connection, SqlValue } from './connection.ts';
import { openConnection } from './connection.ts';
import { databaseDamaged } from './failure.ts';
import { prepareFile } from './prepareFile.ts';

declare const mayWrite: unique symbol;

/** What a query may do. Rows are parsed where they leave the database. */
export interface Reader {
  /** Every row. @throws CalcarError 'database-damaged' when a row does not have the stated shape */
  all<S extends z.ZodType>(row: S, sql: string, ...parameters: SqlValue[]): Promise<z.output<S>[]>;
  /** The first row or undefined. */
  first<S extends z.ZodType>(
    row: S,
    sql: string,
    ...parameters: SqlValue[]
  ): Promise<z.output<S> | undefined>;
}

/** What the body of a transaction may do. Only `Database.write` hands one out. */
export interface Writer extends Reader {
  readonly [mayWrite]: true;
  /** Resolves with the number of rows that changed. */
  run(sql: string, ...parameters: SqlValue[]): Promise<number>;
}

export interface Database {
  readonly path: string;
  /** Sees only what is committed. */
  read<T>(query: (db: Reader) => Promise<T>): Promise<T>;
  /**
   * One transaction at a time, on disk when the promise resolves: it survives kill -9 and a power cut.
   * When it rejects, nothing of it was saved.
   */
  write<T>(transaction: (db: Writer) => Promise<T>): Promise<T>;
  /** Lets running transactions finish. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the database, making or migrating it where needed.
 * @throws CalcarError 'database-damaged', 'database-newer', 'read-only', 'disk-full', 'database-failed'
 */
export async function openDatabase(path: string): Promise<Database> {
  await prepareFile(path);
  const writing = await openConnection(path, 'write');
  try {
    // FULL: the log is synced at each commit. fullfsync: macOS, where fsync alone may stay in the drive's cache.
    await writing.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA foreign_keys = ON;
      PRAGMA recursive_triggers = ON;
    `);
    const reading = await openConnection(path, 'read');
    return databaseOver(path, writing, reading);
  } catch (error) {
    await writing.close();
    throw error;
  }
}

function databaseOver(path: string, writing: Connection, reading: Connection): Database {
  let last: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;

  const transaction = async <T>(work: (db: Writer) => Promise<T>): Promise<T> => {
    await writing.exec('BEGIN IMMEDIATE');
    try {
      const result = await work(writerOver(writing, path));
      await writing.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has already rolled back after some errors (a full disk among them); then this one has nothing to do.
      await writing.exec('ROLLBACK').catch(() => undefined);
      throw error;
    }
  };

  return {
    path,
    read: (query) => query(readerOver(reading, path)),
    write: (work) => {
      const result = last.then(() => transaction(work));
      last = result.catch(() => undefined);
      return result;
    },
    close: () => {
      closing ??= (async () => {
        await last;
        await reading.close();
        await writing.close();
      })();
      return closing;
    },
  };
}

function readerOver(connection: Connection, path: string): Reader {
  const all: Reader['all'] = async (row, sql, ...parameters) => {
    const rows = await connection.all(sql, parameters);
    const parsed = row.array().safeParse(rows);
    if (!parsed.success) throw databaseDamaged(path, parsed.error);
    return parsed.data;
  };
  return { all, first: async (row, sql, ...parameters) => (await all(row, sql, ...parameters))[0] };
}

/** A Writer over a connection that is inside a transaction: for `write` here and for migrations. */
export function writerOver(connection: Connection, path: string): Writer {
  const writer: Omit<Writer, typeof mayWrite> = {
    ...readerOver(connection, path),
    run: (sql, ...parameters) => connection.run(sql, parameters),
  };
  return writer as Writer;
}
