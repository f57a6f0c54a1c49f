/** A worker thread that simulates one patient at a time and stores it. */
import { parentPort } from 'node:worker_threads';
import type { Split } from '../../contract/snapshot.ts';
import { storeSimulatedPatient } from './simulatedPatient.ts';

export interface DatasetJob {
  readonly folder: string;
  readonly split: Split;
  readonly number: number;
}

parentPort?.on('message', ({ folder, split, number }: DatasetJob) => {
  storeSimulatedPatient(folder, split, number);
  parentPort?.postMessage(number);
});
