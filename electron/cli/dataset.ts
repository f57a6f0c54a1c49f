import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { buildDataset } from '../learning/dataset.ts';
import { wholeNumber } from './numbers.ts';
import { createProgress } from './progress.ts';

/** Where a checkout keeps its simulated data; ignored by git. */
export const defaultDataFolder = '.cache/dataset';

interface DatasetOptions {
  readonly data: string;
  readonly learn: number;
  readonly tune: number;
  readonly test: number;
  readonly workers: number;
  readonly json?: boolean;
}

export const datasetCommand = new Command('dataset')
  .description('simulate the labelled radiographs that the models learn from; goes on where it stopped')
  .option('--data <folder>', 'where to put them', defaultDataFolder)
  .option('--learn <patients>', 'patients to learn from', wholeNumber(0), 400)
  .option('--tune <patients>', 'patients to choose among epochs', wholeNumber(0), 48)
  .option('--test <patients>', 'held-out patients, two films each', wholeNumber(0), 150)
  .option('--workers <threads>', 'patients at a time', wholeNumber(1), availableParallelism())
  .option('--json', 'print the result as JSON')
  .action(async ({ data, learn, tune, test, workers, json }: DatasetOptions) => {
    const progress = createProgress();
    const start = performance.now();
    await buildDataset({ folder: data, learn, tune, test }, workers, (done, of) =>
      progress.step('Simulating patients', Math.min(done, of - 1), of),
    );
    progress.end();
    const seconds = (performance.now() - start) / 1000;
    process.stdout.write(
      json === true
        ? `${JSON.stringify({ folder: data, learn, tune, test, seconds })}\n`
        : `${learn + tune + test} simulated patients in ${data}, ${seconds.toFixed(0)} s.\n`,
    );
  });
