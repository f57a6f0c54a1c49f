/** Worker thread: holds one volume of the lab and makes its pictures, the newest wish first. */
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import type { Volume } from '../../volume/volume.ts';
import { PictureMaker, superseded, type MadePicture, type PictureOrder } from './pictureMaker.ts';
import { VolumeStore, type StoredVolume } from './volumeStore.ts';
import { workerFailure, type WorkerFailure } from './workerError.ts';

export interface PictureRequest {
  readonly id: number;
  readonly order: PictureOrder;
  /** Made whatever is asked for meanwhile: a film for the worklist. */
  readonly certain: boolean;
}

export type PictureReply =
  | { readonly kind: 'opened'; readonly volume: Volume; readonly stored: StoredVolume }
  | { readonly kind: 'made'; readonly id: number; readonly picture: MadePicture }
  | {
      readonly kind: 'failed';
      readonly id: number | null;
      readonly failure: WorkerFailure;
    };

const { folder, volume: hash } = z.object({ folder: z.string(), volume: z.string() }).parse(workerData);
const answer = (reply: PictureReply): void => parentPort?.postMessage(reply);
const fail = (id: number | null, error: unknown): void =>
  answer({
    kind: 'failed',
    id,
    failure: workerFailure(error),
  });

let newest = 0;
let queue = Promise.resolve();

async function serve(maker: PictureMaker, { id, order, certain }: PictureRequest): Promise<void> {
  const stale = (): boolean => !certain && id < newest;
  try {
    if (stale()) throw superseded();
    answer({ kind: 'made', id, picture: await maker.make(order, stale) });
  } catch (error) {
    fail(id, error);
  }
}

try {
  const { volume, stored } = await new VolumeStore(folder).load(hash);
  const maker = new PictureMaker(volume);
  parentPort?.on('message', (request: PictureRequest) => {
    if (!request.certain) newest = Math.max(newest, request.id);
    queue = queue.then(() => serve(maker, request));
  });
  answer({ kind: 'opened', volume, stored });
} catch (error) {
  fail(null, error);
}
