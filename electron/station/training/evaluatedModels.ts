/** Every model that was evaluated here, its report, its worst errors as pictures, and two of them side by side. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ComparisonReport } from '../../contract/comparison.ts';
import { CalcarError } from '../../contract/errors.ts';
import { estimate, evaluationReport } from '../../contract/evaluation.ts';
import type { AssetAnswer } from '../../contract/station.ts';
import type { EvaluationRow, TrainingReport } from '../../contract/training.ts';
import { compareOutcomes } from '../../learning/evaluation/compare.ts';
import { pageFile, reportFile } from '../../learning/evaluation/evaluateModel.ts';
import { nameOfError } from '../../learning/evaluation/evaluateErrors.ts';
import { loadOutcomes, outcomesFile } from '../../learning/evaluation/outcomes.ts';
import { errorPictures } from '../../learning/evaluation/report/errorPictures.ts';
import { drawn } from '../../learning/evaluation/report/errors.ts';
import { openSnapshot } from '../../learning/snapshots/snapshot.ts';
import type { Evaluations } from './evaluations.ts';
import { trainings } from './runs.ts';

/** What a row shows, of reports of earlier versions too. */
const headline = z.object({
  format: z.number(),
  ...evaluationReport.pick({ model: true, snapshot: true, study: true, readAt: true }).shape,
  classifier: z.object({ balancedAccuracy: estimate }),
});
const thisFormat = evaluationReport.shape.format.value;

export class EvaluatedModels {
  readonly #runsFolder: string;
  readonly #evaluations: Evaluations;
  readonly #snapshotFolder: (hash: string) => Promise<string>;

  /** @param snapshotFolder throws CalcarError 'not-found' */
  constructor(
    runsFolder: string,
    evaluations: Evaluations,
    snapshotFolder: (hash: string) => Promise<string>,
  ) {
    this.#runsFolder = runsFolder;
    this.#evaluations = evaluations;
    this.#snapshotFolder = snapshotFolder;
  }

  /** The one that was read last first. */
  async list(): Promise<EvaluationRow[]> {
    const rows = await Promise.all(trainings(this.#runsFolder).map(({ id }) => this.#rowOf(id)));
    return rows
      .filter((row) => row !== null)
      .sort((a, b) => b.readAt.localeCompare(a.readAt) || a.id.localeCompare(b.id));
  }

  /** @throws CalcarError 'not-found' before an evaluation, and for a report of another version of Calcar */
  async report(id: string): Promise<TrainingReport> {
    const report = await this.#evaluations.reportOf(id);
    if (report !== null) return { report, page: join(this.#evaluations.folderOf(id), pageFile) };
    throw new CalcarError(
      'not-found',
      'There is no report of this model that this version of Calcar can show. Evaluate it again in the training room.',
    );
  }

  /** @throws CalcarError 'not-found'; 'invalid-input' when the two have read no film in common */
  compare(first: string, second: string): ComparisonReport {
    const outcomesOf = (id: string): ReturnType<typeof loadOutcomes> =>
      loadOutcomes(join(this.#evaluations.folderOf(id), outcomesFile));
    return compareOutcomes(outcomesOf(first), outcomesOf(second));
  }

  /**
   * The n-th worst error, from the frozen film: the picture with both boxes, as SVG.
   *
   * @throws CalcarError 'not-found' where the report has no such error or its film is gone
   */
  async error(id: string, n: number): Promise<AssetAnswer> {
    const { report } = await this.report(id);
    const error = report.errors[n];
    const picture =
      error && errorPictures(openSnapshot(await this.#snapshotFolder(report.snapshot.hash)), [error])[0];
    if (!picture)
      throw new CalcarError('not-found', 'The film of this error is not in its data set any more.');
    return answer('image/svg+xml', Buffer.from(drawn(picture, nameOfError(error))));
  }

  /** The report's page. @throws CalcarError 'not-found' */
  async page(id: string): Promise<AssetAnswer> {
    const { page } = await this.report(id);
    return answer('text/html; charset=utf-8', await readFile(page));
  }

  async #rowOf(id: string): Promise<EvaluationRow | null> {
    const path = join(this.#evaluations.folderOf(id), reportFile);
    const text = await readFile(path, 'utf8').catch(() => null);
    const read = text === null ? null : headline.safeParse(jsonIn(text));
    if (read?.success !== true) return null;
    const { format, model, snapshot, study, readAt, classifier } = read.data;
    return {
      id,
      model,
      snapshot,
      study,
      readAt,
      balancedAccuracy: classifier.balancedAccuracy,
      isOld: format !== thisFormat,
    };
  }
}

/** Undefined for what is no JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const answer = (contentType: string, bytes: Uint8Array): AssetAnswer => ({ status: 200, contentType, bytes });
