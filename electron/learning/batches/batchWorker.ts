/** A worker thread that makes one batch at a time. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { batchDrawer, type DrawJob, type DrawSetup } from './batchDraw.ts';

// The device's own threads go first: they use what is over of the processor. Linux alone gives each thread its own
// priority; elsewhere the whole process would step back.
if (process.platform === 'linux') setPriority(5);

const draw = batchDrawer(workerData as DrawSetup);

parentPort?.on('message', (job: DrawJob) => {
  const arrays = draw(job);
  parentPort?.postMessage(
    arrays,
    Object.values(arrays).map(({ values }) => values.buffer as ArrayBuffer),
  );
});
