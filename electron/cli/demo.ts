import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { DemoOutput, ReadFile } from '../contract/cli.ts';
import { defaultDataFolder } from '../station/dataFolder.ts';
import { openStation } from '../station/openStation.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { print, printJson, terminalWidth } from './output.ts';
import { createProgress } from './progress.ts';
import { formatFooter, modelUsed } from './read.ts';
import { readImported } from './readFiles.ts';
import { formatReads } from './readTable.ts';

interface DemoOptions {
  readonly json?: true;
  readonly out?: string;
  readonly patients: number;
}

export const demoCommand = new Command('demo')
  .description('make a small cohort of simulated films and read it, with the truth beside each answer')
  .option('--patients <count>', 'how many patients, 1 to 20; one film each', parseCount, 4)
  .option('--out <folder>', 'where the pictures go (default: "demo/pictures" in the data folder)')
  .option('--json', 'print the findings as JSON (schema demoOutput of electron/contract/cli.ts)')
  .addHelpText(
    'after',
    `
The films go into a data folder of their own ("demo" in the data folder), never among real ones.`,
  )
  .action(async (options: DemoOptions) => {
    process.exitCode = await runDemo(options);
  });

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 20)
    throw new InvalidArgumentError('It must be a whole number from 1 to 20.');
  return count;
}

/** Simulates, reads and prints the first patients of the demo cohort. */
export async function runDemo(options: DemoOptions): Promise<ExitCode> {
  const dataDir = join(defaultDataFolder(), 'demo');
  const station = await openStation({ dataDir, door: 'calcar demo', readInBackground: false });
  const progress = createProgress();
  try {
    let done = 0;
    progress.step('simulating films', done, options.patients);
    const tick = setInterval(() => progress.step('simulating films', done, options.patients), 500);
    const stop = station.subscribe((event) => {
      if (event.event === 'progress' && event.job === 'demo') done = event.done;
    });
    const films = await station.makeDemo(options.patients).finally(() => {
      clearInterval(tick);
      stop();
    });
    const pictures = resolve(options.out ?? join(dataDir, 'pictures'));
    const files: DemoOutput['files'] = [];
    for (const [n, { outcome, truth }] of films.entries()) {
      progress.step('reading films', n, films.length);
      const read = await readImported(station, outcome.fileName, outcome, pictures);
      files.push({ ...read, truth: [...truth] });
    }
    progress.end();
    const output: DemoOutput = { model: await modelUsed(station), files };
    if (options.json) printJson(output);
    else print(formatDemo(output));
    return files.some(unread) ? exitCodes.incomplete : exitCodes.done;
  } finally {
    progress.end();
    await station.close();
  }
}

const unread = (file: ReadFile): boolean => file.state === 'unusable' || file.state === 'failed';

function formatDemo({ model, files }: DemoOutput): string {
  const width = terminalWidth();
  const table = formatReads(files, width, {
    title: 'Truth',
    cell: (index, hip) =>
      files[index]!.truth.filter((truth) => hip === null || truth.laterality === hip.laterality)
        .map(({ laterality, grade }) => {
          const words = grade === 'none' ? 'no fracture' : `Garden ${grade}`;
          return hip === null ? `${laterality}: ${words}` : words;
        })
        .join(', '),
  });
  return [table, ...formatFooter(model, files, width)].join('\n');
}
