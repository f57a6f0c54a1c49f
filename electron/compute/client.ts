/**
 * The compute process seen from the station: one job at a time, started again when it dies. It holds the queue,
 * so a death costs at most the job that was running, and that one is tried once more.
 */
import type { ComputeState } from '../contract/api.ts';
import type { BackendName } from '../contract/doctor.ts';
import { CalcarError, fromWireError } from '../contract/errors.ts';
import type { GradeGroup, SaliencyMap } from '../contract/finding.ts';
import type { Box, GreyImage } from '../contract/image.ts';
import type { FilmTags, Reading } from '../contract/reading.ts';
import type { SaliencyMethod } from '../contract/saliencyTests.ts';
import { forkCompute, type ChildPort, type SpawnCompute } from './childPort.ts';
import { createJobQueue, type QueuedJob } from './jobQueue.ts';
import {
  jobs,
  processMessage,
  type BackendSurvey,
  type JobInput,
  type JobName,
  type JobOutput,
  type LoadedModel,
  type ProcessMessage,
  type Progress,
  type ReadyMessage,
} from './jobs.ts';

/** Facts of a log entry never hold what came out of a film's header. */
export interface ComputeLog {
  info(event: string, facts?: Readonly<Record<string, string | number | boolean | null>>): void;
  failure(
    event: string,
    error: unknown,
    facts?: Readonly<Record<string, string | number | boolean | null>>,
  ): void;
}

export interface ComputeOptions {
  /** Folder of weights files and model card. */
  readonly modelFolder: string;
  /** Starts the process; `forkCompute` by default, Electron passes its utilityProcess. */
  readonly spawn?: SpawnCompute;
  readonly log?: ComputeLog;
  readonly limits?: Partial<ComputeLimits>;
}

export interface ComputeLimits {
  /** Deaths in a row, without a job done in between, after which it is given up. */
  readonly deathsInARow: number;
  /** Wait before the second start; it doubles with every death. The first start after a death is at once. */
  readonly backOffMs: number;
  /** A start or a job that takes longer is ended. */
  readonly startMs: number;
  readonly jobMs: number;
}
const defaultLimits: ComputeLimits = { deathsInARow: 5, backOffMs: 500, startMs: 120_000, jobMs: 120_000 };

export interface JobOptions {
  /** A job that waits is dropped; the answer of one that runs is thrown away. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ComputeClient {
  state(): ComputeState;
  /** Null before the first start is through, and when there are no models. */
  model(): LoadedModel | null;
  /** The process that runs now; null between two. */
  pid(): number | null;
  /** Every change of state from now on; returns the way to stop. */
  subscribe(listener: (state: ComputeState) => void): () => void;
  /**
   * Waits while the process is starting.
   *
   * @throws CalcarError 'compute-crashed' when the process died twice over this film or was given up,
   *   'backend-unavailable', 'model-missing', 'model-damaged', 'compute-failed', 'invalid-input', 'cancelled'
   */
  read(image: GreyImage, tags: FilmTags, options?: JobOptions): Promise<ComputeReading>;
  /** The evidence for `of`, by default the likeliest group. @throws CalcarError as `read` */
  saliency(
    image: GreyImage,
    box: Box,
    of?: GradeGroup | null,
    method?: SaliencyMethod,
    options?: JobOptions,
  ): Promise<SaliencyMap>;
  /** Loads, tests and times every backend; takes seconds. @throws CalcarError as `read` */
  survey(options?: JobOptions): Promise<BackendSurvey>;
  /**
   * Ends the process and starts another with the models of this folder; what runs and what waits is done by that one.
   * Resolves when the models are loaded, or cannot be, which the state says.
   */
  useModel(folder: string): Promise<void>;
  /** Ends the process; what waits is rejected as 'cancelled'. Safe to call twice. */
  close(): Promise<void>;
}

export interface ComputeReading {
  readonly reading: Reading;
  readonly backend: BackendName;
  readonly model: LoadedModel;
}

