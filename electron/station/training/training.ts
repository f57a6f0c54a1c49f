/** The station's trainings: a queue of one, watched through their folders. */
import type { CallInput } from '../../contract/api.ts';
import type { PromotionRules } from '../../contract/models.ts';
import type { TrainingRun } from '../../contract/training.ts';
import type { StartTrainer } from '../../compute/startTrainer.ts';
import type { StationLog } from '../log.ts';
import {
  cancelTraining,
  failTraining,
  findTraining,
  orderTraining,
  pauseTraining,
  resumeTraining,
  startTraining,
  trainings,
} from './runs.ts';

export interface TrainingOptions {
  readonly runsFolder: string;
  /** Models that give the other network of a finished model. */
  readonly base: () => Promise<string>;
  /** What is asked of the models of trainings that begin now. */
  readonly rules: () => Promise<PromotionRules>;
  /** Version of Calcar. */
  readonly software: string;
  /** The folder of a snapshot, by its hash. @throws CalcarError 'not-found' */
  readonly snapshotFolder: (hash: string) => Promise<string>;
  readonly startTrainer: StartTrainer;
  readonly changed: (run: TrainingRun) => void;
  readonly log: StationLog;
}

/** How often the folders are looked at; the trainer measures about once a second. */
const lookEveryMs = 500;
/** While nothing is under way only another door could change something: every so many looks are enough. */
const idleLooks = 10;

/**
 * One training at a time, in the order in which they were asked for. A training process outlives the station: it
 * is found again by its folder, whoever started it.
 */
export class Training {
  readonly #options: TrainingOptions;
  /** Each run as it was last told of. */
  readonly #told = new Map<string, string>();
  /** The run whose process was started and has not yet said so in its folder. */
  #starting: string | null = null;
  /** Nothing ran or waited at the last look. */
  #isIdle = false;
  readonly #timer: NodeJS.Timeout;

  constructor(options: TrainingOptions) {
    this.#options = options;
    for (const run of this.list()) this.#told.set(run.id, JSON.stringify(run));
    let looks = 0;
    this.#timer = setInterval(() => {
      if (this.#isIdle && ++looks % idleLooks !== 0) return;
      try {
        this.look();
      } catch (error) {
        options.log.failure('trainings not looked at', error);
      }
    }, lookEveryMs);
    this.#timer.unref();
  }

  /** Newest first. */
  list(): TrainingRun[] {
    return trainings(this.#options.runsFolder);
  }

  /** @throws CalcarError 'not-found', 'invalid-input', 'leak', 'disk-full', 'read-only' */
  async start(order: CallInput<'training.start'>): Promise<TrainingRun> {
    const { runsFolder, software, snapshotFolder } = this.#options;
    const base = await this.#options.base();
    const folder = await snapshotFolder(order.snapshot);
    const run = orderTraining(runsFolder, {
      snapshotFolder: folder,
      recipe: order.recipe,
      name: order.name,
      start: order.from === 'current model' ? base : null,
      base,
      rules: await this.#options.rules(),
      software,
      command: 'started in the training room; the recipe stands in this record',
    });
    this.look();
    return findTraining(runsFolder, run.id);
  }

  /** @throws CalcarError as `pauseTraining` */
  pause(id: string): TrainingRun {
    pauseTraining(this.#options.runsFolder, id);
    return this.#now(id);
  }

  /** @throws CalcarError as `resumeTraining` */
  resume(id: string): TrainingRun {
    resumeTraining(this.#options.runsFolder, id);
    return this.#now(id);
  }

  /** @throws CalcarError as `cancelTraining` */
  cancel(id: string): TrainingRun {
    cancelTraining(this.#options.runsFolder, id);
    return this.#now(id);
  }

  /** Tells of what changed and starts the next that waits. */
  look(): void {
    const runs = this.list();
    for (const run of runs) {
      if (run.id === this.#starting && run.state !== 'waiting') this.#starting = null;
      const text = JSON.stringify(run);
      if (this.#told.get(run.id) === text) continue;
      this.#told.set(run.id, text);
      this.#options.changed(run);
    }
    this.#isIdle = !runs.some(({ state }) => state === 'running' || state === 'waiting');
    const next = runs.findLast(({ state }) => state === 'waiting');
    if (next === undefined || this.#starting !== null || runs.some(({ state }) => state === 'running'))
      return;
    this.#begin(next.id);
  }

  /** What is being trained goes on. */
  close(): void {
    clearInterval(this.#timer);
  }

  #now(id: string): TrainingRun {
    this.look();
    return findTraining(this.#options.runsFolder, id);
  }

  #begin(id: string): void {
    const { runsFolder, startTrainer, log } = this.#options;
    this.#starting = id;
    log.info('training started', { run: id });
    startTraining(runsFolder, id, startTrainer)
      .ended.then((how) => log.info('training process ended', { run: id, how }))
      .catch((error: unknown) => log.failure('training process not started', error, { run: id }))
      .finally(() => {
        // One that never came so far as to say where it stands would be started again for ever.
        if (this.#starting !== id) return;
        this.#starting = null;
        failTraining(runsFolder, id);
        this.look();
      });
  }
}
