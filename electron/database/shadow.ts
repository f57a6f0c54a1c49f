/** What a candidate reads beside the current model, apart from all that a reader is shown. */
import * as z from 'zod';
import { filmDescription, type FilmDescription } from '../contract/film.ts';
import { finding, type Finding } from '../contract/finding.ts';
import type { Reader, Writer } from './database.ts';
import { stored } from './stored.ts';

/** A model by its hash, with the name it had then. */
export interface NamedModel {
  readonly name: string;
  readonly hash: string;
}

/** A candidate beside the model that was current. */
export interface ShadowSession {
  readonly model: NamedModel;
  readonly against: NamedModel;
  /** When the two first read side by side; ISO 8601, UTC. */
  readonly since: string;
  readonly isRunning: boolean;
}

export async function appendShadowEvent(
  db: Writer,
  kind: 'begun' | 'ended',
  { model, against }: Pick<ShadowSession, 'model' | 'against'>,
  at: string,
): Promise<void> {
  await db.run(
    `INSERT INTO shadow_events (kind, at, model_hash, model_name, against_hash, against_name)
     VALUES (?, ?, ?, ?, ?, ?)`,
    kind,
    at,
    model.hash,
    model.name,
    against.hash,
    against.name,
  );
}

const sessionRow = z.object({
  kind: z.enum(['begun', 'ended']),
  model_hash: z.string(),
  model_name: z.string(),
  against_hash: z.string(),
  against_name: z.string(),
  since: z.string(),
  is_last: z.number(),
});

/** The last session of this candidate, or of any (null); undefined before one. */
export async function lastShadow(db: Reader, modelHash: string | null): Promise<ShadowSession | undefined> {
  const row = await db.first(
    sessionRow,
    `SELECT kind, model_hash, model_name, against_hash, against_name,
       (SELECT at FROM shadow_events WHERE model_hash = e.model_hash AND against_hash = e.against_hash
        ORDER BY id LIMIT 1) AS since,
       id = (SELECT max(id) FROM shadow_events) AS is_last
     FROM shadow_events e WHERE ?1 IS NULL OR model_hash = ?1 ORDER BY id DESC LIMIT 1`,
    modelHash,
  );
  return (
    row && {
      model: { name: row.model_name, hash: row.model_hash },
      against: { name: row.against_name, hash: row.against_hash },
      since: row.since,
      isRunning: row.kind === 'begun' && row.is_last === 1,
    }
  );
}

export async function appendShadowRead(
  db: Writer,
  found: Finding,
  againstHash: string,
  { at, stationVersion }: { readonly at: string; readonly stationVersion: string },
): Promise<void> {
  await db.run(
    `INSERT INTO shadow_reads (image_hash, model_hash, against_hash, at, station_version, content)
     VALUES (?, ?, ?, ?, ?, ?)`,
    found.imageHash,
    found.modelHash,
    againstHash,
    at,
    stationVersion,
    JSON.stringify(found),
  );
}

/** The oldest film that the current model has read and the candidate has not, apart from those to be left out. */
export async function nextForShadow(
  db: Reader,
  { model, against }: Pick<ShadowSession, 'model' | 'against'>,
  leftOut: readonly string[],
): Promise<string | undefined> {
  const row = await db.first(
    z.object({ image_hash: z.string() }),
    `SELECT image_hash FROM reads r WHERE kind = 'machine' AND model_hash = ?2
       AND NOT EXISTS (SELECT 1 FROM shadow_reads WHERE model_hash = ?1 AND image_hash = r.image_hash)
       AND image_hash NOT IN (SELECT value FROM json_each(?3))
     ORDER BY id LIMIT 1`,
    model.hash,
    against.hash,
    JSON.stringify(leftOut),
  );
  return row?.image_hash;
}

/** Films that a model has read by the station's ordinary way. */
export async function countReadBy(db: Reader, modelHash: string): Promise<number> {
  const row = await db.first(
    z.object({ films: z.number() }),
    "SELECT count(DISTINCT image_hash) AS films FROM reads WHERE kind = 'machine' AND model_hash = ?",
    modelHash,
  );
  return row!.films;
}

/** What both said of one film. */
export interface FilmReadTwice {
  readonly description: FilmDescription;
  readonly current: Finding;
  readonly candidate: Finding;
}

const pairRow = z.object({
  description: stored(filmDescription),
  current: stored(finding),
  candidate: stored(finding),
});

/** Every film that both have read, by its hash, with the last answer of the current model. */
export async function filmsReadTwice(
  db: Reader,
  { model, against }: Pick<ShadowSession, 'model' | 'against'>,
): Promise<FilmReadTwice[]> {
  return db.all(
    pairRow,
    `SELECT f.description, r.content AS current, s.content AS candidate
     FROM shadow_reads s JOIN films f ON f.image_hash = s.image_hash
     JOIN reads r ON r.id = (SELECT max(id) FROM reads
       WHERE image_hash = s.image_hash AND kind = 'machine' AND model_hash = ?2)
     WHERE s.model_hash = ?1 ORDER BY s.image_hash`,
    model.hash,
    against.hash,
  );
}
