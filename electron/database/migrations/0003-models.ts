import type { Migration } from '../migrate.ts';

/**
 * The model shelf: what stands on it, how each did, what was asked of it, and who was current when. Everything only
 * grows; order is by number, never by clock.
 */
export const models: Migration = {
  number: 3,
  sql: `
    CREATE TABLE models (
      hash TEXT PRIMARY KEY NOT NULL CHECK (length(hash) = 64),
      added_at TEXT NOT NULL,
      content TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER models_are_shelved_once BEFORE INSERT ON models
      WHEN EXISTS (SELECT 1 FROM models WHERE hash = NEW.hash)
      BEGIN SELECT RAISE(ABORT, 'a model is put on the shelf once'); END;
    CREATE TRIGGER models_never_change BEFORE UPDATE ON models
      BEGIN SELECT RAISE(ABORT, 'a model is never changed'); END;
    CREATE TRIGGER models_never_go BEFORE DELETE ON models
      BEGIN SELECT RAISE(ABORT, 'a model is never taken off the shelf'); END;

    CREATE TABLE model_evaluations (
      id INTEGER PRIMARY KEY NOT NULL,
      model_hash TEXT NOT NULL REFERENCES models (hash),
      snapshot_hash TEXT NOT NULL,
      at TEXT NOT NULL,
      content TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER model_evaluations_never_change BEFORE UPDATE ON model_evaluations
      BEGIN SELECT RAISE(ABORT, 'an evaluation is never changed'); END;
    CREATE TRIGGER model_evaluations_never_go BEFORE DELETE ON model_evaluations
      BEGIN SELECT RAISE(ABORT, 'an evaluation is never deleted'); END;

    /* For trainings that begin after the last row. */
    CREATE TABLE promotion_rules (
      id INTEGER PRIMARY KEY NOT NULL,
      at TEXT NOT NULL,
      content TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER promotion_rules_never_change BEFORE UPDATE ON promotion_rules
      BEGIN SELECT RAISE(ABORT, 'rules are never changed, new ones are added'); END;
    CREATE TRIGGER promotion_rules_never_go BEFORE DELETE ON promotion_rules
      BEGIN SELECT RAISE(ABORT, 'rules are never deleted'); END;

    CREATE TABLE promotions (
      id INTEGER PRIMARY KEY NOT NULL,
      at TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('promoted', 'refused', 'rolled back')),
      model_hash TEXT NOT NULL REFERENCES models (hash),
      content TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER promotions_continue BEFORE INSERT ON promotions
      WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM promotions)
      BEGIN SELECT RAISE(ABORT, 'a promotion must follow the last one'); END;
    CREATE TRIGGER promotions_never_change BEFORE UPDATE ON promotions
      BEGIN SELECT RAISE(ABORT, 'promotions are never changed'); END;
    CREATE TRIGGER promotions_never_go BEFORE DELETE ON promotions
      BEGIN SELECT RAISE(ABORT, 'promotions are never deleted'); END;
  `,
};
