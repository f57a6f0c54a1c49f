import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CalcarError } from '../contract/errors.ts';
import { loadModels, ModelError, type Models } from '../../models/index.ts';

/**
 * Models from a folder onto the current backend.
 *
 * @throws CalcarError 'model-missing' or 'model-damaged'
 */
export async function loadTrainedModels(folder: string): Promise<Models> {
  try {
    return await loadModels((name) => readFile(path.join(folder, name)));
  } catch (error) {
    throw error instanceof ModelError ? new CalcarError(error.kind, error.message, error) : error;
  }
}
