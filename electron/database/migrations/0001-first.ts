import type { Migration } from '../migrate.ts';

/**
 * Films, reads, drafts, settings, imports.
 *
 * `reads` holds persons' and machine reads and only grows: triggers refuse every change, and a BEFORE
 * INSERT trigger refuses a row that does not continue the chain (it also stops INSERT OR REPLACE, whose
 * hidden delete fires no delete trigger by default). What is hashed is `content`; the columns that queries
 * need are generated from it, so they cannot disagree with it.
 */
export const first: Migration = {
  number: 1,
  sql: `
    CREATE TABLE films (
      image_hash TEXT PRIMARY KEY NOT NULL CHECK (length(image_hash) = 64),
      file_name TEXT NOT NULL,
      added_at TEXT NOT NULL,
      state TEXT NOT NULL
        CHECK (state IN ('new', 'reading', 'answered', 'doubtful', 'refused', 'failed', 'unusable')),
      reason TEXT,
      description TEXT,
      patient_name TEXT GENERATED ALWAYS AS (json_extract(description, '$.patient.name')) VIRTUAL,
      patient_id TEXT GENERATED ALWAYS AS (json_extract(description, '$.patient.id')) VIRTUAL,
      laterality TEXT GENERATED ALWAYS AS (coalesce(json_extract(description, '$.laterality'), 'unknown')) VIRTUAL,
      simulated INTEGER GENERATED ALWAYS AS (coalesce(json_extract(description, '$.simulated'), 0)) VIRTUAL,
      CHECK ((description IS NULL) = (state = 'unusable'))
    ) STRICT;
    CREATE INDEX films_by_time ON films (added_at DESC);

    CREATE TABLE reads (
      id INTEGER PRIMARY KEY NOT NULL,
      image_hash TEXT NOT NULL REFERENCES films (image_hash),
      kind TEXT NOT NULL CHECK (kind IN ('person', 'machine')),
      at TEXT NOT NULL,
      station_version TEXT NOT NULL,
      content TEXT NOT NULL,
      previous_hash TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE,
      reader TEXT GENERATED ALWAYS AS (json_extract(content, '$.reader')) VIRTUAL,
      blinded INTEGER GENERATED ALWAYS AS (json_extract(content, '$.blinded')) VIRTUAL,
      duration_ms REAL GENERATED ALWAYS AS (CAST(json_extract(content, '$.durationMs') AS REAL)) VIRTUAL,
      model_hash TEXT GENERATED ALWAYS AS
        (coalesce(json_extract(content, '$.modelHash'), json_extract(content, '$.shownModelHash'))) VIRTUAL
    ) STRICT;
    CREATE INDEX reads_by_film ON reads (image_hash, kind, id);

    CREATE TRIGGER reads_never_change BEFORE UPDATE ON reads
      BEGIN SELECT RAISE(ABORT, 'reads are never changed'); END;
    CREATE TRIGGER reads_never_go BEFORE DELETE ON reads
      BEGIN SELECT RAISE(ABORT, 'reads are never deleted'); END;
    CREATE TRIGGER reads_continue_the_chain BEFORE INSERT ON reads
      WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM reads)
        OR NEW.previous_hash IS NOT coalesce((SELECT hash FROM reads ORDER BY id DESC LIMIT 1), '')
      BEGIN SELECT RAISE(ABORT, 'a read must continue the chain'); END;

    /* One row a hip that a person read, for whoever opens the file with another tool. */
    CREATE VIEW hip_reads AS
      SELECT r.id, r.image_hash, r.at, r.reader, r.blinded, r.duration_ms, r.model_hash AS shown_model_hash,
             h.key AS hip, h.value ->> '$.laterality' AS laterality, h.value ->> '$.grade' AS grade,
             h.value ->> '$.confidence' AS confidence, h.value ->> '$.box.x' AS box_x, h.value ->> '$.box.y' AS box_y,
             h.value ->> '$.box.width' AS box_width, h.value ->> '$.box.height' AS box_height
      FROM reads r, json_each(r.content, '$.hips') h WHERE r.kind = 'person';

    /* Which reader was given which model's answer for which film; the empty name is a reader without one. */
    CREATE TABLE disclosures (
      image_hash TEXT NOT NULL REFERENCES films (image_hash),
      reader TEXT NOT NULL,
      model_hash TEXT NOT NULL,
      at TEXT NOT NULL,
      PRIMARY KEY (image_hash, reader, model_hash)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE drafts (
      image_hash TEXT NOT NULL REFERENCES films (image_hash),
      reader TEXT NOT NULL,
      saved_at TEXT NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (image_hash, reader)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE settings (
      id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
      content TEXT NOT NULL
    ) STRICT;

    CREATE TABLE imports (
      id INTEGER PRIMARY KEY NOT NULL,
      at TEXT NOT NULL,
      outcome TEXT NOT NULL
    ) STRICT;
  `,
};
