import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { CalcarError, fromWireError, wireError } from '../contract/errors.ts';
import { trainerEnvironment } from './startTrainer.ts';

export const evaluationArguments = z.strictObject({
  /** Folder of the models. */
  models: z.string(),
  /** Folder of the snapshot. */
  snapshot: z.string(),
  out: z.string(),
  software: z.string(),
  prevalence: z.number().gt(0).lt(1),
});
export type EvaluationArguments = z.infer<typeof evaluationArguments>;

export const evaluationLine = z.union([
  z.strictObject({ done: z.number().int(), of: z.number().int() }),
  z.strictObject({ error: wireError }),
]);
export type EvaluationLine = z.infer<typeof evaluationLine>;

export type StartEvaluation = (
  order: EvaluationArguments,
  options: { readonly signal: AbortSignal; readonly report: (done: number, of: number) => void },
) => Promise<void>;

export const evaluateProcessFile: string = fileURLToPath(new URL('./evaluateProcess.ts', import.meta.url));

/**
 * Evaluates in a child of Node, which ends with whoever started it.
 *
 * @throws CalcarError as `evaluateModel`; 'cancelled'; 'compute-crashed' when the process dies
 */
export const spawnEvaluation: StartEvaluation = (order, { signal, report }) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [evaluateProcessFile, JSON.stringify(order)], {
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: trainerEnvironment(),
      signal,
    });
    let failure: CalcarError | null = null;
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = lineOf(text);
      if (line === null) return;
      if ('error' in line) failure = fromWireError(line.error);
      else report(line.done, line.of);
    });
    // An aborted child says so here; 'close' follows.
    child.once('error', (cause) => {
      failure = new CalcarError(
        'compute-failed',
        'The evaluation could not be started. Run calcar doctor.',
        cause,
      );
    });
    child.once('close', (code) => {
      if (signal.aborted) reject(new CalcarError('cancelled', 'The evaluation was stopped.'));
      else if (code === 0 && failure === null) resolve();
      else reject(failure ?? died());
    });
  });

/** Null for what a library prints besides. */
function lineOf(text: string): EvaluationLine | null {
  try {
    return evaluationLine.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const died = (): CalcarError =>
  new CalcarError(
    'compute-crashed',
    'The evaluation ended without a word. What was read before is kept; start it again.',
  );
