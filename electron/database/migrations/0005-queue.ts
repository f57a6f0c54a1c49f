import type { Migration } from '../migrate.ts';

/**
 * Which films were proposed for labelling, to whom, in which order and why: only ever added to, so that it can be told
 * later how the labelled films came to be chosen.
 */
export const queue: Migration = {
  number: 5,
  sql: `
    CREATE TABLE labelling_queues (
      id INTEGER PRIMARY KEY NOT NULL,
      at TEXT NOT NULL,
      reader TEXT NOT NULL,
      content TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER queues_are_added BEFORE INSERT ON labelling_queues
      WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM labelling_queues)
      BEGIN SELECT RAISE(ABORT, 'a queue is added at the end'); END;
    CREATE TRIGGER queues_never_change BEFORE UPDATE ON labelling_queues
      BEGIN SELECT RAISE(ABORT, 'a queue that was given out is never changed'); END;
    CREATE TRIGGER queues_never_go BEFORE DELETE ON labelling_queues
      BEGIN SELECT RAISE(ABORT, 'a queue that was given out is never deleted'); END;
  `,
};
