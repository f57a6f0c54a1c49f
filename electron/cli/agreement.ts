import { Command, Option } from 'commander';
import { openStation } from '../station/openStation.ts';
import { agreementInText } from './agreementWords.ts';
import { exitCodes } from './exitCodes.ts';
import { print, printJson } from './output.ts';

interface AgreementOptions {
  readonly study?: 'simulated' | 'real';
  readonly blinded?: boolean;
  readonly json?: boolean;
}

const studyNamed = { simulated: 'simulated study', real: 'real films' } as const;

export const agreementCommand = new Command('agreement')
  .description('how far the readers of this data folder agree beyond chance, with 95 % intervals')
  .addOption(
    new Option('--study <kind>', 'which films, where people have read both kinds').choices([
      'simulated',
      'real',
    ]),
  )
  .option('--blinded', "count only reads made while the machine's answer was hidden")
  .option('--json', 'print the result as JSON (schema agreementReport of electron/contract/agreement.ts)')
  .addHelpText(
    'after',
    `
The last read of each reader and film counts. The code is 1 when there are too few reads to tell.`,
  )
  .action(async ({ study, blinded = false, json }: AgreementOptions) => {
    const station = await openStation({ door: 'calcar agreement', compute: false });
    try {
      const report = await station.readerAgreement({
        study: study === undefined ? null : studyNamed[study],
        blinded,
      });
      if (json === true) printJson(report);
      else print(agreementInText(report));
      process.exitCode = report.patients >= 2 ? exitCodes.done : exitCodes.incomplete;
    } finally {
      await station.close();
    }
  });
