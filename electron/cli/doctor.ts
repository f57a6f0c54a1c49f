import { Command } from 'commander';
import { findBrowser } from '../shell/browser.ts';
import { defaultDataFolder } from '../station/dataFolder.ts';
import { doctorReport, formatDoctor } from '../station/doctor.ts';
import { exitCodes } from './exitCodes.ts';
import { print, printJson } from './output.ts';
import { createProgress } from './progress.ts';

export const doctorCommand = new Command('doctor')
  .description('what this machine gives Calcar, what is used instead of what it lacks, and what mends it')
  .option('--json', 'print the report as JSON (schema doctorReport of electron/contract/doctor.ts)')
  .addHelpText(
    'after',
    '\nWhat is only missing and replaced leaves the code at 0; it is 1 when a part failed its check.',
  )
  .action(async (options: { json?: true }) => {
    const progress = createProgress();
    const tick = setInterval(() => progress.step('testing and timing every tensor backend', 0, 1), 500);
    const report = await doctorReport({ dataDir: defaultDataFolder(), findBrowser }).finally(() => {
      clearInterval(tick);
      progress.end();
    });
    if (options.json) printJson(report);
    else print(formatDoctor(report));
    const failed = report.lines.some((line) => line.state === 'failed');
    process.exitCode = failed ? exitCodes.incomplete : exitCodes.done;
  });
