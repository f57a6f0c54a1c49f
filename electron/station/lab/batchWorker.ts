/** Worker thread: makes the films of one batch that are not there yet. Ends when done. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { CalcarError } from '../../contract/errors.ts';
import { labSide, phantomRequest, type LabStyle } from '../../contract/lab.ts';
import { mm } from '../../contract/units.ts';
import { renderBatch, type BatchHip, type BatchVolume } from '../../learning/simulation/renderBatch.ts';
import type { PatientPoint } from '../../volume/volume.ts';
import { describe, VolumeStore } from './volumeStore.ts';
import { workerFailure, type WorkerFailure } from './workerError.ts';

export interface BatchWork {
  /** Folder of the volume store. */
  readonly volumes: string;
  readonly volume: string;
  /** Films of each hip. */
  readonly views: number;
  readonly seed: number;
  readonly style: LabStyle;
  readonly folder: string;
  /** Version of Calcar. */
  readonly software: string;
}

export type BatchReply =
  | {
      readonly kind: 'progress';
      readonly done: number;
      readonly of: number;
      readonly secondsLeft: number | null;
    }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: WorkerFailure };

/** The hip films of the lab: 24 × 30 cm upright at 0.4 mm. */
const film = { rows: 750, columns: 600, spacing: mm(0.4) };

// The station that started this thread made this value.
const work = workerData as BatchWork;
const answer = (reply: BatchReply): void => parentPort?.postMessage(reply);
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());

/** A phantom is built again, since its truth is more than a CT's: its boxes and grades are known. */
async function batchVolume(): Promise<BatchVolume> {
  const store = new VolumeStore(work.volumes);
  const stored = await store.header(work.volume);
  if (stored.about.kind === 'phantom') {
    const { request } = z.object({ request: phantomRequest }).parse(stored.source);
    const { seed, left, right, voxel } = request;
    return { kind: 'phantom', seed, grades: { left, right }, voxel };
  }
  const { volume } = await store.load(work.volume);
  const { hips } = describe(stored);
  const here = labSide.options.flatMap((side): BatchHip[] => {
    const hip = hips[side];
    if (hip.state === 'missing') return [];
    const headCentre = hip.headCentre.map(mm) as unknown as PatientPoint;
    return [{ side, headCentre, headRadius: mm(hip.headRadius) }];
  });
  return { kind: 'resident', volume, sha256: work.volume, hips: here };
}

try {
  const { views, seed, style, folder, software } = work;
  const { refused } = await renderBatch(
    {
      volumes: [await batchVolume()],
      sides: labSide.options,
      views,
      seed,
      style,
      film,
      folder: join(folder, 'films'),
      workers: availableParallelism(),
      software,
    },
    {
      signal: stop.signal,
      report: ({ done, of, secondsLeft }) => answer({ kind: 'progress', done, of, secondsLeft }),
    },
  );
  const whole = refused.find(({ side }) => side === null);
  if (whole !== undefined) throw new CalcarError('invalid-volume', whole.reason);
  answer({ kind: 'done' });
} catch (error) {
  answer({ kind: 'failed', failure: workerFailure(error) });
} finally {
  parentPort?.close();
}
