import * as z from 'zod';
import { filmDescription, type FilmDescription } from '../contract/film.ts';
import { readDraft, type ReadDraft } from '../contract/reads.ts';
import type { Reader } from './database.ts';
import { stored } from './stored.ts';

/** A person's last word on a film. */
export interface LabelRead {
  readonly id: number;
  readonly hash: string;
  readonly at: string;
  readonly read: ReadDraft;
}

/** A film that persons have read, with the last read of each. */
export interface ReadFilm {
  readonly description: FilmDescription;
  /** In the order in which they were committed. */
  readonly reads: readonly LabelRead[];
}

const labelRow = z.object({
  id: z.number().int(),
  hash: z.string(),
  at: z.string(),
  content: stored(readDraft),
  image_hash: z.string(),
  description: stored(filmDescription),
});

/** Every usable film with a committed read, by its hash; with `blinded`, as if only blinded reads had been made. */
export async function filmsWithReads(
  db: Reader,
  { blinded = false }: { readonly blinded?: boolean } = {},
): Promise<ReadFilm[]> {
  const rows = await db.all(
    labelRow,
    `SELECT r.id, r.hash, r.at, r.content, r.image_hash, f.description
     FROM reads r JOIN films f ON f.image_hash = r.image_hash
     WHERE r.kind = 'person' AND f.description IS NOT NULL
       AND r.id = (SELECT max(id) FROM reads
         WHERE image_hash = r.image_hash AND kind = 'person' AND reader = r.reader AND blinded >= ?)
     ORDER BY r.image_hash, r.id`,
    blinded ? 1 : 0,
  );
  const films = new Map<string, { description: FilmDescription; reads: LabelRead[] }>();
  for (const { id, hash, at, content, image_hash: imageHash, description } of rows) {
    const film = films.get(imageHash) ?? { description, reads: [] };
    film.reads.push({ id, hash, at, read: content });
    films.set(imageHash, film);
  }
  return [...films.values()];
}
