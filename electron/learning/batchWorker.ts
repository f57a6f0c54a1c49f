/** A worker thread that makes one batch at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { batchDrawer, type DrawJob, type DrawSetup } from './batchDraw.ts';

const draw = batchDrawer(workerData as DrawSetup);

parentPort?.on('message', (job: DrawJob) => {
  const arrays = draw(job);
  parentPort?.postMessage(
    arrays,
    Object.values(arrays).map(({ values }) => values.buffer as ArrayBuffer),
  );
});
