/** A worker thread of a batch: makes volumes ready and pictures of them, one after the other, as it is told. */
import { parentPort } from 'node:worker_threads';
import { CalcarError, toWireError, type WireError } from '../../contract/errors.ts';
import type { Millimetres } from '../../contract/units.ts';
import type { HipSide } from '../../volume/hips.ts';
import { type PictureSettings, writePicture } from './renderBatchPicture.ts';
import type { BatchVolume, ReadyVolume } from './renderBatchPlan.ts';
import { readyVolume } from './renderBatchVolume.ts';
import { writeFailure } from '../writeFailure.ts';

export type BatchOrder =
  | {
      readonly kind: 'prepare';
      readonly volume: BatchVolume;
      readonly sides: readonly HipSide[];
      readonly depthStep: Millimetres | null;
    }
  /** From here on pictures of volume `number` can be ordered. */
  | { readonly kind: 'take'; readonly number: number; readonly ready: ReadyVolume }
  | { readonly kind: 'leave'; readonly number: number }
  | {
      readonly kind: 'picture';
      readonly settings: PictureSettings;
      readonly number: number;
      /** Index among the volume's hips. */
      readonly hip: number;
      readonly view: number;
    };

/** One for every order to prepare or to picture. */
export type BatchReply =
  | { readonly kind: 'prepared'; readonly ready: ReadyVolume }
  | { readonly kind: 'pictured' }
  | { readonly kind: 'failed'; readonly error: WireError; readonly trace: string };

const volumes = new Map<number, ReadyVolume>();

parentPort?.on('message', (order: BatchOrder) => {
  switch (order.kind) {
    case 'take':
      volumes.set(order.number, order.ready);
      return;
    case 'leave':
      volumes.delete(order.number);
      return;
    case 'prepare':
      readyVolume(order.volume, order.sides, order.depthStep).then(
        (ready) => answer({ kind: 'prepared', ready }),
        refuse,
      );
      return;
    case 'picture':
      try {
        picture(order);
      } catch (error) {
        refuse(error);
      }
  }
});

function picture({ settings, number, hip, view }: Extract<BatchOrder, { kind: 'picture' }>): void {
  const ready = volumes.get(number);
  const place = ready?.hips[hip];
  if (ready === undefined || place === undefined) {
    throw new Error(`volume ${String(number)} is not here`);
  }
  writePicture(ready, place, settings, number, view);
  answer({ kind: 'pictured' });
}

function answer(reply: BatchReply): void {
  parentPort?.postMessage(reply);
}

/** Errors lose their class between threads. */
function refuse(thrown: unknown): void {
  const error = writeFailure(thrown);
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  answer({ kind: 'failed', error: toWireError(error), trace: error instanceof CalcarError ? '' : trace });
}
