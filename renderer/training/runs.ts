import type { CallInput, StationEvent } from '../../electron/contract/api.ts';
import type { TrainingRun } from '../../electron/contract/training.ts';
import { say } from '../app/store.ts';
import type { Recipe } from '../../electron/contract/recipe.ts';
import type { Study } from '../../electron/contract/snapshot.ts';
import { CalcarError } from '../../electron/contract/errors.ts';
import { call, sentenceOf } from '../station.ts';
import { setTraining, training } from './training.ts';

/** The room is entered: both lists come anew. */
export async function refreshTraining(): Promise<void> {
  try {
    const [datasets, runs] = await Promise.all([call('datasets.list', {}), call('training.list', {})]);
    setTraining({ datasets, runs, listError: null });
  } catch (error) {
    setTraining({ listError: sentenceOf(error) });
  }
}

/** What the station says of trainings unasked. */
export function hearTraining(event: StationEvent): void {
  if (event.event === 'training-run') takeIn(event.run);
  if (event.event === 'datasets-changed') void refreshTraining();
  if (event.event === 'progress' && event.job === 'freeze' && training().freezing !== null) {
    const { done, of, label } = event;
    setTraining({ freezing: { done, of, label } });
  }
  if (event.event === 'progress' && event.job === 'evaluate') {
    const { evaluating } = training();
    if (evaluating !== null) setTraining({ evaluating: { ...evaluating, done: event.done, of: event.of } });
  }
}

function takeIn(run: TrainingRun): void {
  setTraining(({ runs }) => ({
    runs:
      runs === null || !runs.some(({ id }) => id === run.id)
        ? [run, ...(runs ?? [])]
        : runs.map((each) => (each.id === run.id ? run : each)),
  }));
}

/** Freezes a person's reads and shows the data set. */
export async function freeze(name: string, study: Study): Promise<void> {
  setTraining({ freezing: { done: 0, of: 0, label: 'Freezing your reads' } });
  try {
    const { dataset, leftOut } = await call('datasets.freeze', { name, study });
    await refreshTraining();
    setTraining({ panel: null, subject: { kind: 'dataset', hash: dataset.hash } });
    if (leftOut.length > 0)
      say(`${dataset.name} is frozen; ${String(leftOut.length)} films or hips were left out of it.`);
  } catch (error) {
    if (!(error instanceof CalcarError && error.kind === 'cancelled')) say(sentenceOf(error));
  } finally {
    setTraining({ freezing: null });
  }
}

export async function stopFreezing(): Promise<void> {
  try {
    await call('datasets.cancel', {});
  } catch (error) {
    say(sentenceOf(error));
  }
}

/** Queues a training and shows it. */
export async function startRun(order: {
  readonly snapshot: string;
  readonly name: string;
  readonly recipe: Recipe;
  readonly from: CallInput<'training.start'>['from'];
}): Promise<void> {
  try {
    const run = await call('training.start', order);
    takeIn(run);
    setTraining({ panel: null, subject: { kind: 'run', id: run.id } });
  } catch (error) {
    say(sentenceOf(error));
  }
}

/** Reads the test patients with a run's model. */
export async function evaluateRun(id: string): Promise<void> {
  setTraining({ evaluating: { id, done: 0, of: 0 } });
  try {
    await call('training.evaluate', { id });
  } catch (error) {
    if (!(error instanceof CalcarError && error.kind === 'cancelled')) say(sentenceOf(error));
  } finally {
    setTraining({ evaluating: null });
  }
}

export async function stopEvaluation(): Promise<void> {
  try {
    await call('training.stopEvaluation', {});
  } catch (error) {
    say(sentenceOf(error));
  }
}

export async function pauseRun(id: string): Promise<void> {
  await wish('training.pause', id);
}
export async function resumeRun(id: string): Promise<void> {
  await wish('training.resume', id);
}
export async function cancelRun(id: string): Promise<void> {
  await wish('training.cancel', id);
}

async function wish(
  name: 'training.pause' | 'training.resume' | 'training.cancel',
  id: string,
): Promise<void> {
  try {
    takeIn(await call(name, { id }));
  } catch (error) {
    say(sentenceOf(error));
  }
}
