import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { ReadFile, ReadOutput } from '../contract/cli.ts';
import { CalcarError } from '../contract/errors.ts';
import { filesUnder } from '../station/importPaths.ts';
import type { OpenStation } from '../station/openStation.ts';
import { openStation } from '../station/openStation.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { print, printJson, terminalWidth } from './output.ts';
import { createProgress } from './progress.ts';
import { readImported, unusable } from './readFiles.ts';
import { formatReads } from './readTable.ts';
import { call } from './stationCalls.ts';
import { wrap } from './table.ts';

interface ReadOptions {
  readonly json?: true;
  readonly out?: string;
  /** False under --no-store. */
  readonly store: boolean;
}

export const readCommand = new Command('read')
  .description('read films: DICOM, PNG or JPEG files, or folders of them')
  .argument('<files...>', 'files and folders; folders are searched through')
  .option('--out <folder>', 'where the pictures go (default: "pictures" in the data folder)')
  .option('--no-store', 'keep nothing: no film and no read enters the data folder; pictures only with --out')
  .option('--json', 'print the findings as JSON (schema readOutput of electron/contract/cli.ts)')
  .addHelpText(
    'after',
    `
A film on which the machine gives no answer (a chest, a blank film) is read all the same: the code is 0.
The code is 1 when a file was no radiograph, could not be opened or could not be read through.`,
  )
  .action(async (files: string[], options: ReadOptions) => {
    process.exitCode = await read(files, options);
  });

async function read(paths: readonly string[], options: ReadOptions): Promise<ExitCode> {
  const scratch = options.store ? null : await mkdtemp(join(tmpdir(), 'calcar-read-'));
  try {
    const station = await openStation({
      door: 'calcar read',
      readInBackground: false,
      ...(scratch ? { dataDir: scratch } : {}),
    });
    try {
      const pictures = options.out ?? (scratch ? null : join(station.dataDir, 'pictures'));
      const output = await readAll(
        station,
        paths,
        pictures === null ? null : resolve(pictures),
        options.store,
      );
      if (options.json) printJson(output);
      else print(formatReadOutput(output));
      const incomplete = output.files.some((file) => file.state === 'unusable' || file.state === 'failed');
      return incomplete ? exitCodes.incomplete : exitCodes.done;
    } finally {
      await station.close();
    }
  } finally {
    if (scratch) await rm(scratch, { recursive: true, force: true });
  }
}

async function readAll(
  station: OpenStation,
  paths: readonly string[],
  pictures: string | null,
  stored: boolean,
): Promise<ReadOutput> {
  const files: ReadFile[] = [];
  const progress = createProgress();
  for (const named of paths) {
    const found = await filesUnder(named).catch((error: unknown) => {
      if (!(error instanceof CalcarError)) throw error;
      files.push(unusable(named, null, error.message));
      return [];
    });
    for (const [n, path] of found.entries()) {
      progress.step(path, n, found.length);
      const outcomes = await station.importPath(path);
      for (const outcome of outcomes) {
        // A zip archive gives many films, each named within it.
        const file = outcomes.length > 1 ? join(path, outcome.fileName) : path;
        files.push(await readImported(station, file, outcome, pictures));
      }
    }
  }
  progress.end();
  return { model: await modelUsed(station), stored, files };
}

export async function modelUsed(station: OpenStation): Promise<ReadOutput['model']> {
  const { modelName, modelHash, modelWarning } = await call(station, 'station.state', {});
  if (modelName === null || modelHash === null) return null;
  return { name: modelName, hash: modelHash, warning: modelWarning ?? '' };
}

function formatReadOutput({ model, files }: ReadOutput): string {
  if (files.length === 0) return 'There is no file in what was named.';
  const width = terminalWidth();
  return [formatReads(files, width), ...formatFooter(model, files, width)].join('\n');
}

/** Which model answered, its warning, and where the pictures are. */
export function formatFooter(
  model: ReadOutput['model'],
  files: readonly ReadFile[],
  width: number,
): string[] {
  const lines = [''];
  if (model) {
    lines.push(`Model: ${model.name} (${model.hash.slice(0, 12)})`);
    lines.push(...wrap(model.warning, width));
  }
  const pictures = files.flatMap((file) => file.picture ?? []);
  if (pictures.length > 0) lines.push(`Pictures: ${resolve(pictures[0]!, '..')}`);
  return lines;
}
