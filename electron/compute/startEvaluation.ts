import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
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
  /** Whether the models' folder keeps how sure they are. */
  keepConfidence: z.boolean().optional(),
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

/** A process that evaluates, however it was started. */
export interface EvaluationChild {
  readonly stdout: Readable;
  /** Told once, when it is gone and all that it said was read. */
  onEnd(listener: (ended: 'well' | 'badly') => void): void;
  kill(): void;
}

/**
 * Listens to an evaluation until it ends.
 *
 * @throws CalcarError as `evaluateModel`; 'cancelled'; 'compute-crashed' when the process dies
 */
export function followEvaluation(
  child: EvaluationChild,
  { signal, report }: Parameters<StartEvaluation>[1],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: CalcarError | null = null;
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = lineOf(text);
      if (line === null) return;
      if ('error' in line) failure = fromWireError(line.error);
      else report(line.done, line.of);
    });
    const stop = (): void => child.kill();
    signal.addEventListener('abort', stop, { once: true });
    child.onEnd((ended) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(new CalcarError('cancelled', 'The evaluation was stopped.'));
      else if (ended === 'well' && failure === null) resolve();
      else reject(failure ?? died());
    });
  });
}

/** Evaluates in a child of Node, which ends with whoever started it. @throws CalcarError as `followEvaluation` */
export const spawnEvaluation: StartEvaluation = (order, options) => {
  const child = spawn(process.execPath, [evaluateProcessFile, JSON.stringify(order)], {
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: trainerEnvironment(),
  });
  // A child that cannot be started says so and then closes; without a listener it would end the station.
  child.once('error', () => undefined);
  return followEvaluation(
    {
      stdout: child.stdout,
      onEnd: (listener) => child.once('close', (code) => listener(code === 0 ? 'well' : 'badly')),
      kill: () => child.kill(),
    },
    options,
  );
};

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
