import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CalcarError } from '../contract/errors.ts';
import { databaseError } from '../database/failure.ts';

/** Files named by the hash of what they hold, so a name can never mean two contents. */
export interface FilmStore {
  /** On disk, whole, when it resolves. @throws CalcarError 'disk-full', 'read-only' */
  put(imageHash: string, bytes: Uint8Array): Promise<void>;
  /** @throws CalcarError 'not-found' */
  get(imageHash: string): Promise<Uint8Array>;
}

export function openFilmStore(folder: string, extension: string): FilmStore {
  const pathOf = (imageHash: string): string =>
    join(folder, imageHash.slice(0, 2), `${imageHash}.${extension}`);
  return {
    put: async (imageHash, bytes) => {
      const path = pathOf(imageHash);
      const unfinished = `${path}.${randomUUID()}.part`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeSynced(unfinished, bytes);
        await rename(unfinished, path);
        if (process.platform !== 'win32') await syncFolders(dirname(path), folder);
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        throw databaseError(error, path);
      }
    },
    get: async (imageHash) => {
      try {
        return await readFile(pathOf(imageHash));
      } catch (error) {
        throw new CalcarError(
          'not-found',
          "The file of this film is missing from Calcar's data folder. Import the film again; its reads are kept.",
          error,
        );
      }
    },
  };
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name in a folder is durable only when the folder itself was synced. */
async function syncFolders(...folders: string[]): Promise<void> {
  for (const folder of folders) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
