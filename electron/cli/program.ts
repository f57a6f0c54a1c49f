import { Command, CommanderError } from 'commander';
import { stationVersion } from '../station/version.ts';
import { dbCommand } from './db.ts';
import { demoCommand } from './demo.ts';
import { exitCodeHelp, exitCodes } from './exitCodes.ts';
import { filmsCommand } from './films.ts';
import { readCommand } from './read.ts';

/** Parses and runs a command line; sets `process.exitCode` and never throws for what a person typed. */
export async function runProgram(words: readonly string[]): Promise<void> {
  const program = new Command('calcar')
    .description('Offline reading station for femoral neck fractures on hip radiographs')
    .version(stationVersion)
    .showHelpAfterError('Run calcar --help for what there is.')
    .addHelpText('after', exitCodeHelp);
  for (const command of [readCommand, demoCommand, filmsCommand, dbCommand]) program.addCommand(command);
  overrideExit(program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}

/** Commander ends the process itself unless every command is told not to. */
function overrideExit(command: Command): void {
  command.exitOverride();
  for (const sub of command.commands) overrideExit(sub);
}
