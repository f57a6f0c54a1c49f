import { refreshList, say } from '../app/store.ts';
import { call, sentenceOf } from '../station.ts';
import { readFacts, settleDraft } from './autosave.ts';
import { toRead } from './draft.ts';
import { mayEdit } from './edit.ts';
import { nextToRead, shownRows } from './listOrder.ts';
import { openFilm, reloadReads } from './openFilm.ts';
import { session, setSession } from './session.ts';

/** Commits the read and opens the next film of the list; where none is left to read it stays, with the answer shown. */
export async function commitAndNext(): Promise<void> {
  if (session().committing || !mayEdit()) return;
  const facts = readFacts();
  if (facts === null) return;
  const read = toRead(session().draft, facts);
  if (typeof read === 'string') {
    setSession({ commitError: read });
    return;
  }
  setSession({ committing: true, commitError: null });
  await settleDraft();
  try {
    await call('reads.commit', read);
  } catch (error) {
    setSession({ committing: false });
    say(
      `The read was not saved. ${sentenceOf(error)} It is still on the screen; press Enter to try again.`,
      'loss',
    );
    return;
  }
  setSession({ committing: false, touched: false, saved: 'untouched' });
  say('Read committed.');
  const next = nextToRead(shownRows() ?? [], session().imageHash);
  void refreshList();
  if (next === null) await reloadReads();
  else await openFilm(next);
}

/** The film after (1) or before (−1) the open one in the list as it is shown; null at its end. */
export function neighbour(by: 1 | -1): string | null {
  const rows = shownRows();
  if (rows === null || rows.length === 0) return null;
  const index = rows.findIndex((row) => row.imageHash === session().imageHash);
  if (index < 0) return rows[0]?.imageHash ?? null;
  return rows[index + by]?.imageHash ?? null;
}

export function go(by: 1 | -1): void {
  const next = neighbour(by);
  if (next !== null) void openFilm(next);
}
