import { Worker } from 'node:worker_threads';
import { CalcarError } from '../../contract/errors.ts';
import type { BatchArrays, DrawJob, DrawSetup } from './batchDraw.ts';

/** Batches that are asked for or made ahead of what was asked for last. */
const ahead = 3;

interface Order {
  readonly place: number;
  readonly answer: PromiseWithResolvers<BatchArrays>;
  /** Somebody waits for it. */
  isTaken: boolean;
}

/** Worker threads that make batches in the order of their places, a few ahead of the one that is asked for. */
export class BatchWorkers {
  readonly #jobOf: (place: number) => DrawJob;
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  /** By place, until taken or no longer likely to be. */
  readonly #orders = new Map<number, Order>();
  readonly #waiting: Order[] = [];
  #closed = false;

  /** @param jobOf what a worker needs for the batch at a place; it may throw, and then that batch fails */
  constructor(setup: DrawSetup, count: number, jobOf: (place: number) => DrawJob) {
    this.#jobOf = jobOf;
    this.#workers = Array.from(
      { length: count },
      () => new Worker(new URL('./batchWorker.ts', import.meta.url), { workerData: setup }),
    );
    this.#idle = [...this.#workers];
    for (const worker of this.#workers) worker.on('error', (cause) => this.#failed(cause));
  }

  /** @throws CalcarError 'internal' when a worker died, 'cancelled' after `close`; what `jobOf` throws */
  async take(place: number): Promise<BatchArrays> {
    if (this.#closed) throw closedError();
    const wanted = Array.from({ length: ahead + 1 }, (_, i) => place + i);
    for (const [key, order] of this.#orders) {
      if (order.isTaken || wanted.includes(key)) continue;
      this.#orders.delete(key);
      const at = this.#waiting.indexOf(order);
      if (at >= 0) this.#waiting.splice(at, 1);
    }
    for (const key of wanted) {
      if (this.#orders.has(key)) continue;
      const order: Order = { place: key, answer: Promise.withResolvers<BatchArrays>(), isTaken: false };
      // A batch that nobody takes may fail without anybody hearing of it.
      order.answer.promise.catch(() => undefined);
      this.#orders.set(key, order);
      this.#waiting.push(order);
    }
    const order = this.#orders.get(place)!;
    order.isTaken = true;
    this.#waiting.sort((a, b) => Number(b.isTaken) - Number(a.isTaken) || a.place - b.place);
    this.#handOut();
    try {
      return await order.answer.promise;
    } finally {
      this.#orders.delete(place);
    }
  }

  async close(): Promise<void> {
    this.#end(closedError());
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #handOut(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const order = this.#waiting.shift()!;
      let job: DrawJob;
      try {
        job = this.#jobOf(order.place);
      } catch (cause) {
        order.answer.reject(cause);
        continue;
      }
      const worker = this.#idle.pop()!;
      worker.once('message', (arrays: BatchArrays) => {
        order.answer.resolve(arrays);
        this.#idle.push(worker);
        this.#handOut();
      });
      worker.postMessage(job, [job.content.pixels.buffer as ArrayBuffer]);
    }
  }

  #failed(cause: unknown): void {
    this.#end(
      new CalcarError(
        'internal',
        'A thread that prepares pictures for training stopped. The training goes on from its last checkpoint when it is resumed.',
        cause,
      ),
    );
  }

  /** Nothing more is made; whoever waits is told. */
  #end(reason: CalcarError): void {
    this.#closed = true;
    for (const { answer } of [...this.#orders.values(), ...this.#waiting]) answer.reject(reason);
    this.#orders.clear();
    this.#waiting.length = 0;
  }
}

function closedError(): CalcarError {
  return new CalcarError('cancelled', 'The training was ended.');
}
