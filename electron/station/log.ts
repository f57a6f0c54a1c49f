import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import * as z from 'zod';
import { CalcarError } from '../contract/errors.ts';

/**
 * The station's log. An event is a fixed word with facts that cannot hold a patient's name: hashes, counts,
 * kinds, durations. File names, tags and what a person typed never go in.
 */
export interface StationLog {
  info(event: string, facts?: LogFacts): void;
  failure(event: string, error: unknown, facts?: LogFacts): void;
  close(): void;
}
export type LogFacts = Readonly<Record<string, string | number | boolean | null>>;

const rotateAtBytes = 8 * 1024 * 1024;

/** Lines of JSON in `<folder>/calcar.log`; the log before it is kept as `calcar.1.log`. */
export function openLog(folder: string): StationLog {
  const path = join(folder, 'calcar.log');
  if (existsSync(path) && statSync(path).size > rotateAtBytes) renameSync(path, join(folder, 'calcar.1.log'));
  const destination = pino.destination({ dest: path, sync: true, append: true });
  // A log that cannot be written (a full disk) must not take the station with it.
  destination.on('error', () => undefined);
  const logger = pino({ base: { process: process.pid } }, destination);
  return {
    info: (event, facts = {}) => logger.info(facts, event),
    failure: (event, error, facts = {}) => logger.error({ ...facts, error: describeError(error) }, event),
    close: () => {
      destination.end();
    },
  };
}

/**
 * An error without its message, unless the message is known to hold no data: the messages of file errors
 * quote paths, those of parsers quote what they parsed, and both can hold a patient's name.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  const where = { at: frames.slice(0, 6).map((line) => line.trim()) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  if (error instanceof CalcarError) return { name: error.name, kind: error.kind, ...where, ...cause };
  if (error instanceof z.ZodError)
    return {
      name: error.name,
      issues: error.issues.slice(0, 10).map((issue) => `${issue.path.join('.')}: ${issue.code}`),
      ...where,
    };
  const harmless =
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    code.code?.startsWith('SQLITE_') === true;
  return { name: error.name, ...code, ...(harmless ? { message: error.message } : {}), ...where, ...cause };
}
