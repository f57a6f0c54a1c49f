import type { StoredRead } from '../contract/reads.ts';
import { readsOfFilm } from '../database/reads.ts';
import { disclose } from './blinding.ts';
import type { Context } from './context.ts';
import { usableFilm } from './context.ts';

/** Every read of a film, newest first; machine reads only where they are not withheld. */
export async function history(context: Context, { imageHash }: { imageHash: string }): Promise<StoredRead[]> {
  await usableFilm(context, imageHash);
  const reads = await context.database.read((db) => readsOfFilm(db, imageHash));
  const shown: StoredRead[] = [];
  for (const read of reads)
    if (read.by === 'person' || (await disclose(context, read.finding)) !== null) shown.push(read);
  return shown;
}
