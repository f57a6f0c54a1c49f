import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgreementReport } from '../contract/agreement.ts';
import type { Reply } from '../contract/api.ts';
import type { ShelvedModel } from '../contract/models.ts';
import { CalcarError, toWireError } from '../contract/errors.ts';
import type { SaliencyMap } from '../contract/finding.ts';
import type { ImportOutcome } from '../contract/reads.ts';
import type { DatasetRow } from '../contract/snapshot.ts';
import type { Station } from '../contract/station.ts';
import type { ChainReport } from '../database/chain.ts';
import { verifyChain } from '../database/chain.ts';
import { openDatabase } from '../database/database.ts';
import { filmsToRead } from '../database/films.ts';
import type { SpawnCompute } from '../compute/childPort.ts';
import { startCompute } from '../compute/client.ts';
import { spawnEvaluation, type StartEvaluation } from '../compute/startEvaluation.ts';
import { spawnTrainer, type StartTrainer } from '../compute/startTrainer.ts';
import { createDecoder, renderDisplay } from '../dicom/index.ts';
import { readerAgreement, type AgreementRequest } from './agreement.ts';
import { answerAsset, wireAsset } from './assets.ts';
import { answerCall, callsOf } from './calls.ts';
import type { Context } from './context.ts';
import { addDataset, datasetFolder } from './datasets/datasets.ts';
import { usableFilm } from './context.ts';
import { defaultDataFolder, openDataFolder } from './dataFolder.ts';
import { createEvents } from './events.ts';
import { openFilmStore } from './filmStore.ts';
import { lockFolder } from './folderLock.ts';
import { importPath } from './importPaths.ts';
import { Lab } from './lab/lab.ts';
import { runBatchTask } from './lab/batchJob.ts';
import type { StationLog } from './log.ts';
import { openLog } from './log.ts';
import type { Machine } from './machine.ts';
import { noMachine } from './machine.ts';
import type { DemoOutcome } from './makeDemo.ts';
import { makeDemo } from './makeDemo.ts';
import { createOpenedFilms } from './openedFilms.ts';
import { readFilm } from './readFilm.ts';
import { Shadow } from './shadow/shadow.ts';
import { saliencyOf } from './saliency.ts';
import { createReadingQueue } from './readingQueue.ts';
import { EvaluatedModels } from './training/evaluatedModels.ts';
import { Evaluations } from './training/evaluations.ts';
import { Training } from './training/training.ts';
import { Promotion } from './models/promotion.ts';
import { promotedModel, Shelf } from './models/shelf.ts';
import { stationVersion } from './version.ts';

export interface StationOptions {
  /** Default: `defaultDataFolder()`. */
  readonly dataDir?: string;
  /** What opens it, in words for a person who finds the folder taken: 'the Calcar window'. */
  readonly door?: string;
  /** False: no tensor process is started, and films stay unread. */
  readonly compute?: boolean;
  /** How the tensor process is started; a child of Node by default. */
  readonly spawnCompute?: SpawnCompute;
  /** How a training process is started; a child of Node that outlives the station by default. */
  readonly startTrainer?: StartTrainer;
  /** How an evaluation process is started; a child of Node by default. */
  readonly startEvaluation?: StartEvaluation;
  /** Folder of the weights and their model card. Default: CALCAR_MODELS, else the shipped ones. */
  readonly modelFolder?: string;
  /** Where the decode worker's code is, when it was bundled elsewhere. */
  readonly decodeWorker?: URL;
  /** False: an imported film is read only when it is asked for. */
  readonly readInBackground?: boolean;
}

