import { setTimeout as wait } from 'node:timers/promises';
import { CalcarError, type ErrorKind } from '../../contract/errors.ts';
import type { Finding } from '../../contract/finding.ts';
import { filmTagsOf } from '../../contract/reading.ts';
import type { SpawnCompute } from '../../compute/childPort.ts';
import type { ComputeClient } from '../../compute/client.ts';
import {
  appendShadowEvent,
  appendShadowRead,
  lastShadow,
  nextForShadow,
  type NamedModel,
  type ShadowSession,
} from '../../database/shadow.ts';
import { toGreyImage } from '../../dicom/display.ts';
import type { Context } from '../context.ts';
import { now, usableFilm } from '../context.ts';
import { openCandidate, settledState } from './candidate.ts';

export interface ShadowOptions {
  readonly context: Context;
  /** The folder of a model's weights, whether it is there or not. */
  readonly folderOf: (hash: string) => string;
  /** True while the current model has films to read or someone waits for it. */
  readonly isBusy: () => boolean;
  /** How the candidate's process is started; a child of Node by default. */
  readonly spawn?: SpawnCompute | undefined;
  /** False: what was read is told of, and nothing more is read. */
  readonly reads: boolean;
}

/** How long to leave the machine to the current model before looking again. */
const patienceMs = 300;

/** After these the candidate reads no more; after others only this film is left out. */
const endsReading: ReadonlySet<ErrorKind> = new Set([
  'model-missing',
  'model-damaged',
  'backend-unavailable',
  'disk-full',
  'database-failed',
  'database-damaged',
]);

/**
 * A candidate in a process of its own that reads every film after the current model has, when nobody waits. What it says
 * is kept apart from all reads. Its failures are its own: the current model reads on.
 */
