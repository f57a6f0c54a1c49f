import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainKernels, writeWeights } from '../../../models/index.ts';
import { forgetCheckpoints, loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint.ts';
import { quickRecipe } from './recipes.ts';
import { saveRecord, type TrainingRecord } from './records.ts';
import { createRun, readRun, writeEpochs, type RunOrder } from './runFolder.ts';
import { sealed, openSnapshot, writeManifest } from '../snapshots/snapshot.ts';
import { tinySnapshot, writeTinyPatients, type TinyOptions } from '../testing/tinySnapshot.ts';
import { trainRun, type TrainRunOptions } from './trainRun.ts';

const home = mkdtempSync(join(tmpdir(), 'calcar-run-'));
const shipped = fileURLToPath(new URL('../../../models/weights', import.meta.url));
let count = 0;
const newFolder = (): string => join(home, String(count++));

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** One step of a small network. */
const recipe = { ...quickRecipe('classifier'), batchSize: 6, epochs: 1 };

function newRun(snapshotFolder: string, change: Partial<RunOrder> = {}, runs = newFolder()): string {
  const { manifest } = openSnapshot(snapshotFolder);
  const { id } = createRun(runs, {
    name: 'test',
    snapshot: { name: 'tiny', hash: manifest.hash, study: manifest.study, folder: snapshotFolder },
    recipe,
    start: null,
    base: shipped,
    rules: null,
    software: '0',
    command: 'test',
    ...change,
  });
  return join(runs, id);
}

function newSnapshot(options?: TinyOptions): string {
  const folder = newFolder();
  tinySnapshot(folder, options);
  return folder;
}

const options: TrainRunOptions = {
  openBackend: () => Promise.resolve({ name: 'cpu', kernels: plainKernels }),
  workers: 0,
  checkpointEverySeconds: 0,
  isEnding: () => false,
};

describe('a run is refused, with the reason in its folder,', () => {
  async function refused(folder: string, kind: string, words: RegExp): Promise<void> {
    await expect(trainRun(folder, options)).rejects.toMatchObject({ kind });
    const { state, reason, epochs } = readRun(folder);
    expect(state).toBe('failed');
    expect(reason).toMatch(words);
    expect(epochs).toEqual([]);
    expect(existsSync(join(folder, 'checkpoint'))).toBe(false);
  }

  it('when a patient sits in two splits, by name', async () => {
    const folder = newFolder();
    writeTinyPatients(folder, { keyOf: (split, n) => (n === 0 ? 'mary' : `${split}-${String(n)}`) });
    // Freezing refuses it too, so the manifest is made past it.
    const clean = openSnapshot(newSnapshot()).manifest;
    const entries = clean.entries.map((entry) => ({
      ...entry,
      patient: entry.stem.endsWith('000000') ? 'mary' : entry.patient,
    }));
    writeManifest(folder, sealed(clean, entries));
    await refused(newRun(folder), 'leak', /mary/);
  });

  it('when a class is missing to learn from, or to choose among the epochs with', async () => {
    await refused(
      newRun(newSnapshot({ grades: ['none', 'I'] })),
      'invalid-input',
      /no hip with Garden III-IV to learn from/,
    );
    await refused(
      newRun(newSnapshot({ patients: { tune: 1 } })),
      'invalid-input',
      /no hip with Garden I-II and no hip with Garden III-IV to choose/,
    );
  });

  it('when the snapshot is not the one that it began with', async () => {
    const folder = newSnapshot();
    const run = newRun(folder);
    rmSync(folder, { recursive: true });
    tinySnapshot(folder, { patients: { learn: 9 } });
    await refused(run, 'invalid-input', /not the one that this training began with/);
  });

  it('when a picture was changed after freezing', async () => {
    const folder = newSnapshot();
    const run = newRun(folder);
    const pixels = join(folder, 'learn-000002.u16');
    const bytes = readFileSync(pixels);
    bytes[1000]! ^= 1;
    writeFileSync(pixels, bytes);
    await refused(run, 'invalid-input', /learn-000002/);
  });

  it('when there is no other network to complete the model with', async () => {
    await refused(newRun(newSnapshot(), { base: newFolder() }), 'model-missing', /no localizer/);
  });

  it('when the weights to start from are those of another network, or damaged', async () => {
    const start = newFolder();
    mkdirSync(start);
    const parameters = new Map([['conv1/kernel', { shape: [1], values: Float32Array.of(1) }]]);
    const stored = { network: 'classifier', config: { architecture: 'mutasa' }, parameters };
    writeFileSync(join(start, 'classifier.weights'), await writeWeights(stored));
    await refused(newRun(newSnapshot(), { start }), 'invalid-input', /another network/);
    copyFileSync(join(shipped, 'localizer.weights'), join(start, 'classifier.weights'));
    await refused(newRun(newSnapshot(), { start }), 'model-damaged', /another network/);
  });

  it('when the weights to start from have seen who tunes or tests', async () => {
    const start = newFolder();
    mkdirSync(start);
    copyFileSync(join(shipped, 'classifier.weights'), join(start, 'classifier.weights'));
    const record: TrainingRecord = {
      format: 2,
      name: 'before',
      network: 'classifier',
      command: '',
      software: '0',
      backend: 'cpu',
      snapshot: { name: 'before', hash: '0'.repeat(64), study: 'simulated study' },
      recipe,
      start: null,
      patients: { learn: ['test-0'], tune: [] },
      examples: { learn: 1, tune: 1 },
      learned: 1,
      epochs: [],
      bestEpoch: 0,
      minutes: 0,
      finishedAt: new Date(0).toISOString(),
      weights: { bytes: 1, sha256: '0'.repeat(64) },
    };
    saveRecord(start, record);
    await refused(newRun(newSnapshot(), { start }), 'leak', /test-0/);
  });
});

describe('a checkpoint', () => {
  const checkpoint = (step: number): Checkpoint => ({
    place: { epoch: 0, step, lossSum: 0.1 + 0.2, seconds: 1 },
    epochs: [],
    state: new Map([
      ['variable/a', { shape: [2, 2], values: Float32Array.of(1, Math.fround(0.1), -0, 1e-45) }],
      ['nadam/step', { shape: [1], values: Float32Array.of(7) }],
    ]),
  });
  const twoIn = (): string => {
    const folder = newFolder();
    mkdirSync(folder);
    saveCheckpoint(folder, 'me', checkpoint(1));
    saveCheckpoint(folder, 'me', checkpoint(2));
    return folder;
  };

  it('comes back bit for bit', () => {
    const back = loadCheckpoint(twoIn(), 'me')!;
    expect(back.place).toEqual(checkpoint(2).place);
    const values = back.state.get('variable/a')!.values;
    expect(
      [...values].map((value, i) => Object.is(value, checkpoint(2).state.get('variable/a')!.values[i])),
    ).toEqual([true, true, true, true]);
  });

  it('that is cut off or changed gives way to the one before it', () => {
    const cut = twoIn();
    truncateSync(join(cut, 'checkpoint'), 300);
    expect(loadCheckpoint(cut, 'me')!.place.step).toBe(1);
    const changed = twoIn();
    const bytes = readFileSync(join(changed, 'checkpoint'));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(changed, 'checkpoint'), bytes);
    expect(loadCheckpoint(changed, 'me')!.place.step).toBe(1);
    // Killed between the two renames.
    const between = twoIn();
    rmSync(join(between, 'checkpoint'));
    expect(loadCheckpoint(between, 'me')!.place.step).toBe(1);
  });

  it('is refused when all are damaged, or when another training made it', () => {
    const folder = twoIn();
    expect(() => loadCheckpoint(folder, 'another')).toThrow(/made by another training/);
    truncateSync(join(folder, 'checkpoint'), 10);
    truncateSync(join(folder, 'checkpoint.previous'), 0);
    expect(() => loadCheckpoint(folder, 'me')).toThrow(/damaged/);
    forgetCheckpoints(folder);
    expect(loadCheckpoint(folder, 'me')).toBeNull();
  });

  it('of another run is refused before the first step', async () => {
    const folder = newRun(newSnapshot());
    saveCheckpoint(folder, 'another', checkpoint(1));
    await expect(trainRun(folder, options)).rejects.toMatchObject({ kind: 'invalid-input' });
    expect(readRun(folder).reason).toMatch(/another training/);
    expect(loadCheckpoint(folder, 'another')).not.toBeNull();
  });
});

