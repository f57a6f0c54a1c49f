import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CalcarError, toWireError } from '../../contract/errors.ts';
import { labBatch, type LabBatch, type LabStyle } from '../../contract/lab.ts';
import { databaseError } from '../../database/failure.ts';
import type { StationLog } from '../log.ts';

/** What a batch is asked to be. */
export interface BatchOrder {
  readonly volume: string;
  readonly volumeName: string;
  /** Films of each hip. */
  readonly views: number;
  /** Films of all its hips. */
  readonly of: number;
  readonly seed: number;
  readonly style: LabStyle;
}

export type BatchProgress = Pick<LabBatch, 'done' | 'of' | 'secondsLeft'>;

/** Makes the films of a batch that are not there yet, and says after each how many are. */
export type RunBatch = (
  batch: LabBatch,
  options: { readonly signal: AbortSignal; readonly report: (progress: BatchProgress) => void },
) => Promise<void>;

export interface BatchesOptions {
  readonly folder: string;
  readonly run: RunBatch;
  readonly changed: (batch: LabBatch) => void;
  readonly log: StationLog;
}

const headerName = 'batch.json';
/** How often the count on disk follows: what a killed station is found to have made. */
const keepEveryMs = 1000;
/** A header on disk; a station that was killed left 'running' in it. */
const storedBatch = labBatch.omit({ secondsLeft: true, folder: true });

/** The batch that is under way. */
interface Current {
  readonly id: string;
  readonly stop: AbortController;
  readonly ended: PromiseWithResolvers<undefined>;
}

/**
 * The lab's batches, one at a time in the order in which they were asked for. Each is a folder with its
 * header and its pictures, so that it goes on after the station was closed or killed.
 */
export class Batches {
  private readonly options: BatchesOptions;
  private readonly known = new Map<string, LabBatch>();
  private readonly queue: string[] = [];
  private current: Current | null = null;
  private working: Promise<void> | null = null;
  /** Headers are written one after the other: two at once would write into one file. */
  private writing: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(options: BatchesOptions) {
    this.options = options;
  }

  /** Learns what is in the folder. What was under way when the station ended waits for a person. */
  async prepare(): Promise<void> {
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.options.folder)) {
      const text = await readFile(join(this.options.folder, name, headerName), 'utf8').catch(() => null);
      const stored = text === null ? null : storedBatch.safeParse(parseJson(text));
      if (stored?.success !== true || stored.data.id !== name) continue;
      const batch = { ...stored.data, secondsLeft: null, folder: join(this.options.folder, name) };
      const interrupted = batch.state === 'running' || batch.state === 'waiting';
      this.known.set(
        name,
        interrupted
          ? {
              ...batch,
              state: 'paused',
              reason: 'The station was closed meanwhile. Resume it; nothing that was made is lost.',
            }
          : batch,
      );
    }
  }

  /** Newest first. */
  list(): LabBatch[] {
    return [...this.known.values()].sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  }

  /** @throws CalcarError 'disk-full', 'read-only' */
  async start({ volume, volumeName, views, of, seed, style }: BatchOrder): Promise<LabBatch> {
    const id = randomUUID();
    const folder = join(this.options.folder, id);
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw databaseError(error, folder);
    });
    const batch: LabBatch = {
      id,
      volume,
      volumeName,
      views,
      of,
      seed,
      style,
      createdAt: new Date().toISOString(),
      state: 'waiting',
      done: 0,
      secondsLeft: null,
      reason: null,
      folder,
    };
    await this.keep(batch);
    return this.enqueue(batch);
  }

  /** @throws CalcarError 'not-found', 'invalid-input' for a batch that is done */
  async resume(id: string): Promise<LabBatch> {
    const batch = this.find(id);
    if (batch.state === 'running' || batch.state === 'waiting') return batch;
    if (batch.state === 'done')
      throw new CalcarError('invalid-input', 'This batch is finished; there is nothing to resume.');
    const waiting: LabBatch = { ...batch, state: 'waiting', reason: null };
    await this.keep(waiting);
    return this.enqueue(waiting);
  }

  /** Resolves when it has stopped. @throws CalcarError 'not-found' */
  async stop(id: string): Promise<LabBatch> {
    const batch = this.find(id);
    const place = this.queue.indexOf(id);
    if (place >= 0) {
      this.queue.splice(place, 1);
      await this.keep({ ...batch, state: 'paused', reason: 'You stopped it.' });
    } else if (this.current?.id === id) {
      const { stop, ended } = this.current;
      stop.abort();
      await ended.promise;
    }
    return this.find(id);
  }

  /** Stops what is under way; it says on disk that it was under way, so that it is found again. */
  async close(): Promise<void> {
    this.closed = true;
    this.queue.length = 0;
    this.current?.stop.abort();
    await this.working;
  }

  private find(id: string): LabBatch {
    const batch = this.known.get(id);
    if (batch === undefined) throw new CalcarError('not-found', 'This batch is not in the station any more.');
    return batch;
  }

  private enqueue(batch: LabBatch): LabBatch {
    this.queue.push(batch.id);
    this.working ??= this.work().finally(() => {
      this.working = null;
    });
    return this.find(batch.id);
  }

  private async work(): Promise<void> {
    for (let id = this.queue.shift(); id !== undefined && !this.closed; id = this.queue.shift()) {
      const stop = new AbortController();
      const ended = Promise.withResolvers<undefined>();
      this.current = { id, stop, ended };
      try {
        await this.runOne(this.find(id), stop.signal);
      } catch (error) {
        this.options.log.failure('batch not kept', error);
      } finally {
        this.current = null;
        ended.resolve(undefined);
      }
    }
  }

  private async runOne(batch: LabBatch, signal: AbortSignal): Promise<void> {
    let now: LabBatch = { ...batch, state: 'running', reason: null };
    await this.keep(now);
    let keptAt = performance.now();
    const report = ({ done, of, secondsLeft }: BatchProgress): void => {
      now = { ...now, done, of, secondsLeft };
      this.tell(now);
      if (performance.now() - keptAt < keepEveryMs) return;
      keptAt = performance.now();
      this.keep(now).catch((error: unknown) => this.options.log.failure('batch not kept', error));
    };
    try {
      await this.options.run(now, { signal, report });
      now = { ...now, state: 'done', done: now.of, secondsLeft: null };
    } catch (error) {
      if (this.closed) {
        await this.writing;
        return;
      }
      const { kind, sentence } = toWireError(error);
      const stopped = signal.aborted || kind === 'cancelled';
      if (!stopped) this.options.log.failure('batch failed', error);
      now = {
        ...now,
        state: stopped ? 'paused' : 'failed',
        reason: stopped ? 'You stopped it.' : sentence,
        secondsLeft: null,
      };
    }
    await this.keep(now);
  }

  private tell(batch: LabBatch): void {
    this.known.set(batch.id, batch);
    this.options.changed(batch);
  }

  private keep(batch: LabBatch): Promise<void> {
    this.tell(batch);
    const kept = this.writing.then(() => writeHeader(batch));
    this.writing = kept.catch(() => undefined);
    return kept;
  }
}

async function writeHeader(batch: LabBatch): Promise<void> {
  const path = join(batch.folder, headerName);
  const unfinished = `${path}.part`;
  try {
    await writeFile(unfinished, JSON.stringify(storedBatch.strip().parse(batch)), { mode: 0o600 });
    await rename(unfinished, path);
  } catch (error) {
    throw databaseError(error, path);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
