import type { UnfinishedRead } from '../contract/reads.ts';
import * as stored from '../database/drafts.ts';
import type { Context } from './context.ts';
import { now, usableFilm } from './context.ts';

export async function saveDraft(context: Context, draft: UnfinishedRead): Promise<Record<string, never>> {
  await usableFilm(context, draft.imageHash);
  await context.database.write((db) => stored.saveDraft(db, draft, now()));
  return {};
}

export const loadDraft = (
  context: Context,
  { imageHash, reader }: { imageHash: string; reader: string },
): Promise<UnfinishedRead | null> =>
  context.database.read((db) => stored.loadDraft(db, imageHash, reader.trim()));
