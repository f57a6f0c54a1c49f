import { Command, InvalidArgumentError } from 'commander';
import type { LabellingQueue } from '../contract/queue.ts';
import { openStation } from '../station/openStation.ts';
import { exitCodes } from './exitCodes.ts';
import { wholeNumber } from './numbers.ts';
import { print, printJson, terminalWidth } from './output.ts';
import { queueStudyCommand } from './queueStudy.ts';
import { call } from './stationCalls.ts';
import { formatTable } from './table.ts';

export const queueCommand = new Command('queue')
  .description('what to label next, each film with its reason; every order that is given out is written down')
  .option('--films <n>', 'films to propose, at most 1000', filmsAsked, 20)
  .option('--json', 'print the order as JSON (schema labellingQueue of electron/contract/queue.ts)')
  .addHelpText(
    'after',
    `
Films are ordered by how unsure the models that read last are of them, how far models differ, how unlike the
labelled films they are, and whether they are left to a person. A blinded reader is told the order alone.
The code is 1 when films wait for a person's read and none of them was read by the models.`,
  )
  .action(async ({ films, json }: { films: number; json?: true }) => {
    const station = await openStation({ door: 'calcar queue', compute: false });
    try {
      const queue = await call(station, 'queue.next', { films });
      if (json) printJson(queue);
      else print(inWords(queue));
      process.exitCode = queue.unlabelled > 0 && queue.scored === 0 ? exitCodes.incomplete : exitCodes.done;
    } finally {
      await station.close();
    }
  })
  .addCommand(queueStudyCommand);

/** As many as one order may hold. */
function filmsAsked(text: string): number {
  const films = wholeNumber(1)(text);
  if (films > 1000) throw new InvalidArgumentError('Give a whole number of at most 1000.');
  return films;
}

function inWords({ id, rows, unlabelled, scored, withheld }: LabellingQueue): string {
  if (unlabelled === 0) return "No film here waits for a person's read, so there is nothing to label.";
  if (id === null)
    return `${String(unlabelled)} films have no person's read, and the models found a hip on none of them, so there is no order. Let them be read first: open the station, or use calcar read.`;
  const table = formatTable(
    [
      { title: '#', align: 'right' },
      { title: 'File' },
      { title: 'Patient' },
      { title: 'Score', align: 'right' },
    ],
    rows.map(({ rank, fileName, patientId, score, reasons }) => ({
      cells: [String(rank), fileName, patientId ?? '', score === null ? '' : score.toFixed(2)],
      below: reasons.map(({ sentence }) => sentence),
    })),
    terminalWidth(),
  );
  const told = withheld ? ' Blinded reading is on, so the reasons are kept back.' : '';
  return `${table}\n\n${String(scored)} of ${String(unlabelled)} films without a person's read can be ordered. This order is written down as number ${String(id)}.${told}`;
}
