/** Evaluations of trained models on the test patients of their own data set, one at a time. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import { evaluationReport, type EvaluationReport } from '../../contract/evaluation.ts';
import type { StartEvaluation } from '../../compute/startEvaluation.ts';
import { modelFolder } from '../../learning/training/runFolder.ts';
import { findTraining } from './runs.ts';

/** For a door that starts the process in its own way. */
export { evaluateProcessFile, followEvaluation } from '../../compute/startEvaluation.ts';

export interface EvaluationsOptions {
  readonly runsFolder: string;
  readonly software: string;
  /** @throws CalcarError 'not-found' */
  readonly snapshotFolder: (hash: string) => Promise<string>;
  readonly startEvaluation: StartEvaluation;
  readonly report: (done: number, of: number) => void;
}

/** Share of broken hips among those that are filmed for a suspected fracture, for predictive values. */
export const prevalence = 0.1;

export class Evaluations {
  readonly #options: EvaluationsOptions;
  #running: AbortController | null = null;

  constructor(options: EvaluationsOptions) {
    this.#options = options;
  }

  /** Where the report, its page and what was answered for every hip are. */
  folderOf(id: string): string {
    return join(this.#options.runsFolder, id, 'evaluation');
  }

  /** @throws CalcarError 'not-found', 'invalid-input', 'leak', 'cancelled', 'compute-crashed', 'disk-full' */
  async evaluate(id: string): Promise<EvaluationReport> {
    const { runsFolder, software, snapshotFolder, startEvaluation, report } = this.#options;
    const run = findTraining(runsFolder, id);
    if (run.bestEpoch === null || (run.state !== 'finished' && run.state !== 'cancelled'))
      throw new CalcarError(
        'invalid-input',
        'Only a training that has ended with a model can be evaluated. Wait for its end, or cancel it to keep its best epoch.',
      );
    if (this.#running !== null)
      throw new CalcarError('invalid-input', 'Another evaluation is under way. Wait until it is done.');
    const running = new AbortController();
    this.#running = running;
    try {
      await startEvaluation(
        {
          models: modelFolder(join(runsFolder, id)),
          snapshot: await snapshotFolder(run.snapshot.hash),
          out: this.folderOf(id),
          software,
          prevalence,
          keepConfidence: true,
        },
        { signal: running.signal, report },
      );
    } finally {
      this.#running = null;
    }
    const made = await this.reportOf(id);
    if (made !== null) return made;
    throw new CalcarError('compute-failed', 'The evaluation wrote no report. Start it again.');
  }

  /** Null before an evaluation, and for a report of another version of Calcar. */
  async reportOf(id: string): Promise<EvaluationReport | null> {
    const text = await readFile(join(this.folderOf(id), 'report.json'), 'utf8').catch(() => null);
    if (text === null) return null;
    try {
      return evaluationReport.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }

  stop(): void {
    this.#running?.abort();
  }
}
