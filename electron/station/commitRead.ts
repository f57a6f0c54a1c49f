import type { ReadDraft, StoredRead } from '../contract/reads.ts';
import { removeDraft } from '../database/drafts.ts';
import { appendPersonRead } from '../database/reads.ts';
import { blindingOf } from './blinding.ts';
import type { Context } from './context.ts';
import { now, usableFilm } from './context.ts';

/**
 * Appends a person's read; the draft goes in the same transaction. Whether it was blinded, and which answer
 * was shown, is what the station knows, not what the screen says.
 */
export async function commitRead(context: Context, draft: ReadDraft): Promise<StoredRead> {
  await usableFilm(context, draft.imageHash);
  const read = await context.database.write(async (db) => {
    const truth = await blindingOf(db, draft.imageHash, draft.reader);
    const stamp = { at: now(), stationVersion: context.version };
    const stored = await appendPersonRead(db, { ...draft, ...truth }, stamp);
    await removeDraft(db, draft.imageHash, draft.reader);
    return stored;
  });
  context.emit({ event: 'worklist-changed' });
  return read;
}
