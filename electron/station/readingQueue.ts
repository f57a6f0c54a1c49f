import { CalcarError } from '../contract/errors.ts';
import type { Finding } from '../contract/finding.ts';

/** Reads films one at a time: those a person is looking at first, then the imported ones in their order. */
export interface ReadingQueue {
  /** In the background; its outcome is in the database and in the events. */
  later(imageHash: string): void;
  /** Next, or the reading already under way. */
  now(imageHash: string): Promise<Finding>;
  /** True while a film is being read or waits. */
  isBusy(): boolean;
  /** Reads nothing more and refuses who waits as 'cancelled'; resolves when the reading under way has ended. */
  close(): Promise<void>;
}

const cancelled = (): CalcarError =>
  new CalcarError(
    'cancelled',
    'Calcar is closing, so this film was not read. It will be read the next time.',
  );

export function createReadingQueue(read: (imageHash: string) => Promise<Finding>): ReadingQueue {
  const background = new Set<string>();
  const urgent = new Map<string, PromiseWithResolvers<Finding>>();
  let current: { imageHash: string; result: Promise<Finding> } | undefined;
  let running: Promise<void> | undefined;
  let closed = false;

  const run = async (imageHash: string): Promise<void> => {
    background.delete(imageHash);
    const asked = urgent.get(imageHash);
    urgent.delete(imageHash);
    const result = read(imageHash);
    current = { imageHash, result };
    try {
      const found = await result;
      asked?.resolve(found);
    } catch (error) {
      // In the background nobody waits: `read` has put the failure on the film.
      asked?.reject(error);
    } finally {
      current = undefined;
    }
  };
  const work = async (): Promise<void> => {
    for (;;) {
      const next = urgent.keys().next().value ?? background.values().next().value;
      if (next === undefined || closed) return;
      await run(next);
    }
  };
  const wake = (): void => {
    running ??= work().finally(() => {
      running = undefined;
    });
  };

  return {
    later: (imageHash) => {
      background.add(imageHash);
      wake();
    },
    now: (imageHash) => {
      if (closed) return Promise.reject(cancelled());
      if (current?.imageHash === imageHash) return current.result;
      const asked = urgent.get(imageHash) ?? Promise.withResolvers<Finding>();
      urgent.set(imageHash, asked);
      wake();
      return asked.promise;
    },
    isBusy: () => current !== undefined || urgent.size + background.size > 0,
    close: async () => {
      closed = true;
      background.clear();
      for (const asked of urgent.values()) asked.reject(cancelled());
      urgent.clear();
      await running;
    },
  };
}
