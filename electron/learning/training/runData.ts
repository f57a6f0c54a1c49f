/** What a run learns from and is judged by, out of its snapshot. */
import { CalcarError } from '../../contract/errors.ts';
import { gradeGroupOf, gradeGroups, type GradeGroup } from '../../contract/finding.ts';
import type { TrainingRun } from '../../contract/training.ts';
import { classifierConfigFor, defaultLocalizerConfig } from '../../../models/index.ts';
import { seeded } from '../../random/random.ts';
import { openCropBatches, openFilmBatches, type BatchMaker } from '../batches/batches.ts';
import { classifierTask, tuningHips, type TuningHip } from './classifierTask.ts';
import { refuseLeaks } from '../snapshots/leaks.ts';
import { localizerTask, tuningFilm, type TuningFilm } from './localizerTask.ts';
import type { TrainingRecord } from './records.ts';
import type { StoredRun } from './runFolder.ts';
import { refuseSeenPatients } from './runModel.ts';
import { learnExamples, openSnapshot, wholeFilms, type Snapshot } from '../snapshots/snapshot.ts';
import type { LearningTask } from './trainer.ts';

export interface RunData {
  readonly task: LearningTask;
  /** Of the network, as its weights file holds it. */
  readonly config: object;
  readonly batches: BatchMaker;
  readonly examples: NonNullable<TrainingRun['examples']>;
  readonly patients: TrainingRecord['patients'];
}

/**
 * Reads the learning and the tuning patients; the test patients are not opened.
 *
 * @param workers threads that make batches ahead
 * @throws CalcarError 'leak' when something of a tuning or test patient could reach training; 'invalid-input' when
 *   the snapshot changed since the run began, or holds too little to learn from; 'not-found'
 */
export async function openRunData(run: StoredRun, workers: number): Promise<RunData> {
  const snapshot = openSnapshot(run.snapshot.folder);
  refuseLeaks(snapshot.manifest);
  refuseSeenPatients(run, snapshot.manifest.entries);
  if (snapshot.manifest.hash !== run.snapshot.hash)
    throw new CalcarError(
      'invalid-input',
      `The snapshot in ${run.snapshot.folder} is not the one that this training began with, so it cannot go on. ` +
        'Put the right one back, or start a new training.',
    );
  const of = (split: 'learn' | 'tune'): string[] =>
    snapshot.manifest.entries.filter((entry) => entry.split === split).map(({ patient }) => patient);
  const patients = { learn: of('learn'), tune: of('tune') };
  const opened = await (run.recipe.network === 'classifier'
    ? openClassifier(run, snapshot, workers)
    : openLocalizer(run, snapshot, workers));
  return { ...opened, patients };
}

async function openClassifier(
  { recipe }: StoredRun,
  snapshot: Snapshot,
  workers: number,
): Promise<Omit<RunData, 'patients'>> {
  if (recipe.shape === null)
    throw new CalcarError('invalid-input', 'The recipe of a classifier must name its architecture.');
  const { crops } = learnExamples(snapshot);
  refuseMissing(
    'learn from',
    crops.flatMap(({ grade }) => gradeGroupOf(grade) ?? []),
  );
  const tuning: TuningHip[] = [];
  for (const { films } of wholeFilms(snapshot, 'tune')) tuning.push(...films.flatMap(tuningHips));
  refuseMissing(
    'choose among the epochs with',
    tuning.map(({ truth }) => gradeGroups[truth]!),
  );
  const config = classifierConfigFor(recipe.shape);
  return {
    task: classifierTask(config, recipe.dropoutKeep, tuning),
    config,
    batches: await openCropBatches(crops, batchOptions(recipe, workers)),
    examples: { learn: crops.length, tune: tuning.length },
  };
}

async function openLocalizer(
  { recipe }: StoredRun,
  snapshot: Snapshot,
  workers: number,
): Promise<Omit<RunData, 'patients'>> {
  const { films } = learnExamples(snapshot);
  if (!films.some(({ hips }) => hips.length > 0)) throw tooFew('no film with a marked hip', 'learn from');
  const tuning: TuningFilm[] = [];
  for (const patient of wholeFilms(snapshot, 'tune')) tuning.push(...patient.films.map(tuningFilm));
  if (!tuning.some(({ hips }) => hips.length > 0))
    throw tooFew('no film with a marked hip', 'choose among the epochs with');
  const config = defaultLocalizerConfig;
  return {
    task: localizerTask(config, tuning),
    config,
    batches: await openFilmBatches(films, batchOptions(recipe, workers)),
    examples: { learn: films.length, tune: tuning.length },
  };
}

function batchOptions(
  { seed, network, batchSize, augmentation, balance, sources }: StoredRun['recipe'],
  workers: number,
): Parameters<typeof openCropBatches>[1] {
  const random = seeded(seed).stream(network).stream('batches');
  return { random, batchSize, augmentation, balance, sources, workers };
}

function refuseMissing(purpose: string, groups: readonly GradeGroup[]): void {
  const missing = gradeGroups.filter((group) => !groups.includes(group));
  if (missing.length === 0) return;
  const names = missing.map((group) => (group === 'none' ? 'without a fracture' : `with Garden ${group}`));
  throw tooFew(`no hip ${names.join(' and no hip ')}`, purpose);
}

function tooFew(what: string, purpose: string): CalcarError {
  return new CalcarError(
    'invalid-input',
    `The snapshot has ${what} to ${purpose}. Nothing was trained. Label more films and freeze a new snapshot.`,
  );
}
