import type { WorklistRow } from '../contract/reads.ts';
import { listFilms } from '../database/films.ts';
import { loadSettings } from '../database/settings.ts';
import { defaultSettings } from './blinding.ts';
import type { Context } from './context.ts';

export function worklist(
  context: Context,
  { search }: { search?: string | undefined },
): Promise<WorklistRow[]> {
  return context.database.read(async (db) => {
    const { blinded, reader } = (await loadSettings(db)) ?? defaultSettings;
    return listFilms(db, {
      search,
      modelHash: context.machine.model()?.hash ?? null,
      blindedFor: blinded ? reader : null,
    });
  });
}
