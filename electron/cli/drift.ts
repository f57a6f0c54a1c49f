import { Command } from 'commander';
import type { ComputeState } from '../contract/api.ts';
import type { DriftReport, DriftSignal } from '../contract/drift.ts';
import type { Station } from '../contract/station.ts';
import { openStation } from '../station/openStation.ts';
import { exitCodes } from './exitCodes.ts';
import { print, printJson, terminalWidth } from './output.ts';
import { paragraph } from './reportText.ts';
import { call } from './stationCalls.ts';
import { formatTable } from './table.ts';

export const driftCommand = new Command('drift')
  .description('whether the films of this data folder, and the answers to them, have changed')
  .option('--json', 'print the result as JSON (schema driftReport of electron/contract/drift.ts)')
  .addHelpText(
    'after',
    `
Films count in the order in which the current model has read them, those of one patient in a row as one. The code is
1 when something has changed, and 4 when no model is loaded.`,
  )
  .action(async ({ json }: { readonly json?: boolean }) => {
    const station = await openStation({ door: 'calcar drift', readInBackground: false });
    try {
      await machineStarted(station);
      const report = await call(station, 'drift.report', {});
      if (json === true) printJson(report);
      else print(inText(report));
      process.exitCode =
        report.model === null ? exitCodes.machine : report.alarm ? exitCodes.incomplete : exitCodes.done;
    } finally {
      await station.close();
    }
  });

/** Until the models are loaded, or cannot be: before, nobody can tell whose films are meant. */
async function machineStarted(station: Station): Promise<void> {
  const isUnderWay = (state: ComputeState['state']): boolean =>
    state === 'starting' || state === 'restarting';
  const ended = new Promise<void>((resolve) => {
    station.subscribe((event) => {
      if (event.event === 'compute' && !isUnderWay(event.compute.state)) resolve();
    });
  });
  const { compute } = await call(station, 'station.state', {});
  if (isUnderWay(compute.state)) await ended;
}

function inText({ sentence, signals, falseAlarms, model, reference, films, from, to }: DriftReport): string {
  if (model === null || films === 0) return paragraph(sentence);
  const when = from === null || to === null ? '' : `, read from ${day(from)} to ${day(to)}`;
  const against = reference === null ? '' : ` Usual: the test films of '${reference.name}'.`;
  return [
    paragraph(`${model.name}: ${films} ${films === 1 ? 'film' : 'films'}${when}.${against}`),
    paragraph(sentence),
    formatTable(
      [
        { title: 'What is watched' },
        { title: 'Usual', align: 'right' },
        { title: 'Last patients, 95 %', align: 'right' },
        { title: 'Test', align: 'right' },
        { title: 'Limit', align: 'right' },
        { title: '' },
      ],
      signals.map(rowOf),
      terminalWidth(),
    ),
    paragraph(falseAlarms),
  ].join('\n\n');
}

const day = (at: string): string => at.slice(0, 10);

function rowOf({ name, reference, series, statistic, limit, alarm, since, sentence }: DriftSignal): {
  cells: string[];
  below?: string[];
} {
  const last = series.at(-1);
  const cells = [
    name,
    reference === null ? '–' : reference.mean.toFixed(3),
    last === undefined ? '–' : `${last.mean.toFixed(3)} (${last.low.toFixed(3)} to ${last.high.toFixed(3)})`,
    reference === null ? '–' : statistic.toFixed(1),
    reference === null ? '–' : limit.toFixed(1),
    alarm ? `changed since ${day(since!)}` : '',
  ];
  return alarm ? { cells, below: [sentence] } : { cells };
}
