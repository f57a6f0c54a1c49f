import type { Migration } from '../migrate.ts';

/**
 * What a candidate says beside the current model. It stands apart from `reads`, so that no query over reads can hand it
 * to a reader, and it only grows.
 */
export const shadow: Migration = {
  number: 4,
  sql: `
    /* The candidate of the last row reads where that row says 'begun'. */
    CREATE TABLE shadow_events (
      id INTEGER PRIMARY KEY NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('begun', 'ended')),
      at TEXT NOT NULL,
      model_hash TEXT NOT NULL CHECK (length(model_hash) = 64),
      model_name TEXT NOT NULL,
      against_hash TEXT NOT NULL CHECK (length(against_hash) = 64),
      against_name TEXT NOT NULL,
      CHECK (model_hash <> against_hash)
    ) STRICT;
    CREATE TRIGGER shadow_events_never_change BEFORE UPDATE ON shadow_events
      BEGIN SELECT RAISE(ABORT, 'shadow events are never changed'); END;
    CREATE TRIGGER shadow_events_never_go BEFORE DELETE ON shadow_events
      BEGIN SELECT RAISE(ABORT, 'shadow events are never deleted'); END;

    CREATE TABLE shadow_reads (
      image_hash TEXT NOT NULL REFERENCES films (image_hash),
      model_hash TEXT NOT NULL CHECK (model_hash IS json_extract(content, '$.modelHash')),
      /* The current model at that time. */
      against_hash TEXT NOT NULL,
      at TEXT NOT NULL,
      station_version TEXT NOT NULL,
      content TEXT NOT NULL CHECK (image_hash IS json_extract(content, '$.imageHash')),
      PRIMARY KEY (model_hash, image_hash)
    ) STRICT, WITHOUT ROWID;
    /* Also against INSERT OR REPLACE, whose hidden delete may fire no trigger. */
    CREATE TRIGGER shadow_reads_are_made_once BEFORE INSERT ON shadow_reads
      WHEN EXISTS (SELECT 1 FROM shadow_reads WHERE model_hash = NEW.model_hash AND image_hash = NEW.image_hash)
      BEGIN SELECT RAISE(ABORT, 'a shadow read is made once'); END;
    CREATE TRIGGER shadow_reads_never_change BEFORE UPDATE ON shadow_reads
      BEGIN SELECT RAISE(ABORT, 'shadow reads are never changed'); END;
    CREATE TRIGGER shadow_reads_never_go BEFORE DELETE ON shadow_reads
      BEGIN SELECT RAISE(ABORT, 'shadow reads are never deleted'); END;
  `,
};
