import { lstat, readFile, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CalcarError, toWireError } from '../contract/errors.ts';
import type { ImportOutcome } from '../contract/reads.ts';
import type { Context } from './context.ts';
import { importFile } from './importZip.ts';

const largestFileBytes = 1024 * 1024 * 1024;

/**
 * Every file under the given files and folders, in the order of their names. Links to folders are not
 * followed, so a folder cannot contain itself.
 * @throws CalcarError 'unreadable-file' for a path that is not there or may not be read
 */
export async function filesUnder(path: string): Promise<string[]> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return [path];
    const entries = await readdir(path, { withFileTypes: true });
    entries.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    const files: string[] = [];
    for (const entry of entries) {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) files.push(...(await filesUnder(inside)));
      else if (entry.isFile() || (entry.isSymbolicLink() && (await linksToFile(inside)))) files.push(inside);
    }
    return files;
  } catch (error) {
    throw error instanceof CalcarError ? error : unreadable(path, error);
  }
}

async function linksToFile(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink() && (await stat(path).catch(() => null))?.isFile() === true;
}

/** Imports one file from disk, or every file in a zip; what cannot be read is an outcome, not an exception. */
export async function importPath(context: Context, path: string): Promise<ImportOutcome[]> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > largestFileBytes)
      throw new CalcarError(
        'too-large',
        'This file is larger than 1 GB, more than any radiograph. It was left out; nothing else is affected.',
      );
    bytes = await readFile(path);
  } catch (error) {
    const { kind, sentence } = toWireError(error instanceof CalcarError ? error : unreadable(path, error));
    return [{ state: 'refused', fileName: basename(path), imageHash: null, kind, sentence }];
  }
  return importFile(context, bytes, basename(path));
}

function unreadable(path: string, error: unknown): CalcarError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why =
    code === 'ENOENT'
      ? 'There is no such file or folder'
      : code === 'EACCES' || code === 'EPERM'
        ? 'This file or folder may not be read by you'
        : 'This file or folder could not be read';
  return new CalcarError(
    'unreadable-file',
    `${why}: ${path}. It was left out; nothing else is affected.`,
    error,
  );
}
