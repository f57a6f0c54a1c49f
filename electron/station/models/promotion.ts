/** Candidates held against their rules, put in place of the current model, and taken back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import { evaluationReport } from '../../contract/evaluation.ts';
import type { PromotionEvent, PromotionVerdict } from '../../contract/models.ts';
import type { StartEvaluation } from '../../compute/startEvaluation.ts';
import { appendPromotion, promotionEvents } from '../../database/models.ts';
import { filmsReadTwice, lastShadow } from '../../database/shadow.ts';
import { listSnapshots } from '../../database/snapshots.ts';
import { reportFile } from '../../learning/evaluation/evaluateModel.ts';
import { loadOutcomes, outcomesFile } from '../../learning/evaluation/outcomes.ts';
import { judgeCandidate, type Judged } from '../../learning/promotion/judge.ts';
import { confidenceOf, saliencyVerdictOf, stateOfFiles } from '../../learning/promotion/modelFiles.ts';
import type { Context } from '../context.ts';
import { now } from '../context.ts';
import { prevalence } from '../training/evaluations.ts';
import { standingPromotions, type Shelf } from './shelf.ts';

export interface PromotionOptions {
  readonly context: Context;
  readonly shelf: Shelf;
  readonly startEvaluation: StartEvaluation;
  /** The folder of a snapshot, by its hash. @throws CalcarError 'not-found' */
  readonly snapshotFolder: (hash: string) => Promise<string>;
  readonly report: (done: number, of: number) => void;
}

export class Promotion {
  readonly #options: PromotionOptions;
  #running: AbortController | null = null;

  constructor(options: PromotionOptions) {
    this.#options = options;
  }

  /**
   * Reads the test patients with the candidate and with the current model, where that was not done, and holds the
   * candidate against its rules. Nothing is changed but what is known of the two.
   *
   * @param snapshot null takes the newest that has test patients
   * @throws CalcarError 'not-found'; 'invalid-input' for the current model itself and where nothing can be judged on;
   *   'leak' where one of the two has learned from a test patient; 'cancelled'; as an evaluation
   */
  async judge(model: string, snapshot: string | null): Promise<PromotionVerdict> {
    const { context, shelf } = this.#options;
    const { rules } = await shelf.entry(model);
    const current = await shelf.currentHash();
    if (model === current)
      throw new CalcarError(
        'invalid-input',
        'This is the model that reads now, so there is nothing to judge it against.',
      );
    const fault = faultOf(stateOfFiles(shelf.folderOf(model), model));
    if (fault !== null) throw new CalcarError('model-damaged', fault);
    const on = snapshot ?? (await this.#newestTest());
    if (this.#running !== null)
      throw new CalcarError(
        'invalid-input',
        'Another judgement is under way. Wait until it is done, or stop it.',
      );
    const running = new AbortController();
    this.#running = running;
    try {
      const candidate = await this.#evaluated(model, on, running.signal);
      const against = await this.#evaluated(current, on, running.signal);
      return judgeCandidate({
        candidate,
        current: against,
        rules,
        fault,
        saliency: saliencyVerdictOf(shelf.folderOf(model), model),
        shadowFilms: await context.database.read(async (db) => {
          const session = await lastShadow(db, model);
          return session === undefined ? 0 : (await filmsReadTwice(db, session)).length;
        }),
        at: now(),
      });
    } finally {
      this.#running = null;
    }
  }

  /** Stops what is read for a judgement; what was read of a model to its end is kept. */
  stop(): void {
    this.#running?.abort();
  }

  /**
   * Judges, and makes the candidate the current model where everything was shown.
   *
   * @throws CalcarError 'not-promoted' with every failed check in numbers; as `judge`
   */
  async promote(model: string, snapshot: string | null): Promise<PromotionEvent> {
    const { shelf } = this.#options;
    const verdict = await this.judge(model, snapshot);
    const { model: candidate, against: before, allowed } = verdict;
    const event = await this.#happened({
      at: verdict.at,
      by: await shelf.who(),
      kind: allowed ? 'promoted' : 'refused',
      model: candidate,
      before,
      verdict,
    });
    if (!allowed) throw new CalcarError('not-promoted', refusalOf(verdict));
    await this.#options.context.machine.useModel(shelf.folderOf(model));
    return event;
  }

