import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import type * as z from 'zod';
import type { phantomOutput } from '../contract/cli.ts';
import { type Millimetres, mm } from '../contract/units.ts';
import { buildCohort } from '../learning/simulation/phantomCohort.ts';
import { stationVersion } from '../station/version.ts';
import { positiveNumber, wholeNumber } from './numbers.ts';
import { print, printJson } from './output.ts';
import { createProgress } from './progress.ts';

interface PhantomOptions {
  readonly patients: number;
  readonly seed: number;
  readonly out: string;
  readonly ct?: boolean;
  readonly films?: boolean;
  readonly voxel: Millimetres;
  readonly style: 'clinic' | 'drr';
  readonly workers: number;
  readonly json?: boolean;
}

export const phantomCommand = new Command('phantom')
  .description(
    'simulate patients: CT series and radiographs with all that is true of them; goes on where it stopped',
  )
  .requiredOption('--out <folder>', 'where to put them: an empty folder, or one to go on with')
  .option('--patients <number>', 'how many', wholeNumber(1), 12)
  .option('--seed <number>', 'the same seed gives the same bytes', wholeNumber(0), 1)
  .option('--ct', 'write a CT series of each (both where neither is asked for)')
  .option('--films', 'write an AP pelvis and an AP hip of each')
  .option('--voxel <mm>', 'edge of a voxel, 0.5 to 3 mm', voxelEdge, mm(1))
  .addOption(
    new Option('--style <look>', 'look of the films').choices(['clinic', 'drr'] as const).default('clinic'),
  )
  .option('--workers <threads>', 'patients at a time', wholeNumber(1), availableParallelism())
  .option('--json', 'print the result as JSON')
  .action(async ({ out, patients, seed, voxel, style, workers, json, ...wanted }: PhantomOptions) => {
    const isEither = wanted.ct === true || wanted.films === true;
    const ct = wanted.ct ?? !isEither;
    const films = wanted.films ?? !isEither;
    const progress = createProgress();
    const start = performance.now();
    const settings = { seed, voxel, style, ct, films, software: stationVersion };
    try {
      const { made } = await buildCohort({ folder: out, patients, settings }, workers, (done, of) =>
        progress.step('Simulating patients', Math.min(done, of - 1), of),
      );
      progress.end();
      const seconds = (performance.now() - start) / 1000;
      const result: z.infer<typeof phantomOutput> = {
        folder: out,
        patients,
        made,
        seed,
        voxelMm: voxel,
        style,
        ct,
        films,
        seconds,
      };
      if (json === true) printJson(result);
      else print(summary(result));
    } finally {
      progress.end();
    }
  });

function summary({ folder, patients, made, ct, films, seconds }: z.infer<typeof phantomOutput>): string {
  const count = patients === 1 ? '1 simulated patient' : `${patients} simulated patients`;
  const kinds = [ct ? 'CT' : null, films ? 'films' : null, 'truth'].filter((kind) => kind !== null);
  const before = made === patients ? '' : `, ${patients - made} of them from before`;
  return `${count} in ${folder}${before} (${kinds.join(', ')}), ${seconds.toFixed(0)} s.`;
}

function voxelEdge(text: string): Millimetres {
  const edge = positiveNumber(text);
  if (edge < 0.5 || edge > 3) throw new InvalidArgumentError('Give a voxel of 0.5 to 3 mm.');
  return mm(edge);
}
