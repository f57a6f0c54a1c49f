/** The order in which the worklist stands: as films came, or what to label next. */
import { create } from 'zustand';
import type { LabellingQueue, QueueRow } from '../../electron/contract/queue.ts';
import type { WorklistRow } from '../../electron/contract/reads.ts';
import { say, useApp } from '../app/store.ts';
import { call, sentenceOf } from '../station.ts';

/** Films that the station is asked to put in order at once. */
const asked = 500;

/** Null while the list stands as films came. */
export const useQueue = create<{ readonly queue: LabellingQueue | null }>(() => ({ queue: null }));

// An order was given to one reader, blinded or not; another asks for their own.
useApp.subscribe(({ settings }, before) => {
  if (settings.reader !== before.settings.reader || settings.blinded !== before.settings.blinded)
    useQueue.setState({ queue: null });
});

/** Asks for a new order, or puts the list back as films came. */
export async function toggleQueue(): Promise<void> {
  if (useQueue.getState().queue !== null) {
    useQueue.setState({ queue: null });
    return;
  }
  try {
    const queue = await call('queue.next', { films: asked });
    if (queue.rows.length > 0) useQueue.setState({ queue });
    else
      say(
        queue.unlabelled === 0
          ? 'Every film has been read: nothing is left to label.'
          : 'No film that waits for a read has an answer of the machine yet, so there is no order.',
      );
  } catch (error) {
    say(sentenceOf(error));
  }
}

/** Films of the queue first and in its order, also once they are read; the others after, as they came. */
export function ordered(rows: readonly WorklistRow[], queue: LabellingQueue | null): readonly WorklistRow[] {
  if (queue === null) return rows;
  const rank = new Map(queue.rows.map((row) => [row.imageHash, row.rank]));
  const place = ({ imageHash }: WorklistRow): number => rank.get(imageHash) ?? Number.MAX_SAFE_INTEGER;
  return [...rows].sort((a, b) => place(a) - place(b));
}

/** The rows as they stand on the screen. */
export function shownRows(): readonly WorklistRow[] | null {
  const { rows } = useApp.getState();
  return rows === null ? null : ordered(rows, useQueue.getState().queue);
}

/** Why a film stands where it does; null where it stands as it came, was read, or the reason is withheld. */
export function reasonOf(row: WorklistRow, queue: LabellingQueue | null): QueueRow['reasons'] | null {
  const reasons = queue?.rows.find(({ imageHash }) => imageHash === row.imageHash)?.reasons ?? [];
  return row.person.length > 0 || reasons.length === 0 ? null : reasons;
}

/**
 * The film to read after the open one: the next below, and at the list's end the first from its top that nobody has read.
 * Null when there is none.
 */
export function nextToRead(rows: readonly WorklistRow[], open: string | null): string | null {
  const usable = (row: WorklistRow): boolean => row.state !== 'unusable';
  const index = rows.findIndex((row) => row.imageHash === open);
  const next =
    rows.slice(index + 1).find(usable) ??
    rows.slice(0, Math.max(index, 0)).find((row) => usable(row) && row.person.length === 0);
  return next?.imageHash ?? null;
}
