import { CalcarError, toWireError } from '../contract/errors.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodeOf } from './exitCodes.ts';
import { wrap } from './table.ts';

/** Columns of the terminal, within reason. */
export const terminalWidth = (): number => Math.min(140, Math.max(70, process.stdout.columns || 100));

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** A sentence for the person on stderr, wrapped to the terminal. */
export function tell(sentence: string): void {
  process.stderr.write(`${wrap(sentence, terminalWidth()).join('\n')}\n`);
}

/**
 * Runs the body of a command and sets what the process ends with. An error becomes a sentence on stderr, or
 * `{"error": …}` on stdout under --json; never a stack trace.
 */
export async function runCommand(json: boolean, body: () => Promise<ExitCode>): Promise<void> {
  try {
    process.exitCode = await body();
  } catch (error) {
    const wire = toWireError(error);
    if (json) printJson({ error: wire });
    else tell(wire.sentence);
    if (!(error instanceof CalcarError) && error instanceof Error) tell(`${error.name}: ${error.message}`);
    process.exitCode = exitCodeOf(wire.kind);
  }
}
