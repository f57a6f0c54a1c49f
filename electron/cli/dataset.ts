import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type * as z from 'zod';
import type {
  datasetListOutput,
  DatasetMakeOutput,
  DatasetShowOutput,
  datasetVerifyOutput,
} from '../contract/cli.ts';
import { CalcarError } from '../contract/errors.ts';
import type { DatasetRow, FreezeResult, Study } from '../contract/snapshot.ts';
import { makeSimulatedStudy } from '../learning/snapshots/dataset.ts';
import { leakSentence, leaksOf } from '../learning/snapshots/leaks.ts';
import { openSnapshot, patientsOf, verifySnapshot } from '../learning/snapshots/snapshot.ts';
import { talliesOf } from '../learning/snapshots/snapshotTallies.ts';
import { countsOf, countsOfSnapshot } from '../station/datasets/datasets.ts';
import { openStation, type OpenStation } from '../station/openStation.ts';
import { stationVersion } from '../station/version.ts';
import { frozenInText, inPatients, listInText, shownInText } from './datasetWords.ts';
import { exitCodes } from './exitCodes.ts';
import { wholeNumber } from './numbers.ts';
import { print, printJson, tell } from './output.ts';
import { createProgress } from './progress.ts';
import { paragraph } from './reportText.ts';
import { call } from './stationCalls.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface MakeOptions extends JsonOption {
  readonly data: string;
  readonly name: string;
  readonly learn: number;
  readonly tune: number;
  readonly test: number;
  readonly workers: number;
}

const make = withJson(new Command('make'), 'datasetMakeOutput')
  .description('simulate patients and freeze them as a simulated study; goes on where it stopped')
  .option('--data <folder>', 'where to put them', '.cache/dataset')
  .option('--name <text>', 'what the data set is called', datasetName, 'Simulated study')
  .option('--learn <patients>', 'patients to learn from', wholeNumber(0), 400)
  .option('--tune <patients>', 'patients to choose among epochs and to fix thresholds on', wholeNumber(0), 48)
  .option('--test <patients>', 'held-out patients, two films each', wholeNumber(0), 150)
  .option('--workers <threads>', 'patients at a time', wholeNumber(1), availableParallelism())
  .action(async ({ data, name, learn, tune, test, workers, json }: MakeOptions) => {
    const progress = createProgress();
    const start = performance.now();
    const command = `calcar dataset make --data ${quoted(data)} --name ${quoted(name)} --learn ${learn} --tune ${tune} --test ${test}`;
    try {
      const { manifest, made } = await makeSimulatedStudy(
        { folder: data, learn, tune, test },
        { name, software: stationVersion, command },
        workers,
        (done, of) => progress.step('Simulating patients', Math.min(done, of - 1), of),
      );
      const output: DatasetMakeOutput = {
        folder: data,
        name: manifest.name,
        hash: manifest.hash,
        counts: countsOfSnapshot({ folder: data, manifest }),
        made,
        seconds: (performance.now() - start) / 1000,
      };
      progress.end();
      if (json === true) printJson(output);
      else print(paragraph(madeInWords(output)));
    } finally {
      progress.end();
    }
  });

function madeInWords({ folder, name, hash, counts, made, seconds }: DatasetMakeOutput): string {
  return `'${name}' is frozen in ${folder}: simulated patients ${inPatients(counts)}, ${made} of them made now in ${seconds.toFixed(0)} s. Hash ${hash.slice(0, 12)}.`;
}

const freeze = withJson(new Command('freeze'), 'freezeResult of electron/contract/snapshot.ts', '')
  .description('freeze the reads of this data folder as a data set')
  .requiredOption('--name <text>', 'what the data set is called', datasetName)
  .addOption(
    new Option('--study <kind>', 'which films, where people have read both kinds').choices([
      'simulated',
      'real',
    ]),
  )
  .action(
    async ({
      name,
      study,
      json,
    }: JsonOption & { readonly name: string; readonly study?: 'simulated' | 'real' }) => {
      const result = await inStation('calcar dataset freeze', (station) => freezeIn(station, name, study));
      if (json === true) printJson(result);
      else print(frozenInText(result));
    },
  );

async function freezeIn(
  station: OpenStation,
  name: string,
  asked: 'simulated' | 'real' | undefined,
): Promise<FreezeResult> {
  const study = asked === undefined ? await onlyStudy(station) : studyNamed[asked];
  const progress = createProgress();
  const quiet = station.subscribe((event) => {
    if (event.event === 'progress' && event.job === 'freeze' && event.done < event.of)
      progress.step(event.label, event.done, event.of);
  });
  const stop = (): void => void call(station, 'datasets.cancel', {});
  process.once('SIGINT', stop);
  try {
    return await call(station, 'datasets.freeze', { name, study });
  } finally {
    process.off('SIGINT', stop);
    quiet();
    progress.end();
  }
}

const studyNamed = { simulated: 'simulated study', real: 'real films' } as const;

