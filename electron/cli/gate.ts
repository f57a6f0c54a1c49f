import { Command } from 'commander';
import { chooseBackend } from '../compute/backend.ts';
import type { Estimate } from '../contract/evaluation.ts';
import type { ScopeReport } from '../contract/scopeReport.ts';
import { testGate, trainGate } from '../learning/scope/gateFiles.ts';
import { makeStrange } from '../learning/scope/strangeFolder.ts';
import { stationVersion } from '../station/version.ts';
import { wholeNumber } from './numbers.ts';
import { print, printJson, tell } from './output.ts';
import { createProgress, type Progress } from './progress.ts';
import { formatTable } from './table.ts';
import { shippedModels } from './train.ts';

interface GateOptions {
  readonly on: string;
  readonly strange: string;
  readonly strangePatients: number;
}

const strangeFolder = 'strange';

const make = new Command('make')
  .description(
    'simulate what is no AP hip: other views, other parts of the body, slices; goes on where it stopped',
  )
  .option('--out <folder>', 'where to', strangeFolder)
  .option('--learn <patients>', 'to learn from', wholeNumber(0), 48)
  .option('--test <patients>', 'to test with', wholeNumber(0), 30)
  .action(async ({ out, learn, test }: { out: string; learn: number; test: number }) =>
    withProgress(async (progress) => {
      await Promise.resolve();
      for (const [cohort, patients] of [
        ['learn', learn],
        ['test', test],
      ] as const)
        makeStrange(out, cohort, patients, (done) =>
          progress.step(`Simulating patients to ${cohort}`, done - 1, patients),
        );
    }),
  );

const train = withFolders(new Command('train'), 48)
  .description('teach the quality gate of a model on the learning patients of a snapshot')
  .option('--steps <number>', 'of 32 pictures each', wholeNumber(1), 450)
  .option('--seed <number>', 'of everything drawn', wholeNumber(0), 1)
  .action(async (model: string, options: GateOptions & { steps: number; seed: number }) => {
    await withProgress(async (progress) => {
      const { kernels } = await chooseBackend({ needs: 'training' });
      await trainGate(foldersOf(model, options), options, kernels, (done, of) =>
        progress.step('Learning', done - 1, of),
      );
    });
    tell("The gate stands beside the weights. Try it with 'calcar gate test'.");
  });

const test = withFolders(new Command('test'), 30)
  .description('how often the gate refuses what it should not, and lets pass what it should not')
  .option('--patients <number>', 'of the snapshot, to test with', wholeNumber(1), 500)
  .option('--json', 'print the report as JSON (schema scopeReport of electron/contract/scopeReport.ts)')
  .action(async (model: string, options: GateOptions & { patients: number; json?: true }) => {
    const report = await withProgress(async (progress) => {
      await chooseBackend();
      return testGate(
        foldersOf(model, options),
        { patients: options.patients, software: stationVersion },
        (done, of) => progress.step('Reading patients', done - 1, of),
      );
    });
    if (options.json) printJson(report);
    else print(inWords(report));
  });

export const gateCommand = new Command('gate')
  .description('the learned quality gate: what is no AP hip or pelvis film is refused or doubted')
  .addCommand(make)
  .addCommand(train)
  .addCommand(test);

function withFolders(command: Command, strangePatients: number) {
  return command
    .argument('[model]', 'folder with the weights', shippedModels)
    .requiredOption('--on <folder>', 'the snapshot')
    .option('--strange <folder>', "what 'calcar gate make' made", strangeFolder)
    .option('--strange-patients <number>', 'how many patients of those', wholeNumber(1), strangePatients);
}

const foldersOf = (model: string, { on, strange, strangePatients }: GateOptions) => ({
  model,
  snapshot: on,
  strange,
  strangePatients,
});

async function withProgress<T>(act: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = createProgress();
  try {
    return await act(progress);
  } finally {
    progress.end();
  }
}

function inWords({ warning, falseRefuse, falseAccept }: ScopeReport): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const cells = ({ estimate, low, high, n, of }: Estimate): string[] => [
    percent(estimate),
    `${percent(low)} to ${percent(high)}`,
    `${String(n)} ${of}`,
  ];
  const rows = [
    ['Refused or doubted by mistake', ...cells(falseRefuse.films)],
    ['Hips on such films', ...cells(falseRefuse.hips)],
    ...falseAccept.map(({ kind, accepted }) => [`Graded unwarned: ${kind}`, ...cells(accepted)]),
  ].map((row) => ({ cells: row }));
  const columns = ['', 'share', '95 % interval', 'of'].map((title) => ({ title }));
  return [formatTable(columns, rows), '', warning].join('\n');
}
