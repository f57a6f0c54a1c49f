import * as z from 'zod';
import { finding, type Finding } from '../contract/finding.ts';
import { labellingQueue, type LabellingQueue } from '../contract/queue.ts';
import type { Reader, Writer } from './database.ts';
import { stored } from './stored.ts';

/** A usable film that no person has read. */
export interface UnreadFilm {
  readonly imageHash: string;
  readonly fileName: string;
  readonly patientId: string | null;
  /** The last read of each model, the newest first, and then what candidates read in the shadow: for no reader's eyes. */
  readonly findings: readonly Finding[];
}

const unreadRow = z.object({
  image_hash: z.string(),
  file_name: z.string(),
  patient_id: z.string().nullable(),
  content: stored(finding).nullable(),
});

/** Every usable film without a person's read, by its hash. */
export async function unreadFilms(db: Reader): Promise<UnreadFilm[]> {
  const rows = await db.all(
    unreadRow,
    `SELECT f.image_hash, f.file_name, f.patient_id, m.content
     FROM films f
     LEFT JOIN (
       SELECT id, image_hash, content FROM reads
       WHERE id IN (SELECT max(id) FROM reads WHERE kind = 'machine' GROUP BY image_hash, model_hash)
       UNION ALL
       SELECT 0, image_hash, content FROM shadow_reads
     ) m ON m.image_hash = f.image_hash
     WHERE f.description IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM reads WHERE image_hash = f.image_hash AND kind = 'person')
     ORDER BY f.image_hash, m.id DESC`,
  );
  const films = new Map<string, UnreadFilm & { findings: Finding[] }>();
  for (const { image_hash: imageHash, file_name: fileName, patient_id: patientId, content } of rows) {
    const film = films.get(imageHash) ?? { imageHash, fileName, patientId, findings: [] };
    if (content !== null) film.findings.push(content);
    films.set(imageHash, film);
  }
  return [...films.values()];
}

/** The input numbers of every film that a person has read, by this model's last read of it. */
export async function labelledInputs(
  db: Reader,
  modelHash: string,
): Promise<NonNullable<Finding['input']>[]> {
  const rows = await db.all(
    z.object({ input: stored(finding.shape.input.unwrap()).nullable() }),
    `SELECT content -> '$.input' AS input FROM reads m
     WHERE kind = 'machine' AND model_hash = ?1
       AND id = (SELECT max(id) FROM reads
                 WHERE image_hash = m.image_hash AND kind = 'machine' AND model_hash = ?1)
       AND EXISTS (SELECT 1 FROM reads WHERE image_hash = m.image_hash AND kind = 'person')
     ORDER BY id`,
    modelHash,
  );
  return rows.flatMap(({ input }) => (input === null ? [] : [input]));
}

/** The models of the newest machine read; undefined before one. */
export async function lastModel(db: Reader): Promise<string | undefined> {
  const row = await db.first(
    z.object({ model_hash: z.string() }),
    "SELECT model_hash FROM reads WHERE kind = 'machine' ORDER BY id DESC LIMIT 1",
  );
  return row?.model_hash;
}

/** Who was given an order: the reader of the settings, empty without a name. */
export interface HandedOut {
  readonly reader: string;
  /** With its reasons, also where the reader was not told them. */
  readonly queue: LabellingQueue;
}

/** Writes down an order as it is given out. @returns its number */
export async function appendQueue(
  db: Writer,
  { reader, queue }: { readonly reader: string; readonly queue: Omit<LabellingQueue, 'id'> },
): Promise<number> {
  const row = await db.first(
    z.object({ id: z.number().int() }),
    'SELECT coalesce(max(id), 0) + 1 AS id FROM labelling_queues',
  );
  const id = row?.id ?? 1;
  await db.run(
    'INSERT INTO labelling_queues (id, at, reader, content) VALUES (?, ?, ?, ?)',
    id,
    queue.at,
    reader,
    JSON.stringify({ ...queue, id }),
  );
  return id;
}

/** Every order that was given out, the oldest first. */
export async function handedOutQueues(db: Reader): Promise<HandedOut[]> {
  const rows = await db.all(
    z.object({ reader: z.string(), content: stored(labellingQueue) }),
    'SELECT reader, content FROM labelling_queues ORDER BY id',
  );
  return rows.map(({ reader, content }) => ({ reader, queue: content }));
}