async function onlyStudy(station: OpenStation): Promise<Study> {
  const { studies } = await call(station, 'datasets.preview', { study: null });
  const [study] = studies;
  if (study === undefined)
    throw new CalcarError(
      'invalid-input',
      'Nobody has read a film in this data folder yet, so there is nothing to freeze. Commit reads first.',
    );
  if (studies.length > 1)
    throw new CalcarError(
      'invalid-input',
      'People have read real and simulated films here, and the two never go into one data set. Choose with --study real or --study simulated.',
    );
  return study;
}

const add = withJson(new Command('add'), 'datasetRow of electron/contract/snapshot.ts', '')
  .description('make a frozen folder one of the data sets of this station')
  .argument('<folder>', 'the frozen data set')
  .action(async (folder: string, { json }: JsonOption) => {
    const row = await inStation('calcar dataset add', (station) => station.addDataset(folder));
    if (json === true) printJson(row);
    else print(paragraph(`'${row.name}' is known to the station: patients ${inPatients(row.counts)}.`));
  });

const list = withJson(new Command('list'), 'datasetListOutput')
  .description("the station's data sets, the newest first")
  .action(async ({ json }: JsonOption) => {
    const rows: z.infer<typeof datasetListOutput> = await inStation('calcar dataset list', (station) =>
      call(station, 'datasets.list', {}),
    );
    if (json === true) printJson(rows);
    else if (rows.length === 0)
      print("No data set yet. Make one with 'calcar dataset make' or 'calcar dataset freeze'.");
    else print(listInText(rows));
  });

const show = withJson(new Command('show'), 'datasetShowOutput')
  .description('what a data set holds, and whether anything of it leaks; then the code is 1')
  .argument('<dataset>', 'its folder, or the beginning of its hash in the list of the station')
  .action(async (named: string, { json }: JsonOption) => {
    const snapshot = openSnapshot(await folderOf(named));
    const { name, study, software, command, frozenAt, hash, entries } = snapshot.manifest;
    const patients = patientsOf(snapshot);
    const shown: DatasetShowOutput = {
      folder: snapshot.folder,
      name,
      study,
      software,
      command,
      frozenAt,
      hash,
      counts: countsOf(patients),
      ...talliesOf(patients),
      leaks: leaksOf(entries, { study }).map(leakSentence),
    };
    if (json === true) printJson(shown);
    else print(shownInText(shown));
    if (shown.leaks.length > 0) process.exitCode = exitCodes.incomplete;
  });

const verify = withJson(new Command('verify'), 'datasetVerifyOutput')
  .description('hold every file of a data set to its hash; the code is 1 when one is not what was frozen')
  .argument('<dataset>', 'its folder, or the beginning of its hash in the list of the station')
  .action(async (named: string, { json }: JsonOption) => {
    const snapshot = openSnapshot(await folderOf(named));
    const { name, hash, entries } = snapshot.manifest;
    const progress = createProgress();
    const problems = verifySnapshot(snapshot, (done, of) =>
      progress.step('Looking at patients', Math.min(done, of - 1), of),
    );
    progress.end();
    const output: z.infer<typeof datasetVerifyOutput> = {
      folder: snapshot.folder,
      name,
      hash,
      patients: entries.length,
      problems,
    };
    if (json === true) printJson(output);
    else if (problems.length === 0) print(`${entries.length} patients, every file as it was frozen.`);
    else problems.forEach(tell);
    if (problems.length > 0) process.exitCode = exitCodes.incomplete;
  });

export const datasetCommand = new Command('dataset')
  .description('data sets to learn from: make, freeze, add, list, show, verify')
  .addCommand(make)
  .addCommand(freeze)
  .addCommand(add)
  .addCommand(list)
  .addCommand(show)
  .addCommand(verify);

function withJson(command: Command, schema: string, file = ' of electron/contract/cli.ts'): Command {
  return command.option('--json', `print the result as JSON (schema ${schema}${file})`);
}

async function inStation<T>(door: string, work: (station: OpenStation) => Promise<T>): Promise<T> {
  const station = await openStation({ door, compute: false });
  try {
    return await work(station);
  } finally {
    await station.close();
  }
}

/** A folder as it was given, or that of the station's data set whose hash begins so. */
async function folderOf(named: string): Promise<string> {
  if (existsSync(named) || !/^[0-9a-f]{6,64}$/.test(named)) return resolve(named);
  const rows = await inStation('calcar dataset', (station) => call(station, 'datasets.list', {}));
  const [row, another]: DatasetRow[] = rows.filter(({ hash }) => hash.startsWith(named));
  if (row === undefined)
    throw new CalcarError(
      'not-found',
      `There is no folder and no data set ${named}. See calcar dataset list.`,
    );
  if (another !== undefined)
    throw new CalcarError(
      'invalid-input',
      `More than one data set begins with ${named}. Give more of the hash.`,
    );
  return row.folder;
}

function datasetName(text: string): string {
  if (text.trim() === '' || text.length > 100)
    throw new InvalidArgumentError('Give a name of 1 to 100 letters.');
  return text;
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
