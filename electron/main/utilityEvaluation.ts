import { PassThrough } from 'node:stream';
import { utilityProcess } from 'electron';
import type { StationOptions } from '../station/openStation.ts';
import { evaluateProcessFile, followEvaluation } from '../station/training/evaluations.ts';

/** Starts an evaluation as Electron's utility process: its own memory, and its death is its own. */
export const startUtilityEvaluation: NonNullable<StationOptions['startEvaluation']> = (order, options) => {
  const child = utilityProcess.fork(evaluateProcessFile, [JSON.stringify(order)], {
    serviceName: 'Calcar evaluation',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '3' },
  });
  const stdout = new PassThrough();
  child.stdout?.pipe(stdout);
  return followEvaluation(
    {
      stdout,
      onEnd: (listener) => child.once('exit', (code) => listener(code === 0 ? 'well' : 'badly')),
      kill: () => {
        child.kill();
      },
    },
    options,
  );
};
