import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CalcarError } from '../contract/errors.ts';
import { databaseError } from '../database/failure.ts';

/** Where Calcar keeps its data: CALCAR_HOME, else the system's place for a person's application data. */
export function defaultDataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment['CALCAR_HOME'];
  if (chosen) return chosen;
  switch (platform) {
    case 'win32':
      return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Calcar');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Calcar');
    default:
      return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'calcar');
  }
}

/** The places inside a data folder. */
export interface DataFolder {
  readonly path: string;
  readonly database: string;
  readonly films: string;
  readonly thumbnails: string;
  readonly logs: string;
  /** Frozen data sets, and trainings on them. */
  readonly datasets: string;
  readonly runs: string;
  /** A folder a model of the shelf, by its hash. */
  readonly models: string;
}

/**
 * Makes the folder where it is missing; only its owner may look into it.
 * @throws CalcarError 'invalid-input' where it is a file, 'read-only', 'disk-full'
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const folder: DataFolder = {
    path,
    database: join(path, 'calcar.sqlite'),
    films: join(path, 'films'),
    thumbnails: join(path, 'thumbnails'),
    logs: join(path, 'logs'),
    datasets: join(path, 'datasets'),
    runs: join(path, 'runs'),
    models: join(path, 'models'),
  };
  try {
    for (const part of [
      folder.path,
      folder.films,
      folder.thumbnails,
      folder.logs,
      folder.datasets,
      folder.runs,
      folder.models,
    ])
      await mkdir(part, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTDIR' || code === 'EEXIST')
      throw new CalcarError(
        'invalid-input',
        `This cannot be the data folder, because it is a file or lies inside one: ${path}. Set CALCAR_HOME to a folder.`,
        error,
      );
    // Node's recursive mkdir says ENOENT on a disk that may only be read.
    if (code === 'ENOENT')
      throw new CalcarError(
        'read-only',
        `The data folder cannot be made, because its disk is not there or may not be written: ${path}. ` +
          'Set CALCAR_HOME to another folder.',
        error,
      );
    throw databaseError(error, folder.database);
  }
  return folder;
}
