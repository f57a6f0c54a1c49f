/** Drives the worker threads of a batch: which volume is made ready when, and who makes which picture. */
import { Worker } from 'node:worker_threads';
import { CalcarError, type WireError } from '../../contract/errors.ts';
import type { HipSide } from '../../volume/hips.ts';
import type { PictureSettings } from './renderBatchPicture.ts';
import type { BatchPlan, BatchProgress, BatchVolume, ReadyVolume } from './renderBatchPlan.ts';
import type { BatchOrder, BatchReply } from './renderBatchWorker.ts';
import { writeFailure } from '../writeFailure.ts';

export interface BatchOptions {
  /** Ends the batch after the pictures that are underway; CalcarError 'cancelled'. */
  readonly signal?: AbortSignal;
  readonly report?: (progress: BatchProgress) => void;
}

/** What is known of a volume once it was ready. */
export interface VolumeRecord {
  /** The volume that it is about. */
  readonly of: string;
  readonly hips: HipSide[];
  readonly missing: { readonly side: HipSide; readonly reason: string }[];
  readonly notes: string[];
}

/** A picture of a volume: the index of its hip, and the view. */
export interface Task {
  readonly hip: number;
  readonly view: number;
}

/** A volume on its way through the batch. */
export interface Course {
  readonly wanted: BatchVolume;
  /** From 0. */
  readonly number: number;
  state: 'waiting' | 'preparing' | 'ready' | 'done' | 'refused';
  record: VolumeRecord | null;
  /** Why it was refused. */
  reason: string | null;
  ready: ReadyVolume | null;
  /** Pictures that are yet to be ordered. */
  left: Task[];
  underway: number;
}

/** What the folder of the batch answers and keeps. */
export interface BatchFolder {
  missing(number: number, sides: readonly HipSide[]): Task[];
  remember(number: number, record: VolumeRecord): void;
  /** A volume's name in its record. */
  identity(wanted: BatchVolume, sha256: string): string;
}

/** Volumes in memory at a time: one that is pictured, one that is being made ready. */
const mostVolumes = 2;
/** These end the batch; any other refusal of a volume leaves the other volumes as they are. */
const fatal: readonly WireError['kind'][] = ['disk-full', 'read-only', 'internal', 'cancelled'];

interface Member {
  readonly worker: Worker;
  /** Numbers of the volumes that its thread has. */
  readonly holds: Set<number>;
  /** What it is doing: a picture (`task`) of a volume, or making it ready; null when it is idle. */
  work: { readonly course: Course; readonly task: boolean } | null;
}

/** Makes what is missing; the number of pictures made. @throws CalcarError as `renderBatch` */
export async function runBatch(
  plan: BatchPlan,
  courses: readonly Course[],
  { signal, report }: BatchOptions,
  folder: BatchFolder,
): Promise<number> {
  const run = new Run(plan, courses, folder, report ?? (() => undefined));
  const abort = (): void => run.fail(stopped());
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (signal?.aborted === true) throw stopped();
    return await run.made();
  } finally {
    signal?.removeEventListener('abort', abort);
    await run.close();
  }
}

class Run {
  readonly #plan: BatchPlan;
  readonly #courses: readonly Course[];
  readonly #folder: BatchFolder;
  readonly #report: (progress: BatchProgress) => void;
  readonly #settings: PictureSettings;
  readonly #end = Promise.withResolvers<number>();
  #crew: Member[] = [];
  #made = 0;
  #firstAt: number | null = null;
  #failure: CalcarError | null = null;

  constructor(
    plan: BatchPlan,
    courses: readonly Course[],
    folder: BatchFolder,
    report: (progress: BatchProgress) => void,
  ) {
    this.#plan = plan;
    this.#courses = courses;
    this.#folder = folder;
    this.#report = report;
    const { seed, style, film, held, software } = plan;
    this.#settings = { folder: plan.folder, seed, style, film, held: held ?? {}, software };
  }

