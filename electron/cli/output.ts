import { CalcarError, toWireError } from '../contract/errors.ts';
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
 * Says what went wrong and sets what the process ends with: a sentence on stderr, or `{"error": …}` on stdout
 * under --json; never a stack trace.
 */
export function reportFailure(error: unknown, json: boolean): void {
  const wire = toWireError(error);
  if (json) printJson({ error: wire });
  else tell(wire.sentence);
  if (!(error instanceof CalcarError) && error instanceof Error) tell(`${error.name}: ${error.message}`);
  process.exitCode = exitCodeOf(wire.kind);
}