it('a folder of runs is read past what is no run and past a line that was cut off', () => {
  const folder = newRun(newSnapshot());
  const epoch = {
    epoch: 1,
    step: 1,
    trainingLoss: 1,
    validationLoss: 1,
    measures: {},
    isBest: true,
    seconds: 1,
    imagesPerSecond: 1,
    residentBytes: 1,
    tensors: 1,
  };
  writeEpochs(folder, [epoch]);
  writeFileSync(join(folder, 'epochs.jsonl'), `${JSON.stringify(epoch)}\n{"epoch":2,"st`);
  writeFileSync(join(folder, 'progress.json'), '{"step":');
  expect(readRun(folder)).toMatchObject({ state: 'waiting', epochs: [epoch], bestEpoch: 1, progress: null });
});

/** A disk of a few megabytes in memory: only root on Linux may make one. */
const disk = join(home, 'disk');
mkdirSync(disk);
const mounted = mount();
function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'calcar', disk], { stdio: 'ignore' });
    return true;
  } catch {
    console.info('No disk can be mounted here (needs root on Linux): training on a full disk is not tested.');
    return false;
  }
}
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
});

it.skipIf(!mounted)(
  'on a full disk it stops with a reason and its last checkpoint, and goes on when there is room',
  async () => {
    const folder = newRun(newSnapshot(), { recipe: { ...recipe, batchSize: 3 } }, disk);
    const ballast = join(disk, 'ballast');
    let asked = 0;
    let kept = Buffer.alloc(0);
    const failing = trainRun(folder, {
      ...options,
      // Asked after each step: the disk fills up after the first one, and its checkpoint is the last.
      isEnding: () => {
        if (++asked === 2) {
          kept = readFileSync(join(folder, 'checkpoint'));
          fill(ballast);
        }
        return false;
      },
    });
    await expect(failing).rejects.toMatchObject({ kind: 'disk-full' });
    expect(readRun(folder).state).toBe('failed');
    expect(readFileSync(join(folder, 'checkpoint')).equals(kept)).toBe(true);
    expect(readRun(folder).reason).toMatch(/disk is full.*resume/);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    rmSync(ballast);
    expect(await trainRun(folder, options)).toBe('finished');
    expect(readRun(folder)).toMatchObject({ state: 'finished', progress: { step: 2 }, bestEpoch: 1 });
  },
  120_000,
);

/** Writes until nothing more goes in. */
function fill(path: string): void {
  for (let kilobytes = 1024; kilobytes >= 4; kilobytes /= 2)
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(kilobytes * 1024), { flag: 'a' });
      } catch {
        break;
      }
    }
}