  /** Starts the threads and gives the number of pictures made when there is nothing left to do. */
  made(): Promise<number> {
    this.#tell();
    if (this.#courses.every(({ state }) => state === 'done')) return Promise.resolve(0);
    this.#crew = Array.from({ length: this.#plan.workers }, () => this.#hire());
    this.#goOn();
    return this.#end.promise;
  }

  /** Nothing new is begun; what is being written is finished. */
  fail(error: unknown): void {
    this.#failure ??= error instanceof CalcarError ? error : crashed(error);
    this.#goOn();
  }

  async close(): Promise<void> {
    for (const { worker } of this.#crew) worker.removeAllListeners('exit');
    await Promise.all(this.#crew.map(({ worker }) => worker.terminate()));
  }

  #hire(): Member {
    const worker = new Worker(new URL('./renderBatchWorker.ts', import.meta.url));
    const member: Member = { worker, holds: new Set(), work: null };
    worker.on('message', (reply: BatchReply) => {
      try {
        this.#hear(member, reply);
      } catch (error) {
        this.fail(writeFailure(error));
      }
      this.#goOn();
    });
    const died = (cause: unknown): void => {
      member.work = null;
      this.fail(crashed(cause));
    };
    worker.on('error', died);
    worker.on('exit', (code) => died(new Error(`a thread of the batch ended with code ${String(code)}`)));
    return member;
  }

  /** Gives everyone who is idle something to do, or ends the batch. */
  #goOn(): void {
    if (this.#failure !== null) {
      // What is only being made ready is dropped with its thread.
      if (this.#crew.every(({ work }) => work?.task !== true)) this.#end.reject(this.#failure);
      return;
    }
    for (const member of this.#crew) if (member.work === null) this.#employ(member);
    if (this.#crew.every(({ work }) => work === null)) this.#end.resolve(this.#made);
  }

  #employ(member: Member): void {
    const rich = this.#courses.find(({ state, left }) => state === 'ready' && left.length > 0);
    const task = rich?.left.shift();
    if (rich?.ready && task !== undefined) {
      const { number, ready } = rich;
      if (!member.holds.has(number)) send(member, { kind: 'take', number, ready });
      member.holds.add(number);
      rich.underway++;
      member.work = { course: rich, task: true };
      send(member, { kind: 'picture', settings: this.#settings, number, ...task });
      return;
    }
    const open = this.#courses.filter(({ state }) => state === 'preparing' || state === 'ready').length;
    const next = this.#courses.find(({ state }) => state === 'waiting');
    if (next === undefined || open >= mostVolumes) return;
    next.state = 'preparing';
    member.work = { course: next, task: false };
    const { sides, depthStep } = this.#plan;
    send(member, { kind: 'prepare', volume: next.wanted, sides, depthStep: depthStep ?? null });
  }

  #hear(member: Member, reply: BatchReply): void {
    const { work } = member;
    member.work = null;
    if (work === null) return;
    const { course, task } = work;
    if (task) course.underway--;
    switch (reply.kind) {
      case 'prepared':
        this.#take(course, reply.ready);
        break;
      case 'pictured':
        this.#made++;
        break;
      case 'failed': {
        const { kind, sentence } = reply.error;
        if (task || fatal.includes(kind)) throw new CalcarError(kind, sentence, reply.trace);
        course.state = 'refused';
        course.reason = sentence;
      }
    }
    if (course.state === 'ready' && course.left.length === 0 && course.underway === 0) this.#leave(course);
    this.#firstAt ??= performance.now();
    this.#tell();
  }

  #take(course: Course, ready: ReadyVolume): void {
    const of = this.#folder.identity(
      course.wanted,
      ready.source.kind === 'volume' ? ready.source.sha256 : '',
    );
    if (course.record !== null && course.record.of !== of) throw changed();
    course.record = {
      of,
      hips: ready.hips.map(({ side }) => side),
      missing: ready.missing.map(({ side, reason }) => ({ side, reason })),
      notes: [...ready.notes],
    };
    this.#folder.remember(course.number, course.record);
    course.left = this.#folder.missing(course.number, course.record.hips);
    course.ready = ready;
    course.state = 'ready';
  }

  #leave(course: Course): void {
    course.state = 'done';
    course.ready = null;
    for (const member of this.#crew) {
      if (member.holds.delete(course.number)) send(member, { kind: 'leave', number: course.number });
    }
  }

  #tell(): void {
    let of = 0;
    let done = 0;
    for (const { record, state, number, left, underway } of this.#courses) {
      if (state === 'refused') continue;
      const pictures = this.#plan.views * (record?.hips.length ?? this.#plan.sides.length);
      of += pictures;
      if (state === 'done') done += pictures;
      else if (state === 'ready') done += pictures - left.length - underway;
      else if (record !== null) done += pictures - this.#folder.missing(number, record.hips).length;
    }
    const seconds = this.#firstAt === null ? 0 : (performance.now() - this.#firstAt) / 1000;
    const perSecond = this.#made > 0 && seconds > 0 ? this.#made / seconds : null;
    const secondsLeft = perSecond === null ? null : (of - done) / perSecond;
    this.#report({ done, of, perSecond, secondsLeft });
  }
}

function send({ worker }: Member, order: BatchOrder): void {
  worker.postMessage(order);
}

const stopped = (): CalcarError =>
  new CalcarError('cancelled', 'The batch was stopped. What was made is kept; start it again to go on.');

const changed = (): CalcarError =>
  new CalcarError(
    'invalid-input',
    'The CT is not the one that this batch began with. Choose another folder for the pictures of this one.',
  );

const crashed = (cause: unknown): CalcarError =>
  new CalcarError(
    'compute-crashed',
    'The computation of this batch ended unexpectedly. What was made is kept; start it again to go on.',
    cause,
  );
