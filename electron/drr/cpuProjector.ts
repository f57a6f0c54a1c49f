import { Worker } from 'node:worker_threads';
import { CalcarError } from '../contract/errors.ts';
import type { Volume } from '../volume/volume.ts';
import type { ConeBeamGeometry } from './geometry.ts';
import { prepareVolume } from './preparedVolume.ts';
import { rowsOf } from './projector.ts';
import type { LineIntegrals, ProjectionOptions, Projector } from './projector.ts';
import type { ProjectorJob } from './projectorWorker.ts';

/** Rows that a thread takes at a time: few enough that no thread waits long for another at the end. */
const rowsInBand = 32;
/** What a thread makes lives as long as a row: it needs no large nursery. */
const resourceLimits = { maxYoungGenerationSizeMb: 2 };

interface Thread {
  readonly worker: Worker;
  /** Shared memory for the band that it traces: soft tissue, then bone. */
  band: Float32Array;
}

/**
 * A projector in `threads` worker threads over one shared volume. The bytes of a picture do not depend on their number.
 * `workerUrl` is where the threads' code is, when it was bundled elsewhere.
 *
 * @throws CalcarError 'invalid-volume' as `prepareVolume`, 'invalid-input' for fewer than one thread.
 */
export function openCpuProjector(
  volume: Volume,
  threads: number,
  workerUrl = new URL('./projectorWorker.ts', import.meta.url),
): Projector {
  if (!(Number.isInteger(threads) && threads >= 1)) {
    throw new CalcarError('invalid-input', 'A projector needs at least one thread. Ask for a whole number.');
  }
  const prepared = prepareVolume({ ...volume, hounsfield: shared(volume.hounsfield) });
  let threadsNow: Thread[] = [];
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  const start = (): Thread[] =>
    Array.from({ length: threads }, () => {
      const worker = new Worker(workerUrl, { workerData: prepared, resourceLimits });
      const thread: Thread = { worker, band: new Float32Array(0) };
      // An idle projector keeps no process alive.
      worker.unref();
      // Without a listener a death between two pictures would be thrown at the station.
      worker.on('error', () => undefined);
      worker.on('exit', () => (threadsNow = threadsNow.filter((other) => other !== thread)));
      return thread;
    });

  const stop = async (): Promise<void> => {
    const ending = threadsNow;
    threadsNow = [];
    await Promise.all(ending.map(({ worker }) => worker.terminate()));
  };

  const isClosed = (): boolean => closed;

  const projectOne = async (
    geometry: ConeBeamGeometry,
    options: ProjectionOptions,
  ): Promise<LineIntegrals> => {
    const rows = rowsOf(geometry, options);
    if (closed) throw cancelled();
    const { columns } = geometry;
    const pixels = (rows.end - rows.first) * columns;
    const [soft, bone] = [new Float32Array(pixels), new Float32Array(pixels)];
    if (threadsNow.length < threads) {
      await stop();
      threadsNow = start();
    }
    let next = rows.first;
    const takeBands = async (thread: Thread): Promise<void> => {
      while (next < rows.end) {
        const first = next;
        const end = Math.min(first + rowsInBand, rows.end);
        next = end;
        const count = (end - first) * columns;
        // Kept from band to band and picture to picture: shared memory is not seen by the garbage collector's accounts.
        if (thread.band.length < 2 * count) thread.band = sharedFloats(2 * count);
        const band = {
          soft: thread.band.subarray(0, count),
          bone: thread.band.subarray(count, 2 * count),
        };
        await run(thread.worker, { geometry, options: { ...options, rowRange: { first, end } }, ...band });
        soft.set(band.soft, (first - rows.first) * columns);
        bone.set(band.bone, (first - rows.first) * columns);
      }
    };
    try {
      await Promise.all(threadsNow.map(takeBands));
    } catch (error) {
      await stop();
      throw isClosed() ? cancelled() : error;
    }
    return { rows: rows.end - rows.first, columns, spacing: geometry.columnSpacing, soft, bone };
  };

  return {
    name: 'cpu',
    detail: threads === 1 ? '1 thread' : `${String(threads)} threads`,
    project(geometry, options = {}) {
      const result = queue.then(() => projectOne(geometry, options));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed = true;
      await stop();
    },
  };
}

const cancelled = (): CalcarError =>
  new CalcarError('cancelled', 'The volume was closed; this picture was not computed.');

const sharedFloats = (count: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * count));

/** The same values where every thread can read them; copied only when they are not there already. */
function shared(values: Volume['hounsfield']): Volume['hounsfield'] {
  if (values instanceof Float32Array || values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new Int16Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

/** Resolves when the worker has traced the band; a worker that dies first rejects. */
function run(worker: Worker, job: ProjectorJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', finished).off('error', failed).off('exit', ended);
      worker.unref();
      act();
    };
    const finished = (): void => settle(resolve);
    const failed = (cause: unknown): void => settle(() => reject(crashed(cause)));
    const ended = (code: number): void =>
      settle(() => reject(crashed(new Error(`a projector thread ended with code ${String(code)}`))));
    worker.on('message', finished).on('error', failed).on('exit', ended);
    worker.ref();
    worker.postMessage(job);
  });
}

const crashed = (cause: unknown): CalcarError =>
  new CalcarError(
    'compute-crashed',
    'The computation of this simulated radiograph ended unexpectedly. Nothing that was saved is affected; ask for the picture again.',
    cause,
  );
