/**
 * The input pipeline: batches of varied pictures, made ahead by worker threads while the device learns from the one
 * before. A batch follows from the seed, its epoch and its step alone, whatever was asked before and however many
 * workers there are, so a training that is taken up again sees what it would have seen.
 */
import type { Augmentation, Recipe } from '../../contract/recipe.ts';
import type { Random } from '../../random/random.ts';
import {
  batchDrawer,
  epochStream,
  storedLength,
  type BatchArrays,
  type BatchContent,
  type DrawJob,
  type DrawSetup,
} from './batchDraw.ts';
import { epochOrder, planEpoch, type Drawable } from './batchOrder.ts';
import { BatchWorkers } from './batchWorkers.ts';
import { classIndex, type CropExample, type FilmExample } from './examples.ts';

export type { BatchArray, BatchArrays } from './batchDraw.ts';

export interface BatchOptions {
  readonly random: Random;
  /** At most so many examples a batch: an epoch is cut into batches that differ by one example at most. */
  readonly batchSize: number;
  readonly augmentation: Augmentation;
  /** See `planEpoch`. Films have no class and are not balanced. */
  readonly balance: Recipe['balance'];
  readonly sources: Recipe['sources'];
  /** Threads that make batches ahead; 0 makes each in the calling thread when it is asked for. */
  readonly workers: number;
}

export interface BatchMaker {
  readonly stepsPerEpoch: number;
  readonly examplesPerEpoch: number;
  /**
   * @param epoch from 0
   * @param step from 0, below stepsPerEpoch
   * @throws CalcarError where a picture cannot be read any more; RangeError for a step that does not exist
   */
  batch(epoch: number, step: number): Promise<BatchArrays>;
  /** Ends the workers. */
  close(): Promise<void>;
}

/**
 * Batches of the classifier: x [n, 256, 256, 1] in 0..1, y [n, 3] one-hot, weight [n] of the loss.
 *
 * @throws CalcarError 'invalid-input' as `planEpoch`
 */
export function openCropBatches(crops: readonly CropExample[], options: BatchOptions): Promise<BatchMaker> {
  const drawables = crops.map(({ source, grade }) => ({ source, group: classIndex(grade) }));
  const gather: Gather = (places, weights) => ({
    kind: 'crops',
    pixels: gathered(crops, places, storedLength.crops),
    labels: places.map((i) => ({ group: drawables[i]!.group, weight: weights[i]! })),
  });
  return Promise.resolve().then(() => open(drawables, options, gather));
}

/**
 * Batches of the localizer: x [n, 256, 256, 1] in 0..1, heat [n, 32, 32, 2], box [n, 32, 32, 4] and weight
 * [n, 32, 32, 1] as `FilmTargets`.
 *
 * @throws CalcarError 'invalid-input' as `planEpoch`
 */
export function openFilmBatches(films: readonly FilmExample[], options: BatchOptions): Promise<BatchMaker> {
  const drawables = films.map(({ source }) => ({ source, group: null }));
  const gather: Gather = (places) => ({
    kind: 'films',
    pixels: gathered(films, places, storedLength.films),
    labels: places.map((i) => films[i]!.hips),
  });
  return Promise.resolve().then(() => open(drawables, options, gather));
}

/** Copies: a picture may be read from the disk at every look, and goes to a thread without another copy. */
function gathered(
  examples: readonly { readonly pixels: Uint16Array }[],
  places: readonly number[],
  length: number,
): Uint16Array {
  const pixels = new Uint16Array(places.length * length);
  places.forEach((place, i) => pixels.set(examples[place]!.pixels, i * length));
  return pixels;
}

type Gather = (places: readonly number[], weights: Float32Array) => BatchContent;

function open(
  drawables: readonly Drawable[],
  { random, batchSize, augmentation, balance, sources, workers }: BatchOptions,
  gather: Gather,
): BatchMaker {
  const plan = planEpoch(drawables, { balance, sources });
  const setup: DrawSetup = { seed: random.stream('batches').integer(2 ** 32), augmentation };
  const { examplesPerEpoch } = plan;
  const stepsPerEpoch = Math.ceil(examplesPerEpoch / batchSize);
  const orderOf = remembered((epoch) => epochOrder(plan, epochStream(setup.seed, epoch).stream('order')));
  const jobOf = (epoch: number, step: number): DrawJob => {
    const first = Math.floor((step * examplesPerEpoch) / stepsPerEpoch);
    const end = Math.floor(((step + 1) * examplesPerEpoch) / stepsPerEpoch);
    return { content: gather(orderOf(epoch).slice(first, end), plan.weights), epoch, first };
  };
  const checked = (epoch: number, step: number): void => {
    if (!(epoch >= 0 && step >= 0 && step < stepsPerEpoch))
      throw new RangeError(`no batch ${String(step)} in epoch ${String(epoch)}`);
  };
  if (workers === 0) {
    const draw = batchDrawer(setup);
    return {
      stepsPerEpoch,
      examplesPerEpoch,
      batch: (epoch, step) =>
        Promise.resolve().then(() => {
          checked(epoch, step);
          return draw(jobOf(epoch, step));
        }),
      close: () => Promise.resolve(),
    };
  }
  const pool = new BatchWorkers(setup, workers, (place) =>
    jobOf(Math.floor(place / stepsPerEpoch), place % stepsPerEpoch),
  );
  return {
    stepsPerEpoch,
    examplesPerEpoch,
    batch: async (epoch, step) => {
      checked(epoch, step);
      return pool.take(epoch * stepsPerEpoch + step);
    },
    close: () => pool.close(),
  };
}

/** The last two answers: at the end of an epoch the next one is made ahead. */
function remembered<T>(make: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.delete(key);
    known.set(key, value);
    for (const old of known.keys()) if (known.size > 2) known.delete(old);
    return value;
  };
}
