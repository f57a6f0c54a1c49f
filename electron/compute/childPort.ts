import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ComputeArguments } from './jobs.ts';

/** The parent's end of the line to a compute process, whoever started it. */
export interface ChildPort {
  readonly pid: number | undefined;
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Once, when the process is gone; `how` is its exit code or signal, in words for the log. */
  onExit(listener: (how: string) => void): void;
  /** What it writes to its error stream, for the log. */
  onErrorText(listener: (text: string) => void): void;
  /** Ends it at once. */
  kill(): void;
}

export type SpawnCompute = (args: ComputeArguments) => ChildPort;

export const computeProcessFile: string = fileURLToPath(new URL('./process.ts', import.meta.url));

/** Starts the compute process as a child of Node; a hidden second window is never opened. */
export const forkCompute: SpawnCompute = (args) => forkFile(computeProcessFile, args);

export function forkFile(file: string, args: ComputeArguments): ChildPort {
  const child = fork(file, [JSON.stringify(args)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '3' },
  });
  return {
    pid: child.pid,
    post: (message) => {
      // A message to a process that has just died is answered by its exit.
      child.send(message as Parameters<ChildProcess['send']>[0], () => undefined);
    },
    onMessage: (listener) => {
      child.on('message', listener);
    },
    onExit: (listener) => {
      child.once('error', (error) => {
        listener(error.message);
      });
      child.once('exit', (code, signal) => {
        listener(signal ?? `exit code ${String(code)}`);
      });
    },
    onErrorText: (listener) => {
      child.stderr?.setEncoding('utf8').on('data', listener);
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
