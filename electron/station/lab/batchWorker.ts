/** Worker thread: makes the pictures of one batch that are not there yet. Ends when done. */
import { parentPort } from 'node:worker_threads';
import type { LabStyle } from '../../contract/lab.ts';
import type { WorkerFailure } from './workerError.ts';

export interface BatchWork {
  readonly volumes: string;
  readonly volume: string;
  readonly views: number;
  readonly seed: number;
  readonly style: LabStyle;
  readonly folder: string;
}

export type BatchReply =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: WorkerFailure };

parentPort?.postMessage({
  kind: 'failed',
  failure: {
    error: { kind: 'backend-unavailable', sentence: 'This version of Calcar cannot make batches yet.' },
    frames: [],
  },
} satisfies BatchReply);
