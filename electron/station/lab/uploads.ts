import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import { labUpload } from '../../contract/lab.ts';
import { databaseError } from '../../database/failure.ts';

/** Files of a CT on their way in: `<folder>/<upload>/`, gone once the CT was read or refused. */
export class Uploads {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** An upload is of one sitting: what an earlier one left is cleared away. */
  async prepare(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * Puts a part of a file where it belongs. The name is a bare file name, since header and data files name
   * each other by theirs.
   * @throws CalcarError 'invalid-input', 'disk-full', 'read-only'
   */
  async put(upload: string, name: string, at: number, bytes: Uint8Array): Promise<void> {
    const bare = name !== '' && name !== '.' && name !== '..' && !/[\\/\p{Cc}]/u.test(name);
    if (!labUpload.safeParse(upload).success || !bare || !Number.isSafeInteger(at) || at < 0)
      throw new CalcarError(
        'invalid-input',
        'This file has a name that cannot be stored. Rename it and add it again.',
      );
    const path = join(this.folder, upload, name);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(path, at === 0 ? 'w' : 'r+', 0o600);
      try {
        await file.write(bytes, 0, bytes.length, at);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw databaseError(error, path);
    }
  }

  /**
   * What `openVolume` is to be given: the one file, the one header of a volume in two files, or the folder.
   * @throws CalcarError 'not-found' for an upload that brought nothing
   */
  async whatToOpen(upload: string): Promise<string> {
    const folder = join(this.folder, upload);
    const names = await readdir(folder).catch(() => []);
    if (names.length === 0)
      throw new CalcarError('not-found', 'There was no file in it. Choose the folder of the CT.');
    const headers = names.filter((name) => /\.(mhd|nhdr|mha|nrrd|nii|nii\.gz)$/i.test(name));
    const [file] = names.length === 1 ? names : headers.length === 1 ? headers : [];
    return file === undefined ? folder : join(folder, file);
  }

  async forget(upload: string): Promise<void> {
    if (labUpload.safeParse(upload).success)
      await rm(join(this.folder, upload), { recursive: true, force: true });
  }
}