/** The station with what only a door in the same process uses. */
export interface OpenStation extends Station {
  readonly dataDir: string;
  /** Imports one file from disk. @throws CalcarError when the station itself cannot take it */
  importPath(path: string): Promise<ImportOutcome[]>;
  /**
   * Makes a frozen folder one of the station's data sets.
   * @throws CalcarError 'not-found', 'invalid-input', 'leak' naming what belongs to another split here
   */
  addDataset(folder: string): Promise<DatasetRow>;
  /** Simulates and imports the first films of the demo cohort; says what each really shows. */
  makeDemo(patients: number): Promise<DemoOutcome[]>;
  /** The film as its file says it should look: rows × columns display greys, 0 black … 255 white. */
  displayGreys(imageHash: string): Promise<{ rows: number; columns: number; greys: Uint8Array }>;
  /** The evidence behind the stored answer for one hip. @throws CalcarError 'not-found' without an answer */
  saliency(imageHash: string, hip: number): Promise<SaliencyMap>;
  /**
   * How far the readers agree beyond chance.
   * @throws CalcarError 'invalid-input' where real and simulated films were read and no kind is named
   */
  readerAgreement(request: AgreementRequest): Promise<AgreementReport>;
  /** Puts a models' folder from elsewhere on the shelf. @throws CalcarError 'model-missing', 'disk-full', 'read-only' */
  addModel(path: string): Promise<ShelvedModel>;
  /** Resolves when there is nothing that a candidate in the shadow could read now. */
  shadowSettled(): Promise<void>;
  /** Recomputes the hash chain of all reads. */
  verifyReads(): Promise<ChainReport>;
}

/**
 * Opens the data folder, the database and the decode worker, starts compute, and goes on reading the films
 * that were left unread.
 * @throws CalcarError 'folder-in-use', 'read-only', 'disk-full', 'database-damaged', 'database-newer', 'database-failed'
 */
