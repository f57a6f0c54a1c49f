import * as z from 'zod';
import type { UnfinishedRead } from '../contract/reads.ts';
import { unfinishedRead } from '../contract/reads.ts';
import type { Reader, Writer } from './database.ts';
import { stored } from './stored.ts';

/** Keeps the unfinished read of one reader on one film, in place of the last one. */
export async function saveDraft(db: Writer, draft: UnfinishedRead, at: string): Promise<void> {
  await db.run(
    'INSERT OR REPLACE INTO drafts (image_hash, reader, saved_at, content) VALUES (?, ?, ?, ?)',
    draft.imageHash,
    draft.reader,
    at,
    JSON.stringify(draft),
  );
}

export async function loadDraft(
  db: Reader,
  imageHash: string,
  reader: string,
): Promise<UnfinishedRead | null> {
  const row = await db.first(
    z.object({ content: stored(unfinishedRead) }),
    'SELECT content FROM drafts WHERE image_hash = ? AND reader = ?',
    imageHash,
    reader,
  );
  return row?.content ?? null;
}

export async function removeDraft(db: Writer, imageHash: string, reader: string): Promise<void> {
  await db.run('DELETE FROM drafts WHERE image_hash = ? AND reader = ?', imageHash, reader);
}
