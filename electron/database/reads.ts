import * as z from 'zod';
import type { Finding } from '../contract/finding.ts';
import { finding } from '../contract/finding.ts';
import type { ReadDraft, StoredRead } from '../contract/reads.ts';
import { readDraft } from '../contract/reads.ts';
import { linkHash } from './chain.ts';
import type { Reader, Writer } from './database.ts';
import { stored } from './stored.ts';

interface Stamp {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly stationVersion: string;
}

export async function appendPersonRead(db: Writer, read: ReadDraft, stamp: Stamp): Promise<StoredRead> {
  const id = await append(db, 'person', read.imageHash, read, stamp);
  return { by: 'person', id, ...stamp, read };
}

export async function appendMachineRead(db: Writer, found: Finding, stamp: Stamp): Promise<StoredRead> {
  const id = await append(db, 'machine', found.imageHash, found, stamp);
  return { by: 'machine', id, ...stamp, finding: found };
}

const chainEnd = z.object({ id: z.number(), hash: z.string() });

async function append(
  db: Writer,
  kind: 'person' | 'machine',
  imageHash: string,
  content: ReadDraft | Finding,
  { at, stationVersion }: Stamp,
): Promise<number> {
  const end = await db.first(chainEnd, 'SELECT id, hash FROM reads ORDER BY id DESC LIMIT 1');
  const link = {
    id: (end?.id ?? 0) + 1,
    imageHash,
    kind,
    at,
    stationVersion,
    content: JSON.stringify(content),
    previousHash: end?.hash ?? '',
  };
  await db.run(
    `INSERT INTO reads (id, image_hash, kind, at, station_version, content, previous_hash, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    link.id,
    imageHash,
    kind,
    at,
    stationVersion,
    link.content,
    link.previousHash,
    linkHash(link),
  );
  return link.id;
}

const stamped = { id: z.number().int(), at: z.string(), station_version: z.string() };
const readRow = z.discriminatedUnion('kind', [
  z.object({ ...stamped, kind: z.literal('person'), content: stored(readDraft) }),
  z.object({ ...stamped, kind: z.literal('machine'), content: stored(finding) }),
]);

/** Every read of a film, newest first. */
export async function readsOfFilm(db: Reader, imageHash: string): Promise<StoredRead[]> {
  const rows = await db.all(
    readRow,
    'SELECT id, at, station_version, kind, content FROM reads WHERE image_hash = ? ORDER BY id DESC',
    imageHash,
  );
  return rows.map(({ id, at, station_version: stationVersion, ...row }) =>
    row.kind === 'person'
      ? { by: 'person', id, at, stationVersion, read: row.content }
      : { by: 'machine', id, at, stationVersion, finding: row.content },
  );
}

/**
 * The last machine read of a film by this model, as sure of itself as it is now (null: by any); undefined before one.
 */
export async function lastFinding(
  db: Reader,
  imageHash: string,
  model: { readonly hash: string; readonly confidenceHash: string | null } | null,
): Promise<Finding | undefined> {
  const row = await db.first(
    z.object({ content: stored(finding) }),
    `SELECT content FROM reads WHERE image_hash = ?1 AND kind = 'machine'
       AND (?2 IS NULL OR model_hash = ?2 AND json_extract(content, '$.confidenceHash') IS ?3)
     ORDER BY id DESC LIMIT 1`,
    imageHash,
    model?.hash ?? null,
    model?.confidenceHash ?? null,
  );
  return row?.content;
}

export async function hasRead(db: Reader, imageHash: string, reader: string): Promise<boolean> {
  const row = await db.first(
    z.object({ id: z.number() }),
    "SELECT id FROM reads WHERE image_hash = ? AND kind = 'person' AND reader = ? LIMIT 1",
    imageHash,
    reader,
  );
  return row !== undefined;
}

const disclosure = z.object({ model_hash: z.string() });

/** Remembers that this reader was given the answer of this model, so that no later read of the film counts as blinded. */
export async function recordDisclosure(
  db: Writer,
  found: Pick<Finding, 'imageHash' | 'modelHash'>,
  reader: string,
  at: string,
): Promise<void> {
  await db.run(
    'INSERT OR IGNORE INTO disclosures (image_hash, reader, model_hash, at) VALUES (?, ?, ?, ?)',
    found.imageHash,
    reader,
    found.modelHash,
    at,
  );
}

/** The model whose answer for this film any of these readers was given last; undefined where none was. */
export async function disclosedModel(
  db: Reader,
  imageHash: string,
  readers: readonly string[],
): Promise<string | undefined> {
  const row = await db.first(
    disclosure,
    `SELECT model_hash FROM disclosures WHERE image_hash = ? AND reader IN (SELECT value FROM json_each(?))
     ORDER BY at DESC LIMIT 1`,
    imageHash,
    JSON.stringify(readers),
  );
  return row?.model_hash;
}

/** True when this reader is known to have been given this very answer. */
export async function wasDisclosed(db: Reader, found: Finding, reader: string): Promise<boolean> {
  const row = await db.first(
    disclosure,
    'SELECT model_hash FROM disclosures WHERE image_hash = ? AND reader = ? AND model_hash = ?',
    found.imageHash,
    reader,
    found.modelHash,
  );
  return row !== undefined;
}
