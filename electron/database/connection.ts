import sqlite3 from 'sqlite3';
import { databaseError } from './failure.ts';

export type SqlValue = string | number | Uint8Array | null;

/** One SQLite connection of the `sqlite3` package with promises for callbacks; every rejection is a CalcarError. */
export interface Connection {
  all(sql: string, parameters?: readonly SqlValue[]): Promise<unknown[]>;
  /** Resolves with the number of rows that changed. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
  /** Several statements without parameters. */
  exec(sql: string): Promise<void>;
  close(): Promise<void>;
}

const flags = {
  read: sqlite3.OPEN_READONLY,
  write: sqlite3.OPEN_READWRITE,
  create: sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE,
} as const;

/** @param busyMs how long to wait for a lock that another process holds */
export function openConnection(path: string, mode: keyof typeof flags, busyMs = 5000): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const handle = new sqlite3.Database(path, flags[mode] | sqlite3.OPEN_FULLMUTEX, (error) => {
      if (error) {
        reject(databaseError(error, path));
        return;
      }
      handle.configure('busyTimeout', busyMs);
      resolve(wrap(handle, path));
    });
  });
}

function wrap(handle: sqlite3.Database, path: string): Connection {
  const settle =
    <T>(resolve: (value: T) => void, reject: (reason: unknown) => void, value: () => T) =>
    (error: Error | null) => {
      if (error) reject(databaseError(error, path));
      else resolve(value());
    };
  return {
    all: (sql, parameters = []) =>
      new Promise((resolve, reject) => {
        handle.all(sql, parameters, (error: Error | null, rows: unknown[]) => {
          settle(resolve, reject, () => rows)(error);
        });
      }),
    run: (sql, parameters = []) =>
      new Promise((resolve, reject) => {
        handle.run(sql, parameters, function (error: Error | null) {
          settle(resolve, reject, () => this.changes)(error);
        });
      }),
    exec: (sql) =>
      new Promise<void>((resolve, reject) => {
        handle.exec(
          sql,
          settle(resolve, reject, () => undefined),
        );
      }),
    close: () =>
      new Promise<void>((resolve, reject) => {
        handle.close(settle(resolve, reject, () => undefined));
      }),
  };
}
