import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { spawnTrainer } from '../compute/startTrainer.ts';
import { CalcarError } from '../contract/errors.ts';
import { architectures, networkNames, networkSizes, transformers } from '../contract/recipe.ts';
import type { TrainingRun } from '../contract/training.ts';
import { defaultDataFolder } from '../station/dataFolder.ts';
import {
  cancelTraining,
  failureOf,
  findTraining,
  orderTraining,
  pauseTraining,
  resumeTraining,
  runStateWords,
  startTraining,
  trainings,
} from '../station/training/runs.ts';
import { stationVersion } from '../station/version.ts';
import { exitCodes } from './exitCodes.ts';
import { positiveNumber, wholeNumber } from './numbers.ts';
import { print, printJson, tell, terminalWidth } from './output.ts';
import { formatTable } from './table.ts';
import { mixture, recipeOf, type RecipeOptions } from './trainRecipe.ts';
import { watchTraining } from './trainWatch.ts';

export const shippedModels = fileURLToPath(new URL('../../models/weights', import.meta.url));

interface RunOptions {
  readonly runs: string;
  readonly json?: boolean | undefined;
}

interface StartOptions extends RunOptions, RecipeOptions {
  readonly on: string;
  readonly name?: string;
  readonly from?: string;
  readonly base: string;
  readonly detach?: boolean;
}

const start = withRuns(new Command('start'))
  .description('train a network on a snapshot; Ctrl-C pauses it')
  .requiredOption('--on <folder>', 'the snapshot')
  .addOption(new Option('--network <network>', 'which network').choices(networkNames).default('classifier'))
  .option('--recipe <recipe>', 'shipped, paper, strong, quick, or a JSON file with a recipe', 'shipped')
  .addOption(new Option('--architecture <name>', 'of the classifier').choices(architectures))
  .addOption(new Option('--size <size>', 'small ones are for trials').choices(networkSizes))
  .addOption(new Option('--transformer <kind>', 'spatial transformer of mutasa').choices(transformers))
  .option('--epochs <number>', 'rounds over the pictures', wholeNumber(1))
  .option('--batch <number>', 'pictures a step', wholeNumber(1))
  .option('--rate <number>', 'largest learning rate', positiveNumber)
  .option('--patience <epochs>', 'stop after so many epochs without a better one', wholeNumber(1))
  .option('--seed <number>', 'the same seed makes the same weights on a CPU', wholeNumber(0))
  .option('--sources <mixture>', 'film-only, drr-only, all, or shares as film:drr:gan', mixture)
  .option('--name <text>', 'what the training and its model are called')
  .option('--from <folder>', 'models whose weights the training starts from; random ones without it')
  .option('--base <folder>', 'models that give the other network of the finished model', shippedModels)
  .option('--detach', 'do not wait for its end')
  .action(async ({ on, name, from, base, detach, runs, json, ...asked }: StartOptions) => {
    const recipe = recipeOf(asked);
    const run = orderTraining(runs, {
      snapshotFolder: on,
      recipe,
      name: name ?? `${recipe.network}, ${asked.recipe} recipe`,
      start: from ?? null,
      base,
      rules: null,
      software: stationVersion,
      command: commandLine(process.argv),
    });
    await runIt(run.id, { runs, json, detach });
  });

const resume = withRuns(new Command('resume'))
  .description('go on with a training from its last checkpoint; Ctrl-C pauses it')
  .argument('[id]', 'which training; the newest one without it')
  .option('--detach', 'do not wait for its end')
  .action(async (id: string | undefined, options: RunOptions & { readonly detach?: boolean }) => {
    const run = resumeTraining(options.runs, newest(options.runs, id));
    await runIt(run.id, options);
  });

const watch = withRuns(new Command('watch'))
  .description('look on until a training ends; Ctrl-C ends the looking on, not the training')
  .argument('[id]', 'which training; the newest one without it')
  .action(async (id: string | undefined, { runs, json }: RunOptions) => {
    const known = newest(runs, id);
    const leave = new AbortController();
    process.once('SIGINT', () => leave.abort());
    const run = await watchTraining(runs, known, { signal: leave.signal });
    if (leave.signal.aborted) tell(`The training goes on. Look on again with: calcar train watch ${known}`);
    report(runs, run, json);
  });

const pause = withRuns(new Command('pause'))
  .description('stop a training after the step under way, with a checkpoint')
  .argument('[id]', 'which training; the newest one without it')
  .action(async (id: string | undefined, { runs, json }: RunOptions) => {
    const known = newest(runs, id);
    pauseTraining(runs, known);
    report(runs, await watchTraining(runs, known, { quiet: true }), json);
  });

