import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { StationOptions } from '../station/openStation.ts';

const computeProcessFile = fileURLToPath(new URL('../compute/process.ts', import.meta.url));

/** Starts the compute process as Electron's utility process: its own memory, and its death is its own. */
export const spawnUtilityCompute: NonNullable<StationOptions['spawnCompute']> = (args) => {
  const child = utilityProcess.fork(computeProcessFile, [JSON.stringify(args)], {
    serviceName: 'Calcar compute',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '3' },
  });
  return {
    get pid() {
      return child.pid;
    },
    post: (message) => {
      child.postMessage(message);
    },
    onMessage: (listener) => {
      child.on('message', listener);
    },
    onExit: (listener) => {
      child.once('exit', (code) => {
        listener(`exit code ${code}`);
      });
    },
    onErrorText: (listener) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        listener(chunk.toString('utf8'));
      });
    },
    kill: () => {
      child.kill();
    },
  };
};
