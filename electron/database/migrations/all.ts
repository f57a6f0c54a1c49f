import type { Migration } from '../migrate.ts';
import { first } from './0001-first.ts';
import { datasets } from './0002-datasets.ts';
import { models } from './0003-models.ts';
import { shadow } from './0004-shadow.ts';
import { queue } from './0005-queue.ts';

/** Every step from an empty file to today's schema, in order. A step that was released is never edited. */
export const migrations: readonly Migration[] = [first, datasets, models, shadow, queue];
