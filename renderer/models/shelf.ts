/** What a person does with the models of the shelf. */
import type { StationEvent } from '../../electron/contract/api.ts';
import { CalcarError } from '../../electron/contract/errors.ts';
import type { PromotionEvent, PromotionRules } from '../../electron/contract/models.ts';
import { refreshState, say } from '../app/store.ts';
import { call, sentenceOf } from '../station.ts';
import { models, setModels, type ModelWork } from './models.ts';

/** The room is entered, or something on the shelf changed. */
export async function refreshModels(): Promise<void> {
  try {
    const [shelf, shadow] = await Promise.all([
      call('models.shelf', {}),
      call('shadow.report', { model: null }),
    ]);
    setModels({ shelf, shadow, error: null });
  } catch (error) {
    setModels({ error: sentenceOf(error) });
  }
}

/** What the station says of models unasked. */
export function hearModels(event: StationEvent): void {
  // Before the room was entered nothing is shown that could be out of date.
  if (models().shelf === null) return;
  if (event.event === 'models-changed' || event.event === 'shadow-changed') void refreshModels();
  if (event.event !== 'progress') return;
  const { work } = models();
  if (work !== null && event.job === work.job)
    setModels({ work: { ...work, done: event.done, of: event.of } });
}

/** Puts the model of an ended training on the shelf and shows it. */
export async function addRun(run: string): Promise<boolean> {
  try {
    const { hash } = await call('models.add', { run });
    await refreshModels();
    setModels({ chosen: hash });
    return true;
  } catch (error) {
    say(sentenceOf(error));
    return false;
  }
}

/** Holds a candidate against its rules; nothing is changed. */
export async function judge(model: string): Promise<void> {
  await work({ job: 'judge', model, done: 0, of: 0 }, async () => {
    const verdict = await call('models.judge', { model, snapshot: null });
    setModels(({ verdicts }) => ({ verdicts: { ...verdicts, [model]: verdict } }));
  });
}

export async function promote(model: string): Promise<void> {
  await work({ job: 'judge', model, done: 0, of: 0 }, async () => {
    await tell(call('models.promote', { model, snapshot: null }));
  });
}

export async function rollback(): Promise<void> {
  try {
    await tell(call('models.rollback', {}));
  } catch (error) {
    say(sentenceOf(error));
  }
  await refreshModels();
}

async function tell(happened: Promise<PromotionEvent>): Promise<void> {
  const { kind, model } = await happened;
  say(kind === 'rolled back' ? `${model.name} reads again.` : `${model.name} reads from now on.`);
  await refreshState();
}

/** One long work at a time; what was refused is on the shelf's own record, so the shelf comes anew either way. */
async function work(what: ModelWork, act: () => Promise<void>): Promise<void> {
  setModels({ work: what });
  try {
    await act();
  } catch (error) {
    if (!(error instanceof CalcarError && error.kind === 'cancelled')) say(sentenceOf(error));
  } finally {
    setModels({ work: null });
  }
  await refreshModels();
}

export async function stopWork(): Promise<void> {
  await quietly(call('models.stop', {}));
}

export async function startShadow(model: string): Promise<void> {
  await quietly(call('shadow.start', { model }));
  await refreshModels();
}

export async function stopShadow(): Promise<void> {
  await quietly(call('shadow.stop', {}));
  await refreshModels();
}

/** For trainings that begin from now on. @returns whether they were kept */
export async function setRules(rules: PromotionRules): Promise<boolean> {
  const kept = await quietly(call('models.setRules', rules));
  await refreshModels();
  return kept;
}

async function quietly(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    say(sentenceOf(error));
    return false;
  }
}
