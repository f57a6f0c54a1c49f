import { Worker } from 'node:worker_threads';
import { CalcarError } from '../contract/errors.ts';
import type { Volume } from '../volume/volume.ts';
import type { ConeBeamGeometry } from './geometry.ts';
import { prepareVolume } from './preparedVolume.ts';
import { rowsOf } from './projector.ts';
import type { LineIntegrals, ProjectionOptions, Projector } from './projector.ts';
import type { ProjectorJob } from './projectorWorker.ts';

/** Rows that a thread takes at a time: few enough that no thread waits long for another at the end. */
const rowsInBand = 64;

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
  let workers: Worker[] = [];
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  const start = (): Worker[] =>
    Array.from({ length: threads }, () => {
      const worker = new Worker(workerUrl, { workerData: prepared });
      // An idle projector keeps no process alive.
      worker.unref();
      // Without a listener a death between two pictures would be thrown at the station.
      worker.on('error', () => undefined);
      worker.on('exit', () => (workers = workers.filter((other) => other !== worker)));
      return worker;
    });

  const stop = async (): Promise<void> => {
    const ending = workers;
    workers = [];
    await Promise.all(ending.map((worker) => worker.terminate()));
  };

  const isClosed = (): boolean => closed;

  const projectOne = async (
    geometry: ConeBeamGeometry,
    options: ProjectionOptions,
  ): Promise<LineIntegrals> => {
    const rows = rowsOf(geometry, options);
    if (closed) throw cancelled();
    const pixels = (rows.end - rows.first) * geometry.columns;
    const floats = (): Float32Array => new Float32Array(new SharedArrayBuffer(4 * pixels));
    const [soft, bone] = [floats(), floats()];
    const taken = new Int32Array(new SharedArrayBuffer(4));
    const job: ProjectorJob = { geometry, options, rows, rowsInBand, taken, soft, bone };
    if (workers.length < threads) {
      await stop();
      workers = start();
    }
    try {
      await Promise.all(workers.map((worker) => run(worker, job)));
    } catch (error) {
      await stop();
      throw isClosed() ? cancelled() : error;
    }
    // Ordinary memory, because not every consumer takes a shared array.
    return {
      rows: rows.end - rows.first,
      columns: geometry.columns,
      spacing: geometry.columnSpacing,
      soft: soft.slice(),
      bone: bone.slice(),
    };
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

/** The same values where every thread can read them; copied only when they are not there already. */
function shared(values: Volume['hounsfield']): Volume['hounsfield'] {
  if (values instanceof Float32Array || values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new Int16Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

/** Resolves when the worker has no band left; a worker that dies first rejects. */
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
