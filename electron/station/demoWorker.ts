import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { demoFilm } from './demoFilms.ts';

/** Worker thread: simulates the asked demo patients one after the other and hands each film over when it is done. */
const { patients } = z.object({ patients: z.array(z.number().int().nonnegative()) }).parse(workerData);
for (const patient of patients) parentPort?.postMessage(demoFilm(patient));