export async function openStation(options: StationOptions = {}): Promise<OpenStation> {
  /** What was opened, to be closed in the opposite order, also when a later part does not open. */
  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await compose(options, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function compose(
  options: StationOptions,
  closers: (() => Promise<void> | void)[],
  closeAll: () => Promise<void>,
): Promise<OpenStation> {
  const folder = await openDataFolder(options.dataDir ?? defaultDataFolder());
  const lock = await lockFolder(folder.path, options.door ?? 'another Calcar');
  closers.push(() => lock.release());
  const log = openLog(folder.logs);
  closers.push(() => log.close());
  const database = await openDatabase(folder.database).catch((error: unknown) => {
    log.failure('database not opened', error);
    throw error;
  });
  closers.push(() => database.close());
  const films = openFilmStore(folder.films, 'dcm');
  const events = createEvents((error) => log.failure('listener failed', error));
  const decoder = createDecoder(options.decodeWorker ? { workerUrl: options.decodeWorker } : {});
  closers.push(() => decoder.close());
  const promoted = await database.read(promotedModel);
  const chosen = options.modelFolder ?? (process.env['CALCAR_MODELS'] || undefined);
  const modelFolder = chosen ?? (promoted === null ? shippedModels : join(folder.models, promoted));
  const machine = options.compute === false ? noMachine() : startMachine(options, modelFolder, log);

  const context: Context = {
    folder,
    version: stationVersion,
    database,
    films,
    thumbnails: openFilmStore(folder.thumbnails, 'png'),
    decode: (bytes, fileName) => decoder.open(bytes, fileName),
    opened: createOpenedFilms(async (imageHash) => {
      const bytes = await films.get(imageHash);
      const start = performance.now();
      const opened = await decoder.open(bytes, imageHash);
      return { opened, decodeMs: performance.now() - start };
    }),
    machine,
    log,
    emit: events.emit,
  };
  const queue = createReadingQueue((imageHash) => readFilm(context, imageHash));
  closers.push(() => queue.close());
  // Compute goes first, so that a reading under way ends at once.
  closers.push(() => machine.close());

  const readLater = (imageHash: string): void => {
    if (options.compute !== false && options.readInBackground !== false) queue.later(imageHash);
  };
  const readUnread = async (): Promise<void> => {
    for (const imageHash of await database.read(filmsToRead)) readLater(imageHash);
  };
  machine.subscribe((compute) => {
    events.emit({ event: 'compute', compute });
    if (compute.state === 'ready')
      readUnread().catch((error: unknown) => log.failure('films not queued', error));
  });
  await readUnread();
  log.info('station opened', { version: stationVersion });

  const lab = new Lab(context, readLater, runBatchTask(folder.path, stationVersion));
  await lab.prepare();
  closers.push(() => lab.close());

  const shelf = new Shelf(context, chosen ?? shippedModels);
  const promotion = new Promotion({
    context,
    shelf,
    startEvaluation: options.startEvaluation ?? spawnEvaluation,
    snapshotFolder: (hash) => datasetFolder(context, hash),
    report: (done, of) =>
      events.emit({ event: 'progress', job: 'judge', done, of, label: 'Reading the test patients' }),
  });

  const training = new Training({
    runsFolder: folder.runs,
    base: () => shelf.currentFolder(),
    rules: () => shelf.rules(),
    software: stationVersion,
    snapshotFolder: (hash) => datasetFolder(context, hash),
    startTrainer: options.startTrainer ?? spawnTrainer,
    changed: (run) => events.emit({ event: 'training-run', run }),
    log,
  });
  closers.push(() => training.close());
  const evaluations = new Evaluations({
    runsFolder: folder.runs,
    software: stationVersion,
    snapshotFolder: (hash) => datasetFolder(context, hash),
    startEvaluation: options.startEvaluation ?? spawnEvaluation,
    report: (done, of) =>
      events.emit({ event: 'progress', job: 'evaluate', done, of, label: 'Reading the test patients' }),
  });

  const evaluated = new EvaluatedModels(folder.runs, evaluations, (hash) => datasetFolder(context, hash));

  const shadow = new Shadow({
    context,
    folderOf: (hash) => shelf.folderOf(hash),
    isBusy: () => queue.isBusy(),
    spawn: options.spawnCompute,
    reads: options.compute !== false,
  });
  closers.push(() => shadow.close());
  events.subscribe(({ event }) => {
    if (event === 'film-state' || event === 'compute' || event === 'models-changed') shadow.wake();
  });
  shadow.wake();

  const calls = callsOf(
    context,
    queue,
    readLater,
    lab,
    training,
    evaluations,
    shadow,
    evaluated,
    shelf,
    promotion,
  );
  const work = createWork();
  return {
    dataDir: folder.path,
    call: (name, input) =>
      work
        .run(() => answerCall(context, calls, name, input))
        .catch((error: unknown): Reply => ({ ok: false, error: toWireError(error) })),
    asset: (method, path, body = new Uint8Array()) =>
      work.run(() => answerAsset(context, readLater, lab, evaluated, method, path, body)).catch(wireAsset),
    subscribe: events.subscribe,
    importPath: (path) =>
      work.run(async () => {
        const outcomes = await importPath(context, path);
        for (const outcome of outcomes) if (outcome.state === 'imported') readLater(outcome.imageHash);
        return outcomes;
      }),
    addDataset: (path) => work.run(() => addDataset(context, path)),
    addModel: (path) => work.run(() => shelf.addFolder(path)),
    makeDemo: (patients) => work.run(() => makeDemo(context, readLater, patients)),
    displayGreys: (imageHash) =>
      work.run(async () => {
        const { rows, columns } = await usableFilm(context, imageHash);
        const { opened } = await context.opened(imageHash);
        return { rows, columns, greys: renderDisplay(opened) };
      }),
    saliency: (imageHash, hip) => work.run(() => saliencyOf(context, imageHash, hip, 'grad-cam')),
    readerAgreement: (request) => work.run(() => readerAgreement(database, request)),
    shadowSettled: () => shadow.settled(),
    verifyReads: () => work.run(() => database.read(verifyChain)),
    close: () => {
      lab.stop();
      evaluations.stop();
      promotion.stop();
      return work.close(closeAll);
    },
  };
}

/** The models that come with Calcar. */
const shippedModels = fileURLToPath(new URL('../../models/weights', import.meta.url));

function startMachine({ spawnCompute }: StationOptions, modelFolder: string, log: StationLog): Machine {
  return startCompute({
    modelFolder,
    log,
    ...(spawnCompute ? { spawn: spawnCompute } : {}),
  });
}

/** Lets what was begun finish before the station closes, and begins nothing after. */
function createWork(): {
  run: <T>(work: () => Promise<T>) => Promise<T>;
  close: (then: () => Promise<void>) => Promise<void>;
} {
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  return {
    run: async (work) => {
      if (closing) throw new CalcarError('cancelled', 'Calcar is closing, so this was not done.');
      const promise = work();
      running.add(promise);
      try {
        return await promise;
      } finally {
        running.delete(promise);
      }
    },
    close: (then) => {
      closing ??= Promise.allSettled(running).then(then);
      return closing;
    },
  };
}
