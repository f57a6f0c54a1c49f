/**
 * A training as a folder, which is all that its processes know of each other. One process trains and writes;
 * whoever looks on reads, and leaves a wish:
 *
 *   run.json         what is trained, on what, by which recipe: never changes
 *   status.json      where it stands and why
 *   progress.json    the last measurements, about once a second
 *   epochs.jsonl     one line for each finished epoch
 *   checkpoint       everything to go on from, and checkpoint.previous
 *   wish             'pause' or 'cancel', until it is granted
 *   model/           a whole models' folder with the best epoch's weights
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError, errorKind } from '../../contract/errors.ts';
import { promotionRules, type PromotionRules } from '../../contract/models.ts';
import { recipe, type Recipe } from '../../contract/recipe.ts';
import {
  runEpoch,
  runId,
  runProgress,
  runStates,
  trainingRun,
  type RunEpoch,
  type RunProgress,
  type TrainingRun,
} from '../../contract/training.ts';
import { writeDurably, writeJsonDurably } from './durableFile.ts';
import { isLocked } from './runLock.ts';
import { writeFailure } from '../writeFailure.ts';

/** What a run is asked to be. */
export interface RunOrder {
  readonly name: string;
  readonly snapshot: TrainingRun['snapshot'] & { readonly folder: string };
  readonly recipe: Recipe;
  /** A models' folder whose weights the training starts from; null starts from random ones. */
  readonly start: string | null;
  /** A models' folder that gives the other network of the finished model. */
  readonly base: string;
  /** What its model must show to be promoted; null where nobody set it beforehand. */
  readonly rules: PromotionRules | null;
  readonly software: string;
  /** The command line that makes the same run again. */
  readonly command: string;
}

export const storedRun = z.strictObject({
  format: z.literal(1),
  id: runId,
  name: trainingRun.shape.name,
  snapshot: z.strictObject({ ...trainingRun.shape.snapshot.shape, folder: z.string() }),
  recipe,
  start: z.string().nullable(),
  base: z.string(),
  rules: promotionRules.nullable().default(null),
  createdAt: z.iso.datetime(),
  software: z.string(),
  command: z.string(),
});
export type StoredRun = z.infer<typeof storedRun>;

const runStatus = z.strictObject({
  /** Never 'interrupted', which nobody lives to write. */
  state: z.enum(runStates).exclude(['interrupted']),
  reason: z.string().nullable(),
  /** Of what stopped it; null where nothing failed. */
  kind: errorKind.nullable(),
  backend: z.string().nullable(),
  examples: trainingRun.shape.examples,
});
export type RunStatus = z.infer<typeof runStatus>;

export const wishes = ['pause', 'cancel'] as const;
export type Wish = (typeof wishes)[number];

const files = {
  run: 'run.json',
  status: 'status.json',
  progress: 'progress.json',
  epochs: 'epochs.jsonl',
  wish: 'wish',
  /** Given up on a full disk, so that there is room to say so. */
  reserve: 'reserve',
} as const;
const reserveBytes = 64 * 1024;

/** Where the trained model of a run is. */
export const modelFolder = (folder: string): string => join(folder, 'model');
/** What the training process says besides. */
export const logFile = (folder: string): string => join(folder, 'trainer.log');

/**
 * Makes the folder of a new run, which waits.
 *
 * @throws CalcarError 'disk-full', 'read-only', 'invalid-input'
 */
export function createRun(runsFolder: string, order: RunOrder, at = new Date()): StoredRun {
  const time = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const id = `${time}-${order.recipe.network}-${randomBytes(2).toString('hex')}`;
  const run: StoredRun = { format: 1, id, createdAt: at.toISOString(), ...order };
  const folder = join(runsFolder, id);
  try {
    mkdirSync(modelFolder(folder), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, files.reserve), Buffer.alloc(reserveBytes));
  } catch (error) {
    throw writeFailure(error);
  }
  writeStatus(folder, { state: 'waiting', reason: null, kind: null, backend: null, examples: null });
  // Last: a folder with this file is a run.
  writeJsonDurably(join(folder, files.run), run);
  return run;
}

