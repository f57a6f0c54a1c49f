import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openReader, type OpenedReader } from '../reading/openReader.ts';

/** A reader of films with the models of a folder, on the current backend. @throws CalcarError as `openReader` */
export const loadTrainedReader = (folder: string): Promise<OpenedReader> =>
  // A plain copy: the `slice` of Node's Buffer is a view, and the models cut their arrays with it.
  openReader(async (name) => new Uint8Array(await readFile(path.join(folder, name))));