export class Shadow {
  readonly #options: ShadowOptions;
  #compute: ComputeClient | null = null;
  #working: Promise<void> | null = null;
  #isAskedAgain = false;
  #failure: string | null = null;
  /** Films that the candidate could not read in this run of the station. */
  #leftOut: string[] = [];
  #isClosed = false;
  readonly #ending = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ShadowOptions) {
    this.#options = options;
  }

  /** Why the candidate reads no more; null while it can. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Looks for films to read; goes on by itself until there are none. Safe to call at any time. */
  wake(): void {
    if (!this.#options.reads || this.#isClosed) return;
    this.#isAskedAgain = true;
    this.#working ??= this.#work()
      .catch((error: unknown) => this.#options.context.log.failure('shadow stopped', error))
      .finally(() => {
        this.#working = null;
        if (this.#isAskedAgain) this.wake();
      });
  }

  /** Resolves when there is nothing left that the candidate could read now. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /**
   * Loads the candidate, which takes seconds, and lets it read; the one before it stops.
   *
   * @throws CalcarError 'invalid-input' for the current model itself, 'model-missing', 'model-damaged',
   *   'backend-unavailable'
   */
  start(hash: string): Promise<void> {
    return this.#inTurn(async () => {
      const { context } = this.#options;
      if (!this.#options.reads) throw new CalcarError('backend-unavailable', sentences.noMachine);
      await settledState(context.machine);
      const against = context.machine.model();
      if (against === null) throw new CalcarError('model-missing', sentences.noCurrent);
      if (against.hash === hash) throw new CalcarError('invalid-input', sentences.isCurrent);
      const { compute, model } = await this.#open(hash);
      await this.#end();
      this.#compute = compute;
      await this.#begin(model, against);
      this.wake();
    });
  }

  /** What was read stays. Does nothing where none reads. */
  stop(): Promise<void> {
    return this.#inTurn(() => this.#end());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#ending.abort();
    await this.#compute?.close();
    await this.settled();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #begin(model: NamedModel, against: NamedModel): Promise<void> {
    const { context } = this.#options;
    this.#failure = null;
    this.#leftOut = [];
    await context.database.write((db) => appendShadowEvent(db, 'begun', { model, against }, now()));
    context.log.info('shadow begun', { model: model.hash, against: against.hash });
    context.emit({ event: 'shadow-changed' });
  }

  async #end(): Promise<void> {
    const { context } = this.#options;
    await context.database.write(async (db) => {
      const session = await lastShadow(db, null);
      if (session?.isRunning) await appendShadowEvent(db, 'ended', session, now());
    });
    const compute = this.#compute;
    this.#compute = null;
    this.#failure = null;
    await compute?.close();
    context.emit({ event: 'shadow-changed' });
  }

  async #open(hash: string): ReturnType<typeof openCandidate> {
    const { context, folderOf, spawn } = this.#options;
    return openCandidate({ folder: folderOf(hash), hash, spawn, log: context.log });
  }

  async #work(): Promise<void> {
    const { context, isBusy } = this.#options;
    while (!this.#isClosed && this.#failure === null) {
      this.#isAskedAgain = false;
      const session = await context.database.read((db) => lastShadow(db, null));
      const current = context.machine.model();
      if (!session?.isRunning || current === null) return;
      if (isBusy()) {
        await wait(patienceMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
        continue;
      }
      if (current.hash === session.model.hash) {
        await this.stop();
        return;
      }
      if (current.hash !== session.against.hash) {
        await this.#begin(session.model, current);
        continue;
      }
      const imageHash = await context.database.read((db) => nextForShadow(db, session, this.#leftOut));
      if (imageHash === undefined) return;
      await this.#readOrLeave(session, imageHash);
    }
    this.#isAskedAgain = false;
  }

  async #readOrLeave(session: ShadowSession, imageHash: string): Promise<void> {
    const { context } = this.#options;
    try {
      if (this.#compute === null) {
        const { compute } = await this.#open(session.model.hash);
        // It may have been stopped, or the station closed, while the candidate was loading.
        if (!(await this.#isStill(session))) {
          await compute.close();
          return;
        }
        this.#compute = compute;
      }
      await this.#read(this.#compute, session, imageHash);
      context.emit({ event: 'shadow-changed' });
    } catch (error) {
      const known = error instanceof CalcarError ? error : undefined;
      if (known?.kind === 'cancelled') return;
      context.log.failure('film not read in the shadow', error, { imageHash });
      this.#leftOut.push(imageHash);
      const isGivenUp = this.#compute?.state().state === 'failed';
      if (!isGivenUp && !(known && (endsReading.has(known.kind) || this.#compute === null))) return;
      this.#failure = sentences.failed(known?.message ?? sentences.inside);
      context.emit({ event: 'shadow-changed' });
    }
  }

  /** Whether this session still waits for its candidate. */
  async #isStill({ model, against }: ShadowSession): Promise<boolean> {
    const last = await this.#options.context.database.read((db) => lastShadow(db, null));
    return (
      !this.#isClosed &&
      this.#compute === null &&
      last?.isRunning === true &&
      last.model.hash === model.hash &&
      last.against.hash === against.hash
    );
  }

  async #read(compute: ComputeClient, session: ShadowSession, imageHash: string): Promise<void> {
    const { context } = this.#options;
    const description = await usableFilm(context, imageHash);
    const { opened, decodeMs } = await context.opened(imageHash);
    const { reading, backend, model } = await compute.read(toGreyImage(opened), filmTagsOf(description));
    const { timings, ...answer } = reading;
    const found: Finding = {
      imageHash,
      modelHash: model.hash,
      modelName: model.name,
      backend,
      ...answer,
      timings: { decodeMs, ...timings },
    };
    if (model.hash !== session.model.hash) throw new CalcarError('model-damaged', sentences.changed);
    await context.database.write((db) =>
      appendShadowRead(db, found, session.against.hash, { at: now(), stationVersion: context.version }),
    );
    context.log.info('film read in the shadow', { imageHash, model: model.hash });
  }
}

const sentences = {
  noMachine: 'This station was opened without the reading models, so no candidate can read beside them.',
  noCurrent:
    'No current model is loaded, so there is nothing that a candidate could read beside. Run calcar doctor.',
  isCurrent: 'This is the current model; it reads every film already. Choose another one.',
  changed:
    'The files of the candidate are not those that it was started with. Start it again from the shelf.',
  inside: 'Something inside Calcar failed; the log has the details.',
  failed: (why: string) =>
    `The candidate reads no more; the current model is not affected, and what both have read is kept. ${why}`,
};