/** @throws CalcarError 'not-found', or 'invalid-input' when the file is damaged */
export function loadRun(folder: string): StoredRun {
  const path = join(folder, files.run);
  if (!existsSync(path))
    throw new CalcarError(
      'not-found',
      `There is no training in ${folder}. List them with calcar train list.`,
    );
  const run = storedRun.safeParse(parsed(readFileSync(path, 'utf8')));
  if (run.success) return run.data;
  throw new CalcarError(
    'invalid-input',
    `The description of this training is damaged (${path}), so it cannot go on. Start a new one.`,
    run.error,
  );
}

/** The run as a person sees it. @throws CalcarError as `loadRun` */
export function readRun(folder: string): TrainingRun {
  const { id, name, snapshot, recipe: asked, createdAt } = loadRun(folder);
  const status = readStatus(folder);
  const gone = status.state === 'running' && !isLocked(folder);
  // A trainer that ends between the two looks has written where it stands.
  const now = gone ? readStatus(folder) : status;
  const interrupted = now.state === 'running' && gone;
  const epochs = readEpochs(folder);
  return {
    id,
    name,
    snapshot: { name: snapshot.name, hash: snapshot.hash, study: snapshot.study },
    network: asked.network,
    recipe: asked,
    state: interrupted ? 'interrupted' : now.state,
    reason: interrupted
      ? 'The training process ended without a word. Resume it; it goes on from its last checkpoint.'
      : now.reason,
    createdAt,
    backend: now.backend,
    examples: now.examples,
    progress: readProgress(folder),
    epochs,
    bestEpoch: epochs.findLast(({ isBest }) => isBest)?.epoch ?? null,
  };
}

/** Every run of a folder, newest first; what is no run, or damaged, is passed over. */
export function listRuns(runsFolder: string): TrainingRun[] {
  if (!existsSync(runsFolder)) return [];
  return readdirSync(runsFolder)
    .flatMap((name) => {
      try {
        return [readRun(join(runsFolder, name))];
      } catch {
        return [];
      }
    })
    .sort((one, other) => other.createdAt.localeCompare(one.createdAt) || other.id.localeCompare(one.id));
}

/** @throws CalcarError 'disk-full' and 'read-only' when not even this can be said */
export function writeStatus(folder: string, status: RunStatus): void {
  const path = join(folder, files.status);
  try {
    writeJsonDurably(path, status);
  } catch {
    rmSync(join(folder, files.reserve), { force: true });
    writeJsonDurably(path, status);
  }
}

export function readStatus(folder: string): RunStatus {
  const status = runStatus.safeParse(read(folder, files.status));
  // A status that cannot be read is one that nobody lives to mend.
  return status.success
    ? status.data
    : { state: 'running', reason: null, kind: null, backend: null, examples: null };
}

/** For looking on only: not waited for, and a disk that does not take it does not stop the training. */
export function writeProgress(folder: string, progress: RunProgress): void {
  const path = join(folder, files.progress);
  try {
    writeFileSync(`${path}.part`, JSON.stringify(progress));
    renameSync(`${path}.part`, path);
  } catch {
    rmSync(`${path}.part`, { force: true });
  }
}

function readProgress(folder: string): RunProgress | null {
  const progress = runProgress.safeParse(read(folder, files.progress));
  return progress.success ? progress.data : null;
}

/** All epochs so far. @throws CalcarError 'disk-full', 'read-only' */
export function writeEpochs(folder: string, epochs: readonly RunEpoch[]): void {
  const lines = epochs.map((epoch) => `${JSON.stringify(epoch)}\n`).join('');
  writeDurably(join(folder, files.epochs), [Buffer.from(lines)]);
}

export function readEpochs(folder: string): RunEpoch[] {
  const path = join(folder, files.epochs);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const epoch = runEpoch.safeParse(parsed(line));
      return epoch.success ? [epoch.data] : [];
    });
}

/** @param wish null takes back what was wished */
export function leaveWish(folder: string, wish: Wish | null): void {
  const path = join(folder, files.wish);
  if (wish === null) rmSync(path, { force: true });
  else writeDurably(path, [Buffer.from(wish)]);
}

export function wishOf(folder: string): Wish | null {
  const path = join(folder, files.wish);
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  return wishes.find((wish) => wish === text) ?? null;
}

function read(folder: string, name: string): unknown {
  const path = join(folder, name);
  return existsSync(path) ? parsed(readFileSync(path, 'utf8')) : null;
}

/** Null for what is no JSON, as a line that was cut off. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
