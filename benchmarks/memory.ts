/**
 * `node benchmarks/memory.ts [--hips N --epochs N --batch N --curve FILE --json]`: what a training holds in memory, epoch
 * after epoch, and how that changes with twice the hips to learn from. Each training is a run in a process of its own, on
 * made-up films; the numbers are those that the run keeps of itself. Ends with 1 where memory or tensors grow.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { spawnTrainer } from '../electron/compute/startTrainer.ts';
import type { RunEpoch } from '../electron/contract/training.ts';
import { storedCropSide } from '../electron/learning/batches/examples.ts';
import { quickRecipe } from '../electron/learning/training/recipes.ts';
import { createRun, readRun } from '../electron/learning/training/runFolder.ts';
import { tinySnapshot } from '../electron/learning/testing/tinySnapshot.ts';

const { values } = parseArgs({
  options: {
    hips: { type: 'string', default: '150' },
    epochs: { type: 'string', default: '20' },
    batch: { type: 'string', default: '16' },
    curve: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const hips = Number(values.hips);
const epochs = Number(values.epochs);
const batchSize = Number(values.batch);
/** By then every kernel has run and every pool of memory is filled. */
const settled = 3;
/** What the allocators may keep beyond what was there when settled. */
const mostGrowth = 0.1;
const mebi = 2 ** 20;

interface Training {
  readonly hips: number;
  readonly epochs: readonly RunEpoch[];
}

async function trainOn(folder: string, patients: number): Promise<Training> {
  const snapshotFolder = join(folder, `snapshot-${String(patients)}`);
  const { hash, study, name } = tinySnapshot(snapshotFolder, {
    patients: { learn: patients, tune: 6, test: 0 },
  });
  const runs = join(folder, 'runs');
  const { id } = createRun(runs, {
    name: `memory with ${String(patients)} hips`,
    snapshot: { name, hash, study, folder: snapshotFolder },
    recipe: { ...quickRecipe('classifier'), epochs, batchSize, patience: epochs },
    start: null,
    base: fileURLToPath(new URL('../models/weights', import.meta.url)),
    rules: null,
    software: 'benchmark',
    command: process.argv.slice(1).join(' '),
  });
  // A training lets go of whoever started it.
  const waiting = setInterval(() => undefined, 1000);
  await spawnTrainer(join(runs, id)).ended;
  clearInterval(waiting);
  const { state, reason, epochs: finished } = readRun(join(runs, id));
  if (state !== 'finished') throw new Error(`The training ended as ${state}: ${String(reason)}`);
  return { hips: patients, epochs: finished };
}

const resident = ({ epochs: all }: Training): number[] =>
  all.map(({ residentBytes }) => residentBytes / mebi);
const highest = (numbers: readonly number[]): number => Math.max(...numbers);

function hasGrown(training: Training): boolean {
  const memory = resident(training);
  const tensors = training.epochs.map((epoch) => epoch.tensors);
  return (
    highest(memory.slice(settled)) > (1 + mostGrowth) * highest(memory.slice(0, settled)) ||
    highest(tensors.slice(1)) > tensors[0]!
  );
}

/** Resident memory from 0 upwards, one line a training. */
function curve(trainings: readonly Training[]): string {
  const [width, height] = [640, 320];
  const top = highest(trainings.flatMap(resident)) * 1.1;
  const x = (epoch: number): number => 50 + ((epoch - 1) / Math.max(1, epochs - 1)) * (width - 170);
  const y = (megabytes: number): number => height - 40 - (megabytes / top) * (height - 60);
  const lines = trainings.map((training, i) => {
    const memory = resident(training);
    const points = memory.map((value, n) => `${x(n + 1).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    const dashes = i === 0 ? '' : ' stroke-dasharray="6 4"';
    return (
      `<polyline points="${points}" fill="none" stroke="black"${dashes}/>` +
      `<text x="${String(width - 110)}" y="${y(memory.at(-1)!).toFixed(1)}">${String(training.hips)} hips</text>`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" font-family="sans-serif" font-size="12">` +
    `<path d="M50 20V${String(height - 40)}H${String(width - 120)}" fill="none" stroke="grey"/>` +
    `<text x="8" y="16">Resident memory, up to ${top.toFixed(0)} MiB</text>` +
    `<text x="50" y="${String(height - 16)}">Epochs 1 to ${String(epochs)}</text>${lines.join('')}</svg>\n`
  );
}

const folder = mkdtempSync(join(tmpdir(), 'calcar-memory-'));
try {
  const trainings = [await trainOn(folder, hips), await trainOn(folder, 2 * hips)];
  if (values.curve !== undefined) writeFileSync(values.curve, curve(trainings));
  if (values.json) {
    console.log(JSON.stringify(trainings, null, 2));
  } else {
    for (const { hips: of, epochs: all } of trainings) {
      console.log(`\n${String(of)} hips, ${String(batchSize)} a batch`);
      console.table(
        all.map(({ epoch, residentBytes, tensors, seconds }) => ({
          epoch,
          'resident MiB': Math.round(residentBytes / mebi),
          tensors,
          seconds: Number(seconds.toFixed(1)),
        })),
      );
    }
    const [one, two] = trainings.map((training) => Math.round(highest(resident(training))));
    const pixels = (hips * storedCropSide ** 2 * Uint16Array.BYTES_PER_ELEMENT) / mebi;
    console.log(
      `\nAt most ${String(one)} MiB, and ${String(two)} MiB with twice the hips, whose pixels are ${pixels.toFixed(0)} MiB more.`,
    );
  }
  if (trainings.some(hasGrown)) {
    console.error(
      `Memory grew by more than ${String(100 * mostGrowth)} % after epoch ${String(settled)}, or tensors were left.`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
