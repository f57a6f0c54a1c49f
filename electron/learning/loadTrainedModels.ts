import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CalcarError } from '../contract/errors.ts';
import { loadModels, ModelError, type Models } from '../../models/index.ts';
import { createReader, type Reader } from '../reading/reader.ts';

/**
 * Models from a folder onto the current backend.
 *
 * @throws CalcarError 'model-missing' or 'model-damaged'
 */
async function loadTrainedModels(folder: string): Promise<Models> {
  try {
    return await loadModels((name) => readFile(path.join(folder, name)));
  } catch (error) {
    throw error instanceof ModelError ? new CalcarError(error.kind, error.message, error) : error;
  }
}

/** A reader of films with the models of a folder, on the current backend. @throws CalcarError as they load */
export async function loadTrainedReader(folder: string): Promise<Reader & { dispose(): void }> {
  const models = await loadTrainedModels(folder);
  return { ...createReader(models), dispose: () => models.dispose() };
}
