import type { Migration } from '../migrate.ts';

/**
 * Frozen data sets, and the one split to which everything of a patient belongs for the life of the station.
 *
 * `split_members` says it once for each patient, CT and picture, and never takes it back. `snapshot_members`
 * says what a snapshot holds; a trigger refuses a row that contradicts the first table, so that SQLite itself
 * keeps whoever tests from being learned from. A generated picture brings its generator's patients as members.
 */
export const datasets: Migration = {
  number: 2,
  sql: `
    CREATE TABLE split_members (
      kind TEXT NOT NULL CHECK (kind IN ('patient', 'ct', 'picture')),
      key TEXT NOT NULL,
      split TEXT NOT NULL CHECK (split IN ('learn', 'tune', 'test')),
      since TEXT NOT NULL,
      PRIMARY KEY (kind, key)
    ) STRICT, WITHOUT ROWID;
    /* Also against INSERT OR REPLACE by a tool whose deletes wake no triggers. */
    CREATE TRIGGER splits_are_given_once BEFORE INSERT ON split_members
      WHEN EXISTS (SELECT 1 FROM split_members WHERE kind = NEW.kind AND key = NEW.key)
      BEGIN SELECT RAISE(ABORT, 'a split is given once'); END;
    CREATE TRIGGER splits_never_change BEFORE UPDATE ON split_members
      BEGIN SELECT RAISE(ABORT, 'a split is never changed'); END;
    CREATE TRIGGER splits_never_go BEFORE DELETE ON split_members
      BEGIN SELECT RAISE(ABORT, 'a split is never taken back'); END;

    CREATE TABLE snapshots (
      hash TEXT PRIMARY KEY NOT NULL CHECK (length(hash) = 64),
      name TEXT NOT NULL,
      study TEXT NOT NULL CHECK (study IN ('simulated study', 'real films')),
      folder TEXT NOT NULL,
      frozen_at TEXT NOT NULL,
      counts TEXT NOT NULL
    ) STRICT;
    /* Its folder may be moved; what is in it may not change. */
    CREATE TRIGGER snapshots_never_change BEFORE UPDATE OF hash, name, study, frozen_at, counts ON snapshots
      BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
    CREATE TRIGGER snapshots_never_go BEFORE DELETE ON snapshots
      BEGIN SELECT RAISE(ABORT, 'a snapshot is never deleted'); END;

    CREATE TABLE snapshot_members (
      snapshot_hash TEXT NOT NULL REFERENCES snapshots (hash),
      kind TEXT NOT NULL,
      key TEXT NOT NULL,
      split TEXT NOT NULL,
      PRIMARY KEY (snapshot_hash, kind, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER members_keep_their_split BEFORE INSERT ON snapshot_members
      WHEN NEW.split IS NOT (SELECT split FROM split_members WHERE kind = NEW.kind AND key = NEW.key)
      BEGIN SELECT RAISE(ABORT, 'this member belongs to another split'); END;
    CREATE TRIGGER members_never_change BEFORE UPDATE ON snapshot_members
      BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;
    CREATE TRIGGER members_never_go BEFORE DELETE ON snapshot_members
      BEGIN SELECT RAISE(ABORT, 'a snapshot is never changed'); END;

    /* Makes keys of patients that nobody outside can guess back to an identifier. */
    CREATE TABLE station_secret (
      id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
      salt TEXT NOT NULL
    ) STRICT;
    INSERT INTO station_secret VALUES (1, lower(hex(randomblob(32))));
  `,
};
