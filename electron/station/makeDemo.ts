import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CalcarError } from '../contract/errors.ts';
import type { ImportOutcome } from '../contract/reads.ts';
import type { Context } from './context.ts';
import type { DemoFilm, DemoTruth } from './demoFilms.ts';
import { importFilm } from './importFilms.ts';

export interface DemoOutcome {
  readonly outcome: ImportOutcome;
  readonly truth: readonly DemoTruth[];
}

/** Simulates the first `patients` of the demo cohort beside the station and imports each film as it is done. */
export async function makeDemo(
  context: Context,
  readLater: (imageHash: string) => void,
  patients: number,
): Promise<DemoOutcome[]> {
  const outcomes: DemoOutcome[] = [];
  const progress = (label: string): void => {
    context.emit({ event: 'progress', job: 'demo', done: outcomes.length, of: patients, label });
  };
  progress('Simulating films');
  for await (const film of simulated(Array.from({ length: patients }, (_, n) => n))) {
    const outcome = await importFilm(context, film.bytes, film.fileName);
    if (outcome.state === 'imported') readLater(outcome.imageHash);
    outcomes.push({ outcome, truth: film.hips });
    progress(film.fileName);
  }
  return outcomes;
}

/** The films in order, each as soon as the worker has it. */
async function* simulated(patients: readonly number[]): AsyncGenerator<DemoFilm> {
  const worker = new Worker(new URL('./demoWorker.ts', import.meta.url), { workerData: { patients } });
  try {
    // `on` ends the loop with the worker's error, and with its exit where it dies without one.
    const messages = on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[DemoFilm]>;
    let given = 0;
    for await (const [film] of messages) {
      yield film;
      given++;
      if (given === patients.length) return;
    }
    throw new Error(`the worker ended after ${given} of ${patients.length} films`);
  } catch (error) {
    if (error instanceof CalcarError) throw error;
    throw new CalcarError(
      'internal',
      'The simulation of the demo films failed. Nothing else is affected; the log has the details.',
      error,
    );
  } finally {
    await worker.terminate();
  }
}
