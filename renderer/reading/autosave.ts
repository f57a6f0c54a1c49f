import { useApp } from '../app/store.ts';
import { call } from '../station.ts';
import type { ReadFacts } from './draft.ts';
import { toUnfinished } from './draft.ts';
import { session, setFor } from './session.ts';

/** A change is on its way to the database at most this long after it was made, in milliseconds. */
const saveWithin = 200;

let timer: ReturnType<typeof setTimeout> | undefined;
let lastSave: Promise<void> = Promise.resolve();

/** What goes with the reader's own words: who, on which film, having seen which model's answer, for how long. */
export function readFacts(): ReadFacts | null {
  const { imageHash, answer, earlierMs, shownAt } = session();
  const { reader, blinded } = useApp.getState().settings;
  if (imageHash === null || reader.trim() === '') return null;
  return {
    imageHash,
    reader: reader.trim(),
    blinded: blinded && answer.state !== 'here',
    shownModelHash: answer.state === 'here' ? answer.finding.modelHash : null,
    durationMs: earlierMs + (shownAt === null ? 0 : performance.now() - shownAt),
  };
}

/** Keeps the draft soon. Further changes do not put it off. */
export function keepDraft(): void {
  timer ??= setTimeout(flushDraft, saveWithin);
}

/** Keeps the draft now, if something of it is not kept yet. */
export function flushDraft(): void {
  if (timer === undefined) return;
  clearTimeout(timer);
  timer = undefined;
  const facts = readFacts();
  if (facts === null) return;
  const { imageHash } = facts;
  const unfinished = toUnfinished(session().draft, facts);
  setFor(imageHash, { saved: 'saving' });
  lastSave = lastSave.then(() =>
    call('draft.save', unfinished).then(
      () => void setFor(imageHash, { saved: timer === undefined ? 'kept' : 'saving' }),
      () => void setFor(imageHash, { saved: 'failed' }),
    ),
  );
}

/** Drops what waits to be kept and lets a save under way end, so that nothing follows a commit. */
export async function settleDraft(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  await lastSave;
}
