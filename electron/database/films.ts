import * as z from 'zod';
import type { FilmDescription, FilmState } from '../contract/film.ts';
import { filmDescription, filmState } from '../contract/film.ts';
import { gradeGroups } from '../contract/finding.ts';
import type { ImportOutcome, WorklistRow } from '../contract/reads.ts';
import { hipRead, importOutcome, worklistRow } from '../contract/reads.ts';
import type { Reader, Writer } from './database.ts';
import { stored } from './stored.ts';

const filmRow = z.object({
  file_name: z.string(),
  state: filmState,
  reason: z.string().nullable(),
  description: stored(filmDescription).nullable(),
});

export interface FilmRecord {
  readonly fileName: string;
  readonly state: FilmState;
  readonly reason: string | null;
  /** Null for a file that cannot be used. */
  readonly description: FilmDescription | null;
}

export async function findFilm(db: Reader, imageHash: string): Promise<FilmRecord | undefined> {
  const row = await db.first(
    filmRow,
    'SELECT file_name, state, reason, description FROM films WHERE image_hash = ?',
    imageHash,
  );
  return (
    row && { fileName: row.file_name, state: row.state, reason: row.reason, description: row.description }
  );
}

/** Adds a film, or makes a file that could not be used before into one. */
export async function addFilm(db: Writer, description: FilmDescription, at: string): Promise<void> {
  await db.run(
    `INSERT INTO films (image_hash, file_name, added_at, state, reason, description) VALUES (?, ?, ?, 'new', NULL, ?)
     ON CONFLICT (image_hash) DO UPDATE SET file_name = excluded.file_name, added_at = excluded.added_at,
       state = 'new', reason = NULL, description = excluded.description WHERE state = 'unusable'`,
    description.imageHash,
    description.fileName,
    at,
    JSON.stringify(description),
  );
}

/** Adds a file that cannot be used, with the reason; a film that is there already is left alone. */
export async function addUnusable(
  db: Writer,
  file: { imageHash: string; fileName: string; reason: string },
  at: string,
): Promise<void> {
  await db.run(
    `INSERT INTO films (image_hash, file_name, added_at, state, reason, description)
     VALUES (?, ?, ?, 'unusable', ?, NULL) ON CONFLICT (image_hash) DO NOTHING`,
    file.imageHash,
    file.fileName,
    at,
    file.reason,
  );
}

export async function setFilmState(
  db: Writer,
  imageHash: string,
  state: FilmState,
  reason: string | null,
): Promise<void> {
  await db.run('UPDATE films SET state = ?, reason = ? WHERE image_hash = ?', state, reason, imageHash);
}

/** Films that wait for the machine, oldest first; one that was being read when the station died is among them. */
export async function filmsToRead(db: Reader): Promise<string[]> {
  const rows = await db.all(
    z.object({ image_hash: z.string() }),
    "SELECT image_hash FROM films WHERE state IN ('new', 'reading') ORDER BY added_at, image_hash",
  );
  return rows.map((row) => row.image_hash);
}

export async function countFilms(db: Reader): Promise<number> {
  const row = await db.first(z.object({ films: z.number() }), 'SELECT count(*) AS films FROM films');
  return row?.films ?? 0;
}

const severity = z.number().int().min(0).max(2).nullable();
const worklistColumns = z.object({
  image_hash: z.string(),
  file_name: z.string(),
  patient_name: z.string().nullable(),
  patient_id: z.string().nullable(),
  laterality: worklistRow.shape.laterality,
  added_at: z.string(),
  state: filmState,
  reason: z.string().nullable(),
  simulated: z.number(),
  machine: severity,
  reader: z.string().nullable(),
  hips: stored(z.array(hipRead)).nullable(),
});

export interface WorklistQuery {
  /** Part of a file name, patient name or patient id. */
  readonly search?: string | undefined;
  /** Only this model's answers; null for the last answer of any. */
  readonly modelHash: string | null;
  /** Films without a read of this reader show nothing of the machine; null shows it everywhere. */
  readonly blindedFor: string | null;
}

/** The worklist, newest import first. */
export async function listFilms(db: Reader, query: WorklistQuery): Promise<WorklistRow[]> {
  const pattern = query.search?.trim() ? `%${query.search.trim().replace(/[\\%_]/g, '\\$&')}%` : null;
  const rows = await db.all(
    worklistColumns,
    `SELECT f.image_hash, f.file_name, f.patient_name, f.patient_id, f.laterality, f.added_at, f.simulated,
            iif(withheld AND f.state IN ('doubtful', 'refused'), 'answered', f.state) AS state,
            iif(withheld AND f.state IN ('doubtful', 'refused'), NULL, f.reason) AS reason,
            iif(withheld, NULL, (
              SELECT max(CASE h.value ->> '$.gradeGroup' WHEN 'III-IV' THEN 2 WHEN 'I-II' THEN 1 ELSE 0 END)
              FROM json_each(m.content, '$.hips') h)) AS machine,
            p.reader, p.content -> '$.hips' AS hips
     FROM (SELECT *, ?1 IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM reads WHERE image_hash = films.image_hash AND kind = 'person' AND reader = ?1) AS withheld
           FROM films
           WHERE ?2 IS NULL OR file_name LIKE ?2 ESCAPE '\\' OR patient_name LIKE ?2 ESCAPE '\\'
             OR patient_id LIKE ?2 ESCAPE '\\') f
     LEFT JOIN reads m ON m.id = (SELECT max(id) FROM reads WHERE image_hash = f.image_hash AND kind = 'machine'
                                  AND (?3 IS NULL OR model_hash = ?3))
     LEFT JOIN reads p ON p.id = (SELECT max(id) FROM reads WHERE image_hash = f.image_hash AND kind = 'person')
     ORDER BY f.added_at DESC, f.image_hash`,
    query.blindedFor,
    pattern,
    query.modelHash,
  );
  return rows.map((row) => ({
    imageHash: row.image_hash,
    fileName: row.file_name,
    patientName: row.patient_name,
    patientId: row.patient_id,
    laterality: row.laterality,
    importedAt: row.added_at,
    state: row.state,
    reason: row.reason,
    machine: row.machine === null ? null : gradeGroups[row.machine]!,
    person: row.hips?.map((hip) => hip.grade) ?? [],
    lastReader: row.reader,
    simulated: row.simulated === 1,
  }));
}

/** The log of imports: every file that was offered and what became of it. */
export async function logImport(db: Writer, outcome: ImportOutcome, at: string): Promise<void> {
  await db.run('INSERT INTO imports (at, outcome) VALUES (?, ?)', at, JSON.stringify(outcome));
}

export async function listImports(db: Reader): Promise<ImportOutcome[]> {
  const rows = await db.all(
    z.object({ outcome: stored(importOutcome) }),
    'SELECT outcome FROM imports ORDER BY id',
  );
  return rows.map((row) => row.outcome);
}
