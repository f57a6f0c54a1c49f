import { Command } from 'commander';
import type { WorklistRow } from '../contract/reads.ts';
import { openStation } from '../station/openStation.ts';
import { print, printJson, terminalWidth } from './output.ts';
import { call } from './stationCalls.ts';
import { formatTable } from './table.ts';
import { groupInWords } from './words.ts';

export const filmsCommand = new Command('films')
  .description('list the films in the data folder, newest import first')
  .option('--search <text>', 'only films with this in their file name, patient name or patient id')
  .option('--json', 'print the worklist as JSON (schema filmsOutput of electron/contract/cli.ts)')
  .action(async (options: { json?: true; search?: string }) => {
    const station = await openStation({ door: 'calcar films', compute: false });
    try {
      const { search } = options;
      const rows = await call(station, 'worklist.list', search === undefined ? {} : { search });
      if (options.json) printJson(rows);
      else
        print(rows.length === 0 ? 'No films here yet. Import some with: calcar read FOLDER' : format(rows));
    } finally {
      await station.close();
    }
  });

const stateInWords: Record<WorklistRow['state'], string> = {
  new: 'not read yet',
  reading: 'being read',
  answered: 'read',
  doubtful: 'read, in doubt',
  refused: 'no answer',
  failed: 'reading failed',
  unusable: 'cannot be used',
};

function format(rows: readonly WorklistRow[]): string {
  return formatTable(
    [
      { title: 'File' },
      { title: 'Patient' },
      { title: 'Imported' },
      { title: 'State' },
      { title: 'Machine' },
      { title: 'Person' },
    ],
    rows.map((row) => ({
      cells: [
        row.fileName,
        row.patientName ?? row.patientId ?? '',
        new Date(row.importedAt).toLocaleString(),
        stateInWords[row.state],
        row.machine ? groupInWords[row.machine] : '',
        row.person.length === 0 ? '' : `${row.person.join(', ')} (${row.lastReader ?? ''})`,
      ],
      ...(row.reason === null ? {} : { below: [row.reason] }),
    })),
    terminalWidth(),
  );
}
