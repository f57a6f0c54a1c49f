import { Command, CommanderError } from 'commander';
import { stationVersion } from '../station/version.ts';
import { agreementCommand } from './agreement.ts';
import { consistencyCommand } from './consistency.ts';
import { dbCommand } from './db.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { driftCommand } from './drift.ts';
import { drrCommand } from './drr.ts';
import { exitCodeHelp, exitCodes } from './exitCodes.ts';
import { filmsCommand } from './films.ts';
import { reportFailure } from './output.ts';
import { modelsCommand, promoteCommand, rollbackCommand } from './models.ts';
import { phantomCommand } from './phantom.ts';
import { readCommand } from './read.ts';
import { shadowCommand } from './shadow.ts';
import { startCommand } from './startCommand.ts';

const commands = [
  startCommand,
  readCommand,
  demoCommand,
  filmsCommand,
  phantomCommand,
  drrCommand,
  dbCommand,
  agreementCommand,
  consistencyCommand,
  shadowCommand,
  driftCommand,
  modelsCommand,
  promoteCommand,
  rollbackCommand,
  doctorCommand,
];

/** Parses and runs a command line; sets `process.exitCode` and never throws for what a person typed. */
export async function runProgram(words: readonly string[]): Promise<void> {
  const program = new Command('calcar')
    .description('Offline reading station for femoral neck fractures on hip radiographs')
    .version(stationVersion)
    .showHelpAfterError('Run calcar --help for what there is.')
    .addHelpText('after', exitCodeHelp);
  for (const command of commands) program.addCommand(command);
  if (!commands.some((command) => command.name() === words[0]))
    for (const command of await learningCommands(words[0])) program.addCommand(command);
  overrideExit(program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    else reportFailure(error, words.includes('--json'));
  }
}

const learning: Record<string, () => Promise<Command>> = {
  dataset: async () => (await import('./dataset.ts')).datasetCommand,
  train: async () => (await import('./train.ts')).trainCommand,
  evaluate: async () => (await import('./evaluate.ts')).evaluateCommand,
  compare: async () => (await import('./compare.ts')).compareCommand,
  gate: async () => (await import('./gate.ts')).gateCommand,
  queue: async () => (await import('./queue.ts')).queueCommand,
};

/** They bring the tensor library into this process, which the others need not wait for. */
async function learningCommands(name: string | undefined): Promise<Command[]> {
  const asked = Object.entries(learning).filter(([each]) => each === name);
  const all = asked.length > 0 ? asked : Object.entries(learning);
  return Promise.all(all.map(([, load]) => load()));
}

/** Commander ends the process itself unless every command is told not to. */
function overrideExit(command: Command): void {
  command.exitOverride();
  for (const sub of command.commands) overrideExit(sub);
}
