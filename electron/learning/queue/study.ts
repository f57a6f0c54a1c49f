/** Whether the queue saves labels against random order, simulated where every truth is known. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModels, ModelError, type Models } from '../../../models/index.ts';
import { CalcarError } from '../../contract/errors.ts';
import type { QueueStudy } from '../../contract/queue.ts';
import { seeded } from '../../random/random.ts';
import { mean, quantile } from '../../statistics/bootstrap.ts';
import { independenceOf } from '../evaluation/evaluateIndependence.ts';
import type { Snapshot } from '../snapshots/snapshot.ts';
import { standardised, studyHips, type StudyHips } from './studyFeatures.ts';
import { filmsARound, studyOrders, studyRepeat, type Course, type StudyOrder } from './studyRepeat.ts';
import { labelsSaved } from './studySaved.ts';

export interface QueueStudyOrder {
  /** Folder of the weights whose features are frozen, and of the record of whom they learned from. */
  readonly models: string;
  readonly snapshot: Snapshot;
  readonly repeats: number;
  readonly seed: number;
  readonly software: string;
  readonly report: (what: string, done: number, of: number) => void;
}

/**
 * The tuning patients of a snapshot are the films that wait for labels, its test patients judge.
 *
 * @throws CalcarError 'model-missing' or 'model-damaged'; 'leak' when the network learned from one of either, 'invalid-input' without graded hips in both
 *   or for a snapshot of real films
 */
export async function queueStudyOf(order: QueueStudyOrder): Promise<QueueStudy> {
  const { snapshot, repeats, report } = order;
  const { manifest } = snapshot;
  if (manifest.study !== 'simulated study')
    throw new CalcarError(
      'invalid-input',
      'The study of the labelling queue needs truths that no person gave, so it runs on simulated films only. Give it a snapshot of a simulated study.',
    );
  independenceOf(order.models, manifest);
  const of = manifest.entries.filter(({ split }) => split !== 'learn').length;
  let done = 0;
  const step = (): void => report('Looking at hips', ++done, of);
  const models = await modelsIn(order.models);
  try {
    const pool = await studyHips(models.classifier, snapshot, 'tune', step);
    const test = await studyHips(models.classifier, snapshot, 'test', step);
    refuseFew(pool, test, manifest.name);
    return studyOf(pool, test, order, (n) => report('Labelling in five orders', n, repeats));
  } finally {
    models.dispose();
  }
}

async function modelsIn(folder: string): Promise<Models> {
  try {
    return await loadModels(async (name) => new Uint8Array(await readFile(join(folder, name))));
  } catch (error) {
    throw error instanceof ModelError ? new CalcarError(error.kind, error.message, error) : error;
  }
}

function refuseFew(pool: StudyHips, test: StudyHips, name: string): void {
  if (pool.patientOfFilm.length >= 4 * filmsARound && test.labels.length > 0) return;
  throw new CalcarError(
    'invalid-input',
    `The snapshot '${name}' has too few graded films to label and to judge with. Make one with at least 50 tuning and some test patients.`,
  );
}

/** The study over hips whose features are known. */
export function studyOf(
  rawPool: StudyHips,
  rawTest: StudyHips,
  { repeats, seed, software }: Pick<QueueStudyOrder, 'repeats' | 'seed' | 'software'>,
  report: (done: number) => void = () => undefined,
): QueueStudy {
  const pool = { ...rawPool, features: standardised(rawPool.features, rawPool.features) };
  const test = { ...rawTest, features: standardised(rawTest.features, rawPool.features) };
  const random = seeded(seed);
  const courses = Array.from({ length: repeats }, (_, repeat) => {
    const course = studyRepeat(pool, test, random.stream(repeat));
    report(repeat + 1);
    return course;
  });
  const saved = studyOrders
    .filter((order) => order !== 'random')
    .map((order) => {
      const { value: share, ...range } = overRepeats(
        courses.map((course) => labelsSaved(course[order], course.random)),
      );
      return { order, share, ...range };
    });
  return {
    format: 1,
    warning: 'Simulated films: this says nothing of how many labels are saved on radiographs of patients.',
    software,
    at: new Date().toISOString(),
    learner: `softmax over ${String(pool.features.columns - 1)} frozen features, fitted again after every ${String(filmsARound)} films`,
    pool: { patients: pool.patients, hips: pool.labels.length },
    test: { patients: test.patients, hips: test.labels.length },
    repeats,
    curves: studyOrders.map((order) => ({ order, points: pointsOf(courses, order) })),
    saved,
    sentence: sentenceOf(saved[0]!),
  };
}

function pointsOf(
  courses: readonly Readonly<Record<StudyOrder, Course>>[],
  order: StudyOrder,
): QueueStudy['curves'][number]['points'] {
  const shortest = Math.min(...courses.map((course) => course[order].labels.length));
  return Array.from({ length: shortest }, (_, round) => {
    const { value: accuracy, ...range } = overRepeats(
      courses.map((course) => course[order].accuracy[round]!),
    );
    return { labels: courses[0]![order].labels[round]!, accuracy, ...range };
  });
}

/** The mean, and where 95 of 100 repeats lie: what one station may meet, its patients and its test included. */
function overRepeats(values: readonly number[]): { value: number; low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { value: mean(values), low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

function sentenceOf({ share, low, high }: QueueStudy['saved'][number]): string {
  const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;
  const saves = `in the mean ${percent(share)} of the films (95 of 100 repeats: ${percent(low)} to ${percent(high)})`;
  if (low > 0) return `The queue saved labels against random order: ${saves}.`;
  if (high < 0) return `The queue cost labels against random order: it saved ${saves}.`;
  return `Whether the queue saves a station labels against random order cannot be told: it saved ${saves}.`;
}
