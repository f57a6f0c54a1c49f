import { statfs } from 'node:fs/promises';
import type { StationState } from '../contract/api.ts';
import { countFilms } from '../database/films.ts';
import type { Context } from './context.ts';

export async function stationState(context: Context): Promise<StationState> {
  const model = context.machine.model();
  return {
    version: context.version,
    compute: context.machine.state(),
    modelName: model?.name ?? null,
    modelHash: model?.hash ?? null,
    modelWarning: model?.warning ?? null,
    modelConfidence: model?.confidence ?? null,
    modelSaliency: model?.saliency ?? null,
    databasePath: context.database.path,
    diskFreeBytes: await diskFree(context.folder.path),
    films: await context.database.read(countFilms),
  };
}

async function diskFree(path: string): Promise<number | null> {
  try {
    const disk = await statfs(path);
    return disk.bavail * disk.bsize;
  } catch {
    return null;
  }
}