const cancel = withRuns(new Command('cancel'))
  .description('end a training for good; the model of its best epoch is kept')
  .argument('[id]', 'which training; the newest one without it')
  .action(async (id: string | undefined, { runs, json }: RunOptions) => {
    const known = newest(runs, id);
    cancelTraining(runs, known);
    const run = await watchTraining(runs, known, { quiet: true });
    report(runs, run, json, run.state === 'cancelled');
  });

const list = withRuns(new Command('list'))
  .description('every training, the newest first')
  .action(({ runs, json }: RunOptions) => {
    const all = trainings(runs);
    if (json === true) printJson(all);
    else if (all.length === 0) print('No training yet. Start one with calcar train start --on SNAPSHOT.');
    else print(tableOf(all));
  });

export const trainCommand = new Command('train')
  .description('train a network: start, watch, pause, resume, cancel, list')
  .addCommand(start)
  .addCommand(watch)
  .addCommand(pause)
  .addCommand(resume)
  .addCommand(cancel)
  .addCommand(list);

/** What makes the same weights again, without what only says how to look on. */
function commandLine(words: readonly string[]): string {
  const asked = words
    .slice(words.indexOf('train'))
    .filter((word) => word !== '--json' && word !== '--detach');
  return ['calcar', ...asked.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`))].join(' ');
}

function withRuns(command: Command): Command {
  return command
    .option('--runs <folder>', 'where trainings are kept', join(defaultDataFolder(), 'runs'))
    .option('--json', 'print the training as JSON');
}

/** @throws CalcarError 'not-found' without any training */
function newest(runs: string, id: string | undefined): string {
  const run = id === undefined ? trainings(runs)[0] : findTraining(runs, id);
  if (run !== undefined) return run.id;
  throw new CalcarError(
    'not-found',
    `There is no training in ${runs}. Start one with calcar train start --on SNAPSHOT.`,
  );
}

async function runIt(
  id: string,
  { runs, json, detach }: RunOptions & { readonly detach?: boolean | undefined },
): Promise<void> {
  const trainer = startTraining(runs, id, spawnTrainer);
  if (detach === true) {
    const run = findTraining(runs, id);
    if (json === true) printJson(run);
    else print(`Training ${id} has begun. Look on with: calcar train watch ${id}`);
    return;
  }
  tell(`Training ${id}`);
  const stop = (): void => {
    tell('Pausing after this step.');
    pauseTraining(runs, id);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const run = await watchTraining(runs, id, { until: trainer.ended });
  report(runs, run, json);
}

/** @throws CalcarError with what a failed training failed of */
function report(runs: string, run: TrainingRun, json: boolean | undefined, isDone = false): void {
  const failure = run.state === 'failed' ? failureOf(runs, run.id) : null;
  if (failure !== null) throw failure;
  if (run.state === 'interrupted')
    throw new CalcarError('compute-crashed', `${run.reason ?? ''} calcar train resume ${run.id}`);
  if (json === true) printJson(run);
  else print(sentenceOf(runs, run));
  if (run.state === 'cancelled' && !isDone) process.exitCode = exitCodes.incomplete;
}

function sentenceOf(runs: string, { id, state, bestEpoch }: TrainingRun): string {
  const model = join(runs, id, 'model');
  switch (state) {
    case 'finished':
      return `Finished: epoch ${bestEpoch ?? 0} is the best. Weights and model card are in ${model}.`;
    case 'paused':
      return `Paused. Go on with: calcar train resume ${id}`;
    case 'cancelled':
      return bestEpoch === null
        ? 'Cancelled before the end of the first epoch, so there is no model.'
        : `Cancelled. The weights of epoch ${bestEpoch} are in ${model}.`;
    default:
      return `This training is ${runStateWords[state]}.`;
  }
}

function tableOf(runs: readonly TrainingRun[]): string {
  return formatTable(
    [{ title: 'id' }, { title: 'name' }, { title: 'state' }, { title: 'epochs' }, { title: 'best' }],
    runs.map(({ id, name, state, reason, epochs, recipe, bestEpoch }) => ({
      cells: [
        id,
        name,
        runStateWords[state],
        `${epochs.length} of ${recipe.epochs}`,
        bestEpoch === null ? '' : String(bestEpoch),
      ],
      below: reason === null ? [] : [reason],
    })),
    terminalWidth(),
  );
}
