import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quickRecipe } from '../learning/training/recipes.ts';
import {
  createRun,
  leaveWish,
  modelFolder,
  readRun,
  type StoredRun,
} from '../learning/training/runFolder.ts';
import { lockRun } from '../learning/training/runLock.ts';
import { readRecord } from '../learning/training/records.ts';
import { tinySnapshot } from '../learning/testing/tinySnapshot.ts';
import { seeded } from '../random/random.ts';
import { trainerProcessFile } from './startTrainer.ts';

const home = mkdtempSync(join(tmpdir(), 'calcar-trainer-'));
const shipped = fileURLToPath(new URL('../../models/weights', import.meta.url));
const snapshotFolder = join(home, 'snapshot');
const runs = join(home, 'runs');
let hash = '';

beforeAll(() => {
  hash = tinySnapshot(snapshotFolder).hash;
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Eight steps of a small network. */
function newRun(change: Partial<StoredRun['recipe']> = {}): string {
  const { id } = createRun(runs, {
    name: 'test',
    snapshot: { name: 'tiny', hash, study: 'simulated study', folder: snapshotFolder },
    recipe: { ...quickRecipe('classifier'), batchSize: 2, epochs: 3, ...change },
    start: null,
    base: shipped,
    rules: null,
    software: '0',
    command: 'test',
  });
  return join(runs, id);
}

/** Starts the trainer; a checkpoint after each step. */
function start(folder: string, signal?: AbortSignal): { ended: Promise<number | null>; pid: number } {
  const child = spawn(process.execPath, [trainerProcessFile, folder], {
    stdio: 'ignore',
    env: { ...process.env, CALCAR_CHECKPOINT_SECONDS: '0' },
  });
  const kill = (): boolean => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { ended, pid: child.pid! };
}

/** The data of a checkpoint: every variable, moment and average, without the times that its header tells. */
function stateOf(folder: string): Buffer {
  const bytes = readFileSync(join(folder, 'checkpoint'));
  return bytes.subarray(bytes.indexOf(0x0a, 65) + 1);
}
const weightsOf = (folder: string): Buffer => readFileSync(join(modelFolder(folder), 'classifier.weights'));

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

it('killed again and again, it ends in the weights of a training that never was', async () => {
  const whole = newRun();
  expect(await start(whole).ended).toBe(0);
  const killed = newRun();
  const random = seeded(Date.now() % 1e9);
  for (let kills = 0; kills < 3; kills++) {
    const before = existsSync(join(killed, 'checkpoint')) ? readFileSync(join(killed, 'checkpoint')) : null;
    const end = new AbortController();
    const { ended } = start(killed, end.signal);
    // Somewhere after it has gone on by a step.
    await until(() => existsSync(join(killed, 'checkpoint')) && !isSame(before, join(killed, 'checkpoint')));
    await sleep(random.between(0, 40));
    end.abort();
    await ended;
    const { state } = readRun(killed);
    if (state === 'finished') break;
    expect(state).toBe('interrupted');
  }
  const last = readRun(killed);
  if (last.state !== 'finished') expect(await start(killed).ended).toBe(0);
  expect(readRun(killed).state).toBe('finished');
  expect(stateOf(killed).equals(stateOf(whole))).toBe(true);
  expect(weightsOf(killed).equals(weightsOf(whole))).toBe(true);
  const told = (folder: string): unknown =>
    readRun(folder).epochs.map(({ trainingLoss, validationLoss }) => ({ trainingLoss, validationLoss }));
  expect(told(killed)).toEqual(told(whole));
}, 240_000);

function isSame(before: Buffer | null, path: string): boolean {
  if (before === null) return false;
  try {
    return readFileSync(path).equals(before);
  } catch {
    return true;
  }
}

it('pauses on a wish and on a signal, goes on to the same weights, and keeps a whole model', async () => {
  const whole = newRun({ seed: 5 });
  expect(await start(whole).ended).toBe(0);
  const paused = newRun({ seed: 5 });
  leaveWish(paused, 'pause');
  expect(await start(paused).ended).toBe(0);
  expect(readRun(paused)).toMatchObject({ state: 'paused', progress: { step: 1 } });
  const again = start(paused);
  await until(() => (readRun(paused).progress?.step ?? 0) > 1);
  process.kill(again.pid, 'SIGTERM');
  expect(await again.ended).toBe(0);
  if (readRun(paused).state !== 'finished') {
    expect(readRun(paused).state).toBe('paused');
    expect(await start(paused).ended).toBe(0);
  }
  expect(stateOf(paused).equals(stateOf(whole))).toBe(true);
  expect(readRecord(modelFolder(whole), 'classifier')).toMatchObject({
    network: 'classifier',
    snapshot: { hash, study: 'simulated study' },
    patients: {
      learn: ['learn-0', 'learn-1', 'learn-2', 'learn-3', 'learn-4', 'learn-5'],
      tune: ['tune-0', 'tune-1', 'tune-2'],
    },
  });
  expect(readFileSync(join(modelFolder(whole), 'MODEL_CARD.md'), 'utf8').split('\n')[0]).toContain(
    'simulated radiographs only',
  );
  expect(existsSync(join(modelFolder(whole), 'localizer.weights'))).toBe(true);
}, 240_000);

it('is cancelled for good, without its checkpoints', async () => {
  const folder = newRun();
  leaveWish(folder, 'cancel');
  expect(await start(folder).ended).toBe(0);
  expect(readRun(folder).state).toBe('cancelled');
  expect(existsSync(join(folder, 'checkpoint'))).toBe(false);
  expect(await start(folder).ended).toBe(1);
  expect(readRun(folder).state).toBe('cancelled');
}, 240_000);

it('a training is one process’s at a time', async () => {
  const folder = newRun();
  const lock = lockRun(folder);
  expect(await start(folder).ended).toBe(1);
  lock.release();
  expect(readRun(folder).state).toBe('waiting');
}, 240_000);
