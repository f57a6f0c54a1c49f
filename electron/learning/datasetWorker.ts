/** A worker thread that simulates one patient at a time and stores it. */
import { parentPort } from 'node:worker_threads';
import { patientPlan, type Split } from './cohort.ts';
import { simulateFilms } from './simulate.ts';
import { storeFilms, storePatient } from './store.ts';

export interface DatasetJob {
  readonly folder: string;
  readonly split: Split;
  readonly number: number;
}

parentPort?.on('message', ({ folder, split, number }: DatasetJob) => {
  const { random, plan } = patientPlan(split, number);
  const { films } = simulateFilms(random, plan);
  if (split === 'test') storeFilms(folder, number, films);
  else storePatient(folder, split, number, films);
  parentPort?.postMessage(number);
});
