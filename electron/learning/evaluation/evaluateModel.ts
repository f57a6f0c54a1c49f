/** One model on one snapshot: what was read, the report and its page, in a folder of their own. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfidence } from '../../contract/confidence.ts';
import { CalcarError } from '../../contract/errors.ts';
import type { EvaluationReport, Outcomes } from '../../contract/evaluation.ts';
import type { Reader } from '../../reading/reader.ts';
import { writeDurably, writeJsonDurably } from '../training/durableFile.ts';
import { fixConfidence, saveConfidence } from './confidence.ts';
import { driftReferenceOf, saveDriftReference } from './driftReference.ts';
import { evaluateOutcomes, readOutcomes } from './evaluate.ts';
import { independenceOf } from './evaluateIndependence.ts';
import { refuseLeaks } from '../snapshots/leaks.ts';
import { loadOutcomes, outcomesFile, saveOutcomes } from './outcomes.ts';
import { errorPictures } from './report/errorPictures.ts';
import { evaluationPage } from './report/evaluationPage.ts';
import { wholeFilms, type Snapshot } from '../snapshots/snapshot.ts';
import { writeFailure } from '../writeFailure.ts';

export const reportFile = 'report.json';
export const pageFile = 'report.html';

export interface EvaluationOrder {
  /** The folder of the weights, for its training records. */
  readonly models: string;
  readonly reader: Reader;
  readonly snapshot: Snapshot;
  /** Where the outcomes, `report.json` and `report.html` go. */
  readonly out: string;
  readonly backend: string;
  readonly software: string;
  /** Share of broken hips that predictive values are given for. */
  readonly prevalence: number;
  /** Reads the films even where what was read of this model on this snapshot is still there. */
  readonly again?: boolean;
  /** Keeps the confidence, and what drift is told by, beside the weights too, where the next reader of films finds them. */
  readonly keepConfidence?: boolean;
  /** Told after each patient. */
  readonly report?: (done: number, of: number) => void;
}

export interface Evaluated {
  readonly report: EvaluationReport;
  /** How sure the model is by now; null where the tuning patients cannot say. */
  readonly confidence: ModelConfidence | null;
  /** False where the statistics are of an earlier reading. */
  readonly wasRead: boolean;
}

/**
 * Reads the tuning and the test films of a snapshot, unless that was done before, and counts.
 *
 * @throws CalcarError 'leak' when the model can have learned from the test; 'invalid-input' for a snapshot without
 *   graded test films or whose files changed; 'compute-failed'; 'disk-full', 'read-only'
 */
export async function evaluateModel(order: EvaluationOrder): Promise<Evaluated> {
  const { snapshot, out } = order;
  refuseLeaks(snapshot.manifest);
  const independence = independenceOf(order.models, snapshot.manifest);
  refuseEmpty(snapshot);
  try {
    mkdirSync(out, { recursive: true });
  } catch (error) {
    throw writeFailure(error);
  }
  const path = join(out, outcomesFile);
  const before = order.again === true || !existsSync(path) ? null : loadOutcomes(path);
  const wasRead = before === null || !isOf(before, order);
  const outcomes = wasRead ? await read(order, independence) : { ...before, independence };
  if (wasRead) saveOutcomes(path, outcomes);
  const report = evaluateOutcomes(outcomes, { prevalence: order.prevalence });
  writeJsonDurably(join(out, reportFile), report);
  const confidence = fixConfidence(outcomes, report);
  saveConfidence(out, confidence);
  if (order.keepConfidence === true) {
    saveConfidence(order.models, confidence);
    saveDriftReference(order.models, driftReferenceOf(outcomes));
  }
  const page = evaluationPage(report, errorPictures(snapshot, report.errors));
  writeDurably(join(out, pageFile), [Buffer.from(page)]);
  return { report, confidence, wasRead };
}

function refuseEmpty({ manifest }: Snapshot): void {
  if (manifest.entries.some(({ split, hips }) => split === 'test' && hips > 0)) return;
  throw new CalcarError(
    'invalid-input',
    `The snapshot '${manifest.name}' has no films to test on, so nothing was read. Freeze one with test patients.`,
  );
}

const isOf = (outcomes: Outcomes, { reader, snapshot, software }: EvaluationOrder): boolean =>
  outcomes.model.hash === reader.modelHash &&
  outcomes.snapshot.hash === snapshot.manifest.hash &&
  outcomes.software === software;

async function read(
  { reader, snapshot, software, backend, report }: EvaluationOrder,
  independence: Outcomes['independence'],
): Promise<Outcomes> {
  const of = snapshot.manifest.entries.filter(({ split }) => split !== 'learn').length;
  const films = {
    manifest: snapshot.manifest,
    tune: wholeFilms(snapshot, 'tune'),
    test: wholeFilms(snapshot, 'test'),
  };
  return readOutcomes(reader, films, { independence, software, backend }, (done) => report?.(done, of));
}
