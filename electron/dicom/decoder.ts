import { Worker } from 'node:worker_threads';
import { CalcarError, fromWireError } from '../contract/errors.ts';
import type { OpenedRadiograph } from './opened.ts';
import { refusal } from './refusal.ts';
import type { DecodeReply, DecodeRequest } from './worker.ts';

export interface DecoderOptions {
  /** How long one file may take; 60 s. */
  readonly timeLimitMs?: number;
  /** Heap of the worker; 512 MiB. Pixels live outside it and are bounded by the frame size. */
  readonly heapMegabytes?: number;
  /** Where the worker's code is, when it was bundled elsewhere. */
  readonly workerUrl?: URL;
}

/** Opens radiographs in a thread of its own, one at a time, so that a hostile file costs a worker and nothing else. */
export interface Decoder {
  /**
   * As `openRadiograph`; the bytes stay the caller's. Also throws 'timeout', 'too-large' where the worker ran
   * out of memory, 'unreadable-file' where it died, 'cancelled' after `close`.
   */
  open(bytes: Uint8Array, fileName: string): Promise<OpenedRadiograph>;
  /** Ends the worker; a file that is being opened is refused as cancelled. */
  close(): Promise<void>;
}

export function createDecoder({
  timeLimitMs = 60_000,
  heapMegabytes = 512,
  workerUrl = new URL('./worker.ts', import.meta.url),
}: DecoderOptions = {}): Decoder {
  let worker: Worker | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  const cancelled = () => new CalcarError('cancelled', 'The station is closing; this file was not opened.');

  const start = () => {
    const started = new Worker(workerUrl, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } });
    // An idle decoder keeps no process alive; a request holds it by its timer.
    started.unref();
    started.on('exit', () => {
      if (worker === started) worker = null;
    });
    // Without a listener a death between two files would be thrown at the station.
    started.on('error', () => undefined);
    return started;
  };

  const openOne = async (request: DecodeRequest): Promise<OpenedRadiograph> => {
    if (closed) throw cancelled();
    const current = (worker ??= start());
    const reply = await ask(current, request, timeLimitMs, () => closed).catch(async (error: unknown) => {
      worker = null;
      await current.terminate();
      throw error;
    });
    if (reply.ok) return reply.opened;
    throw fromWireError(reply.error);
  };

  return {
    open(bytes, fileName) {
      const result = queue.then(() => openOne({ bytes, fileName }));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}

function ask(
  worker: Worker,
  request: DecodeRequest,
  timeLimitMs: number,
  isClosed: () => boolean,
): Promise<DecodeReply> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (reply: DecodeReply) => settle(() => resolve(reply));
    const onError = (cause: Error) => settle(() => reject(deathOf(cause)));
    const onExit = () =>
      settle(() =>
        reject(
          isClosed()
            ? new CalcarError('cancelled', 'The station is closing; this file was not opened.')
            : deathOf(new Error('the decode worker exited')),
        ),
      );
    const timer = setTimeout(
      () => settle(() => reject(refusal('timeout', 'This file took too long to open and was given up.'))),
      timeLimitMs,
    );
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(request);
  });
}

function deathOf(cause: Error): CalcarError {
  const outOfMemory = 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return outOfMemory
    ? refusal('too-large', 'This file needs more memory than opening a radiograph may take.', cause)
    : refusal('unreadable-file', 'Opening this file brought its reader down.', cause);
}
