import { Worker } from 'node:worker_threads';
import { CalcarError } from '../../contract/errors.ts';
import type { LabPlane, LabWindow } from '../../contract/lab.ts';
import { anatomicalOrder } from './anatomicalFrame.ts';
import type { MadePicture, PictureOrder } from './pictureMaker.ts';
import type { PictureReply, PictureRequest } from './pictureWorker.ts';
import { cutSlice, type Slice } from './slice.ts';
import { fromWorker } from './workerError.ts';

/** A volume in memory: slices at once, pictures from its own thread. */
export interface LabVolumeInMemory {
  readonly hash: string;
  slice(plane: LabPlane, index: number, window: LabWindow): Slice;
  /** @throws CalcarError 'cancelled' when a newer picture was asked for; as `PictureMaker.make` */
  picture(order: PictureOrder, certain?: boolean): Promise<MadePicture>;
  close(): Promise<void>;
}

const closed = (): CalcarError =>
  new CalcarError('cancelled', 'This volume was closed. Open it again in the list; nothing is lost.');

/** Loads a stored volume in a thread of its own. @throws CalcarError as `VolumeStore.load` */
export async function openLabVolume(folder: string, hash: string): Promise<LabVolumeInMemory> {
  const worker = new Worker(new URL('./pictureWorker.ts', import.meta.url), {
    workerData: { folder, volume: hash },
  });
  const waiting = new Map<number, PromiseWithResolvers<MadePicture>>();
  const opening = Promise.withResolvers<Extract<PictureReply, { kind: 'opened' }>>();
  let ended: CalcarError | null = null;
  let asked = 0;

  const end = (error: CalcarError): void => {
    ended ??= error;
    opening.reject(error);
    for (const each of waiting.values()) each.reject(error);
    waiting.clear();
  };
  // An open volume keeps no process alive; a picture that is being made does.
  const settled = (): void => {
    if (waiting.size === 0) worker.unref();
  };
  worker.on('message', (reply: PictureReply) => {
    switch (reply.kind) {
      case 'opened':
        opening.resolve(reply);
        return;
      case 'made':
        waiting.get(reply.id)?.resolve(reply.picture);
        waiting.delete(reply.id);
        settled();
        return;
      case 'failed': {
        const error = fromWorker(reply.failure);
        if (reply.id === null) opening.reject(error);
        else waiting.get(reply.id)?.reject(error);
        if (reply.id !== null) waiting.delete(reply.id);
        settled();
      }
    }
  });
  worker.on('error', (cause) => end(died(cause)));
  worker.on('exit', () => end(closed()));
  const { volume } = await opening.promise.catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  settled();
  const order = anatomicalOrder(volume);
  // The store keeps whole Hounsfield units.
  const hounsfield = volume.hounsfield as Int16Array;
  return {
    hash,
    slice: (plane, index, window) => cutSlice(hounsfield, order, plane, index, window),
    picture: (wish, certain = false) => {
      if (ended !== null) return Promise.reject(ended);
      const made = Promise.withResolvers<MadePicture>();
      const id = ++asked;
      waiting.set(id, made);
      worker.ref();
      worker.postMessage({ id, order: wish, certain } satisfies PictureRequest);
      return made.promise;
    },
    close: async () => {
      end(closed());
      worker.ref();
      await worker.terminate();
    },
  };
}

const died = (cause: unknown): CalcarError =>
  new CalcarError(
    'compute-failed',
    'The computation of this volume ended unexpectedly. Nothing that was saved is affected; open the volume again.',
    cause,
  );