export function startCompute(options: ComputeOptions): ComputeClient {
  const { spawn = forkCompute, log } = options;
  let { modelFolder } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const listeners = new Set<(state: ComputeState) => void>();
  const queue = createJobQueue();
  let current: ComputeState = { state: 'starting', backend: null, sentence: null };
  let child: ChildPort | null = null;
  let ready: ReadyMessage | null = null;
  let running: QueuedJob | null = null;
  let deaths = 0;
  let deathsBeforeReady = 0;
  /** The backend that the process was trying when it was last heard of before it was ready. */
  let trial: BackendName = 'tensorflow';
  let without: BackendName[] = [];
  let timer: NodeJS.Timeout | undefined;
  let restart: NodeJS.Timeout | undefined;
  /** Why nothing will be computed any more. */
  let end: CalcarError | null = null;
  let isClosed = false;
  let exited = Promise.resolve();

  function setState(state: ComputeState): void {
    current = state;
    for (const listener of listeners) listener(state);
  }

  function start(): void {
    ready = null;
    const port = spawn({ modelFolder, without });
    child = port;
    let said = '';
    let isGone = false;
    exited = new Promise((resolve) => {
      port.onExit((how) => {
        if (isGone) return;
        isGone = true;
        resolve();
        if (child === port) died(how, said);
      });
    });
    port.onErrorText((text) => (said = (said + text).slice(-2000)));
    port.onMessage((message) => {
      const parsed = processMessage.safeParse(message);
      if (parsed.success && child === port) receive(parsed.data);
    });
    watch(limits.startMs);
    log?.info('compute-started', { pid: port.pid ?? null, without: without.join(' ') });
  }

  function watch(limitMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => child?.kill(), limitMs);
  }

  function receive(message: ProcessMessage): void {
    switch (message.kind) {
      case 'trial':
        trial = message.backend;
        break;
      case 'ready':
        clearTimeout(timer);
        ready = message;
        deathsBeforeReady = 0;
        log?.info('compute-ready', {
          backend: message.backend.name,
          gigaflops: message.backend.gigaflops,
          model: message.model?.hash ?? null,
        });
        setState({ state: 'ready', backend: message.backend, sentence: readySentence(message, without) });
        next();
        break;
      case 'refused':
        giveUp(fromWireError(message.error));
        break;
      case 'progress':
        if (message.id === running?.id) running.onProgress?.(message.progress);
        break;
      case 'answer':
      case 'error':
        if (message.id !== running?.id) break;
        clearTimeout(timer);
        finish(running, message);
        running = null;
        deaths = 0;
        next();
        break;
    }
  }

  function finish(job: QueuedJob, message: Extract<ProcessMessage, { kind: 'answer' | 'error' }>): void {
    if (message.kind === 'error') {
      job.reject(fromWireError(message.error));
      return;
    }
    const output = jobs[job.name].output.safeParse(message.value);
    if (output.success) job.resolve({ value: output.data, ready: ready! });
    else job.reject(new CalcarError('compute-failed', sentences.unusable, output.error));
  }

  function next(): void {
    if (running !== null || ready === null || child === null) return;
    running = queue.take();
    if (running === null) return;
    child.post({ id: running.id, job: running.name, input: running.input });
    watch(limits.jobMs);
  }

  function died(how: string, said: string): void {
    clearTimeout(timer);
    child = null;
    deaths++;
    log?.failure('compute-died', new CalcarError('compute-crashed', sentences.died), {
      how,
      said: said.trim().slice(-500),
      deaths,
      job: running?.name ?? null,
    });
    if (ready === null && ++deathsBeforeReady === 2) {
      without = [...without, trial];
      deathsBeforeReady = 0;
    }
    // A driver that took the process along takes the next one along too, and that would cost the film its reading.
    if (ready?.backend.name === 'webgpu') without = [...without, 'webgpu'];
    ready = null;
    if (running !== null) {
      const job = running;
      running = null;
      if (job.isCancelled()) log?.info('compute-job-dropped', { job: job.name });
      else if (job.isRetry) job.reject(new CalcarError('compute-crashed', sentences.twice));
      else queue.putBack(job);
    }
    if (deaths >= limits.deathsInARow) {
      giveUp(new CalcarError('compute-crashed', sentences.givenUp(deaths), said));
      return;
    }
    setState({ state: 'restarting', backend: null, sentence: sentences.died });
    restart = setTimeout(start, deaths === 1 ? 0 : limits.backOffMs * 2 ** (deaths - 2));
  }

  function giveUp(error: CalcarError): void {
    stop(error);
    log?.failure('compute-given-up', error);
    setState({ state: 'failed', backend: null, sentence: error.message });
  }

  function stop(error: CalcarError): void {
    end = error;
    clearTimeout(timer);
    clearTimeout(restart);
    ready = null;
    running?.reject(error);
    running = null;
    queue.rejectAll(error);
    const last = child;
    child = null;
    last?.kill();
  }

  function useModel(folder: string): Promise<void> {
    if (isClosed) return Promise.resolve();
    modelFolder = folder;
    clearTimeout(timer);
    clearTimeout(restart);
    const last = child;
    child = null;
    ready = null;
    end = null;
    deaths = 0;
    deathsBeforeReady = 0;
    if (running !== null && !running.isCancelled()) queue.putBack(running);
    running = null;
    last?.kill();
    const settled = new Promise<void>((resolve) => {
      const listener = ({ state }: ComputeState): void => {
        if (state !== 'ready' && state !== 'failed') return;
        listeners.delete(listener);
        resolve();
      };
      listeners.add(listener);
    });
    setState({ state: 'starting', backend: null, sentence: null });
    start();
    return settled;
  }

  async function run<N extends JobName>(
    name: N,
    input: JobInput<N>,
    jobOptions: JobOptions = {},
  ): Promise<{ value: JobOutput<N>; ready: ReadyMessage }> {
    if (end !== null) throw end;
    const answer = queue.add(name, input, jobOptions);
    next();
    const { value, ready: by } = await answer;
    // `finish` has parsed it by the job's own schema.
    return { value: value as JobOutput<N>, ready: by };
  }

  start();
  return {
    state: () => current,
    model: () => ready?.model ?? null,
    pid: () => child?.pid ?? null,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: async (image, tags, jobOptions) => {
      const { value, ready: by } = await run('read', { image, tags }, jobOptions);
      return { reading: value, backend: by.backend.name, model: by.model! };
    },
    saliency: async (image, box, of = null, method = 'grad-cam', jobOptions) =>
      (await run('saliency', { image, box, of, method }, jobOptions)).value,
    survey: async (jobOptions) => (await run('survey', {}, jobOptions)).value,
    useModel,
    close: async () => {
      isClosed = true;
      listeners.clear();
      stop(new CalcarError('cancelled', sentences.closed));
      await exited;
    },
  };
}

function readySentence({ modelError }: ReadyMessage, without: readonly BackendName[]): string | null {
  if (modelError !== null) return modelError.sentence;
  if (without.includes('tensorflow')) return sentences.withoutTensorflow;
  return without.includes('webgpu') ? sentences.withoutWebgpu : null;
}

const sentences = {
  died: 'The part of Calcar that reads films stopped. It is being started again; nothing is lost.',
  twice:
    'The part of Calcar that reads films stopped twice over this film, so the machine did not read it. Read it yourself; the film and your reads are kept.',
  unusable: 'The part of Calcar that reads films gave an answer that cannot be used. Read the film again.',
  closed: 'Calcar is closing, so this was not finished.',
  withoutTensorflow:
    'Native TensorFlow stopped twice at its start, so films are read without it, more slowly. Run calcar doctor.',
  withoutWebgpu:
    'The graphics processor stopped, so films are read without it, more slowly, until Calcar is started again. Run calcar doctor.',
  givenUp: (deaths: number) =>
    `The part of Calcar that reads films stopped ${String(deaths)} times in a row and is left off. Films can be opened and read by a person. Start Calcar again, and run calcar doctor if this comes back.`,
};
