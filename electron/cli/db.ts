import { Command } from 'commander';
import { openStation } from '../station/openStation.ts';
import { exitCodes } from './exitCodes.ts';
import { print, printJson } from './output.ts';
import { call } from './stationCalls.ts';

const verifyCommand = new Command('verify')
  .description('check that no read was changed, taken out or put in between')
  .option('--json', 'print the result as JSON (schema verifyOutput of electron/contract/cli.ts)')
  .addHelpText(
    'after',
    `
Every read carries a SHA-256 over itself and the read before. Keep the number of reads and the last hash
elsewhere: they also prove later that nothing was cut off the end. The code is 1 when the chain is broken.`,
  )
  .action(async (options: { json?: true }) => {
    const station = await openStation({ door: 'calcar db verify', compute: false });
    try {
      const report = await station.verifyReads();
      const { databasePath } = await call(station, 'station.state', {});
      if (options.json) printJson({ database: databasePath, ...report });
      else if (report.brokenAt === null)
        print(
          `${report.reads} reads, every one as it was committed.` +
            (report.lastHash === '' ? '' : `\nLast hash: ${report.lastHash}`),
        );
      else
        print(
          `Read ${report.brokenAt} does not follow from the one before: it was changed, taken out or put in by other means than Calcar. ` +
            `The ${report.reads} reads before it are as they were committed.`,
        );
      process.exitCode = report.brokenAt === null ? exitCodes.done : exitCodes.incomplete;
    } finally {
      await station.close();
    }
  });

export const dbCommand = new Command('db').description('the database of reads').addCommand(verifyCommand);
