/** Files that are either as they were or wholly as they should be, whatever stops the process or the machine. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFailure } from '../writeFailure.ts';

/**
 * Writes beside the place, waits for the disk, and renames.
 *
 * @param before is done when the new file is whole and not yet in its place
 * @throws CalcarError 'disk-full', 'read-only'; what was there before is as it was
 */
export function writeDurably(path: string, parts: readonly Uint8Array[], before?: () => void): void {
  const unfinished = `${path}.part`;
  try {
    const file = openSync(unfinished, 'w');
    try {
      for (const part of parts) writeWhole(file, part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    before?.();
    renameSync(unfinished, path);
    syncFolder(dirname(path));
  } catch (error) {
    // What a full disk holds of it would keep the next, smaller file from being written.
    rmSync(unfinished, { force: true });
    throw writeFailure(error);
  }
}

export function writeJsonDurably(path: string, value: unknown): void {
  writeDurably(path, [Buffer.from(`${JSON.stringify(value, null, 2)}\n`)]);
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset);
}

/** So that the new name survives a loss of power too; Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
