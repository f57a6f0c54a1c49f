/** A worker thread that simulates one patient at a time and stores it. */
import { parentPort } from 'node:worker_threads';
import type { Split } from '../../contract/snapshot.ts';
import type { Cohort } from './cohort.ts';
import { storeSimulatedPatient } from './simulatedPatient.ts';

export interface DatasetJob {
  readonly folder: string;
  readonly split: Split;
  readonly cohort: Cohort;
  readonly number: number;
}

parentPort?.on('message', ({ folder, split, cohort, number }: DatasetJob) => {
  storeSimulatedPatient(folder, split, cohort, number);
  parentPort?.postMessage(number);
});
