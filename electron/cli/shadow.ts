import { Command, InvalidArgumentError } from 'commander';
import type { ShadowReport } from '../contract/models.ts';
import { openStation } from '../station/openStation.ts';
import { exitCodes } from './exitCodes.ts';
import { print, printJson } from './output.ts';
import { shadowInText } from './shadowWords.ts';
import { call } from './stationCalls.ts';

interface ShadowOptions {
  readonly json?: boolean;
}

function modelHash(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new InvalidArgumentError('Give the 64 letters of the model’s hash.');
  return text;
}

const asJson = [
  '--json',
  'print the report as JSON (schema shadowReport of electron/contract/models.ts)',
] as const;

const start = new Command('start')
  .description('let a candidate read, and wait until it has read every film that the current model has')
  .argument('<hash>', 'hash of the candidate', modelHash)
  .option(...asJson)
  .action(async (model: string, { json }: ShadowOptions) => {
    const station = await openStation({ door: 'calcar shadow' });
    try {
      await call(station, 'shadow.start', { model });
      await station.shadowSettled();
      show(await call(station, 'shadow.report', { model }), json);
    } finally {
      await station.close();
    }
  });

const stop = new Command('stop')
  .description('let the candidate read no more; what it has read is kept')
  .action(async () => {
    const station = await openStation({ door: 'calcar shadow', compute: false });
    try {
      await call(station, 'shadow.stop', {});
      print('No candidate reads in the shadow now. What was read is kept.');
    } finally {
      await station.close();
    }
  });

const showReport = new Command('show')
  .description('agreement with the current model, and where the two differ')
  .argument('[hash]', 'hash of the candidate; default: the last one', modelHash)
  .option(...asJson)
  .action(async (model: string | undefined, { json }: ShadowOptions) => {
    const station = await openStation({ door: 'calcar shadow', compute: false });
    try {
      show(await call(station, 'shadow.report', { model: model ?? null }), json);
    } finally {
      await station.close();
    }
  });

function show(report: ShadowReport | null, json = false): void {
  if (json) printJson(report);
  else if (report === null)
    print('No such candidate has read in the shadow here. Start one with calcar shadow start.');
  else print(shadowInText(report));
  process.exitCode = report === null || report.failure !== null ? exitCodes.incomplete : exitCodes.done;
}

export const shadowCommand = new Command('shadow')
  .description('a candidate that reads every film unseen beside the current model')
  .addHelpText(
    'after',
    `
Once started it goes on whenever the station is open, until it is stopped, promoted or replaced.
The code is 1 when no candidate was ever started, or when it cannot read any more.`,
  )
  .addCommand(start)
  .addCommand(stop)
  .addCommand(showReport);