  /**
   * Puts the model before the last standing promotion back, at once.
   *
   * @throws CalcarError 'invalid-input' where nothing was promoted, 'model-missing', 'model-damaged'
   */
  async rollback(): Promise<PromotionEvent> {
    const { context, shelf } = this.#options;
    const [last] = standingPromotions(await context.database.read(promotionEvents));
    if (last === undefined)
      throw new CalcarError(
        'invalid-input',
        'No promotion stands that could be undone: the model that reads now is the one this station began with.',
      );
    const folder = shelf.folderOf(last.before.hash);
    const files = stateOfFiles(folder, last.before.hash);
    if (files !== 'there')
      throw new CalcarError(files === 'gone' ? 'model-missing' : 'model-damaged', faultOf(files)!);
    const event = await this.#happened({
      at: now(),
      by: await shelf.who(),
      kind: 'rolled back',
      model: last.before,
      before: last.model,
      verdict: null,
    });
    await context.machine.useModel(folder);
    return event;
  }

  async #happened(event: Parameters<typeof appendPromotion>[1]): Promise<PromotionEvent> {
    const { context } = this.#options;
    const written = await context.database.write((db) => appendPromotion(db, event));
    context.log.info('promotion', { kind: written.kind, model: written.model.hash, by: written.before.hash });
    context.emit({ event: 'models-changed' });
    return written;
  }

  async #newestTest(): Promise<string> {
    const rows = await this.#options.context.database.read(listSnapshots);
    const found = rows.find(({ counts }) => counts.test.patients > 0);
    if (found !== undefined) return found.hash;
    throw new CalcarError(
      'invalid-input',
      "There is no data set with test patients to judge on. Freeze your reads in the training room, or add one with 'calcar dataset add'.",
    );
  }

  async #evaluated(model: string, snapshot: string, signal: AbortSignal): Promise<Judged> {
    const { context, shelf, startEvaluation, snapshotFolder, report } = this.#options;
    const models = shelf.folderOf(model);
    const out = join(models, 'evaluations', snapshot.slice(0, 12));
    await startEvaluation(
      {
        models,
        snapshot: await snapshotFolder(snapshot),
        out,
        software: context.version,
        prevalence,
        // What is known of a model's confidence is not moved by judging it again.
        keepConfidence: confidenceOf(models, model) === null,
      },
      { signal, report },
    );
    const judged: Judged = {
      outcomes: loadOutcomes(join(out, outcomesFile)),
      report: evaluationReport.parse(JSON.parse(readFileSync(join(out, reportFile), 'utf8'))),
    };
    const { readAt, study, software, classifier, localizer, calibration, snapshot: on } = judged.report;
    await shelf.keepEvaluation(model, {
      snapshot: on,
      study,
      at: readAt,
      software,
      balancedAccuracy: classifier.balancedAccuracy,
      topOne: classifier.topOneByPatient,
      macroArea: classifier.macroArea.allByPatient,
      meanOverlap: localizer.meanOverlap,
      calibrationError: calibration.after?.expectedCalibrationError ?? null,
    });
    return judged;
  }
}

function faultOf(files: ReturnType<typeof stateOfFiles>): string | null {
  switch (files) {
    case 'there':
      return null;
    case 'gone':
      return 'The files of this model are gone from the data folder. Bring its folder in again; the same files are known by their hash.';
    case 'damaged':
      return 'The files of this model are not those that were put on the shelf: their hash is another. Bring its folder in again.';
  }
}

/** Every failed check, in numbers. */
function refusalOf({ model, checks }: PromotionVerdict): string {
  const failed = checks.filter(({ passed }) => !passed);
  return `${model.name} was not promoted. ${failed
    .map(({ sentence, asked, seen }) => `${sentence} Asked: ${asked}; seen: ${seen}.`)
    .join(' ')}`;
}
