import type { SaliencyMethod } from '../../electron/contract/saliencyTests.ts';
import type { Finding } from '../../electron/contract/finding.ts';
import { useApp } from '../app/store.ts';
import { call, fetchSaliency, fetchSamples, sentenceOf } from '../station.ts';
import { flushDraft } from './autosave.ts';
import { draftFromFinding, draftFromUnfinished, emptyDraft } from './draft.ts';
import { resetSession, session, setFor, setSession } from './session.ts';

let opening = new AbortController();

/** Opens a film: its pixels, what the machine says, what was read before, and the draft that was left. */
export async function openFilm(imageHash: string): Promise<void> {
  if (session().imageHash === imageHash && session().filmError === null) return;
  opening.abort();
  opening = new AbortController();
  const { signal } = opening;
  flushDraft();
  resetSession(imageHash);
  try {
    const film = await call('film.describe', { imageHash });
    if (!setFor(imageHash, { film, voi: film.vois[0] ?? null })) return;
    const [samples] = await Promise.all([fetchSamples(film, signal), loadReads(imageHash)]);
    setFor(imageHash, { samples });
  } catch (error) {
    if (!signal.aborted) setFor(imageHash, { filmError: sentenceOf(error) });
    return;
  }
  await askMachine(imageHash);
}

/** History and draft. The draft is the reader's own; without a name there is none. */
async function loadReads(imageHash: string): Promise<void> {
  const { reader } = useApp.getState().settings;
  const [history, kept] = await Promise.all([
    call('reads.history', { imageHash }),
    reader === '' ? null : call('draft.load', { imageHash, reader }),
  ]);
  if (!setFor(imageHash, { history })) return;
  if (kept !== null && !session().touched) {
    const draft = draftFromUnfinished(kept);
    setFor(imageHash, {
      draft,
      touched: true,
      saved: 'kept',
      selected: firstOpen(draft.hips),
      earlierMs: kept.durationMs,
    });
  }
}

const firstOpen = (hips: readonly { readonly id: string; readonly grade: unknown }[]) =>
  (hips.find((hip) => hip.grade === null) ?? hips[0])?.id ?? null;

/**
 * Asks for the machine's answer; the station runs the model if it has not read this film yet, and keeps
 * the answer back from a blinded reader who has not committed.
 */
export async function askMachine(imageHash: string): Promise<void> {
  setFor(imageHash, { answer: { state: 'waiting' } });
  try {
    const finding = await call('film.read', { imageHash });
    if (finding === null) setFor(imageHash, { answer: { state: 'withheld' } });
    else offer(imageHash, finding);
  } catch (error) {
    setFor(imageHash, { answer: { state: 'failed', sentence: sentenceOf(error) } });
  }
}

/** Shows the answer; its boxes become the draft unless the person has begun one. */
function offer(imageHash: string, finding: Finding): void {
  if (!setFor(imageHash, { answer: { state: 'here', finding } })) return;
  if (!session().touched && session().draft.hips.length === 0) {
    const draft = draftFromFinding(finding);
    setSession({ draft, selected: firstOpen(draft.hips) });
  }
  if (session().saliencyShown) void loadSaliency();
}

/** What the model looked at in every hip. Computed only when a person asks for it. */
export async function loadSaliency(): Promise<void> {
  const { imageHash, answer, saliency, saliencyMethod } = session();
  if (imageHash === null || answer.state !== 'here' || saliency !== null) return;
  setSession({ saliencyError: null });
  try {
    const maps = await Promise.all(
      answer.finding.hips.map((_, hip) => fetchSaliency(imageHash, hip, saliencyMethod, opening.signal)),
    );
    if (session().saliencyMethod === saliencyMethod) setFor(imageHash, { saliency: maps });
  } catch (error) {
    if (!opening.signal.aborted) setFor(imageHash, { saliencyError: sentenceOf(error) });
  }
}

/** Another way to ask the model what it looked at. */
export async function showSaliencyBy(saliencyMethod: SaliencyMethod): Promise<void> {
  setSession({ saliencyMethod, saliency: null });
  await loadSaliency();
}

/** After a commit, or when the reader or the blinding changed: the film as it is now for this reader. */
export async function reloadReads(): Promise<void> {
  const { imageHash } = session();
  if (imageHash === null || session().film === null) return;
  flushDraft();
  setSession({
    draft: emptyDraft,
    touched: false,
    past: [],
    future: [],
    selected: null,
    saved: 'untouched',
    earlierMs: 0,
    answer: { state: 'waiting' },
    saliency: null,
    saliencyShown: false,
  });
  try {
    await loadReads(imageHash);
  } catch (error) {
    setFor(imageHash, { filmError: sentenceOf(error) });
    return;
  }
  await askMachine(imageHash);
}
