import * as z from 'zod';
import { modelConfidence } from './confidence.ts';
import { comparisonReport } from './comparison.ts';
import { backendReport, doctorReport } from './doctor.ts';
import { driftReport } from './drift.ts';
import { wireError } from './errors.ts';
import { filmDescription, filmState } from './film.ts';
import { finding } from './finding.ts';
import {
  labBatch,
  labSide,
  labStyle,
  labSetup,
  labUpload,
  labVolume,
  phantomRequest,
  volumeHash,
} from './lab.ts';
import { labellingQueue } from './queue.ts';
import {
  modelHash,
  modelShelf,
  promotionEvent,
  promotionRules,
  promotionVerdict,
  shadowReport,
  shelvedModel,
} from './models.ts';
import { recipe } from './recipe.ts';
import { saliencyVerdict, type SaliencyMethod } from './saliencyTests.ts';
import { datasetRow, freezePreview, freezeResult, study } from './snapshot.ts';
import {
  evaluationId,
  evaluationRow,
  runId,
  trainingPreset,
  trainingReport,
  trainingRun,
} from './training.ts';
import { importOutcome, readDraft, storedRead, unfinishedRead, worklistRow } from './reads.ts';

const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });
const nothing = z.strictObject({});
const imageHash = filmDescription.shape.imageHash;

export const computeState = z.strictObject({
  state: z.enum(['starting', 'ready', 'restarting', 'failed']),
  backend: backendReport.nullable(),
  /** A sentence for the status line; null when there is nothing to say. */
  sentence: z.string().nullable(),
});
export type ComputeState = z.infer<typeof computeState>;

export const stationState = z.strictObject({
  version: z.string(),
  compute: computeState,
  modelName: z.string().nullable(),
  modelHash: z.string().nullable(),
  /** First line of the model card. */
  modelWarning: z.string().nullable(),
  /** How sure the current model is, and how each saliency method did in its tests; null where it was never fixed or tested. */
  modelConfidence: modelConfidence.nullable(),
  modelSaliency: saliencyVerdict.nullable(),
  databasePath: z.string(),
  diskFreeBytes: z.number().nonnegative().nullable(),
  films: z.number().int().nonnegative(),
});
export type StationState = z.infer<typeof stationState>;

export const settings = z.strictObject({
  reader: z.string().max(100),
  /** Hide the machine's answer until the reader has committed. */
  blinded: z.boolean(),
  theme: z.enum(['dark', 'light']),
  /** Command id → key, for commands that the reader rebound. */
  keys: z.record(z.string(), z.string()),
});
export type Settings = z.infer<typeof settings>;

/**
 * Every call that the renderer can make. The input is parsed where it arrives (station), the output
 * where it arrives (renderer).
 */
export const api = {
  'station.state': call(nothing, stationState),
  'doctor.report': call(nothing, doctorReport),
  'worklist.list': call(z.strictObject({ search: z.string().max(200).optional() }), z.array(worklistRow)),
  'film.describe': call(z.strictObject({ imageHash }), filmDescription),
  /**
   * Runs the model on the film, or returns the stored answer of the current model. Null while a blinded
   * reader has not committed: the answer is stored and withheld.
   */
  'film.read': call(z.strictObject({ imageHash }), finding.nullable()),
  /** The last answer of the current model without running anything; null before one and while it is withheld. */
  'film.finding': call(z.strictObject({ imageHash }), finding.nullable()),
  /** Machine reads are left out while they are withheld from a blinded reader. */
  'reads.history': call(z.strictObject({ imageHash }), z.array(storedRead)),
  'reads.commit': call(readDraft, storedRead),
  /** The unfinished read of a film: kept across crashes, never a read. */
  'draft.save': call(unfinishedRead, nothing),
  'draft.load': call(z.strictObject({ imageHash, reader: z.string() }), unfinishedRead.nullable()),
  'settings.load': call(nothing, settings),
  'settings.save': call(settings, settings),
  /** Makes and imports a small simulated cohort. */
  'demo.make': call(z.strictObject({ patients: z.number().int().min(1).max(20) }), z.array(importOutcome)),
  'lab.volumes': call(nothing, z.array(labVolume)),
  /** Loads a volume into memory; the one that was open before is let go. */
  'lab.open': call(z.strictObject({ volume: volumeHash }), labVolume),
  'lab.close': call(nothing, nothing),
  /** Reads what `lab/file` brought, looks for the hips and keeps the volume. One at a time. */
  'lab.addVolume': call(z.strictObject({ upload: labUpload, name: z.string().max(300) }), labVolume),
  /** Builds a phantom and keeps its volume. One at a time. */
  'lab.newPhantom': call(phantomRequest, labVolume),
  /** Ends the volume that is being added or built, which is then refused as 'cancelled'; forgets an upload. */
  'lab.cancel': call(z.strictObject({ upload: labUpload.optional() }), nothing),
  /** Where a person says that a femoral head is; null goes back to what the search or the phantom said. */
  'lab.placeHip': call(
    z.strictObject({
      volume: volumeHash,
      side: labSide,
      head: z
        .strictObject({
          centre: z.tuple([z.number(), z.number(), z.number()]),
          radius: z.number().min(5).max(60),
        })
        .nullable(),
    }),
    labVolume,
  ),
  /** Takes the film of this setup at full size and puts it into the worklist, marked as simulated. */
  'lab.send': call(z.strictObject({ volume: volumeHash, setup: labSetup }), importOutcome),
  'lab.batches': call(nothing, z.array(labBatch)),
  'lab.startBatch': call(
    z.strictObject({
      volume: volumeHash,
      views: z.number().int().min(1).max(100_000),
      seed: z.number().int().min(0).max(0xffff_ffff),
      style: labStyle,
    }),
    labBatch,
  ),
  /** Stops after the picture that is under way; what was made stays. */
  'lab.stopBatch': call(z.strictObject({ id: labBatch.shape.id }), labBatch),
  /** Goes on where it stopped; pictures that are there are not made again. */
  'lab.resumeBatch': call(z.strictObject({ id: labBatch.shape.id }), labBatch),
  'datasets.list': call(nothing, z.array(datasetRow)),
  /** What `datasets.freeze` would hold and what it would leave out; nothing is changed. */
  'datasets.preview': call(z.strictObject({ study: study.nullable() }), freezePreview),
  /** Freezes every film that a person has read. Tells of its progress as the job 'freeze'. */
  'datasets.freeze': call(z.strictObject({ name: z.string().min(1).max(100), study }), freezeResult),
  /** Stops the freeze that is under way; nothing of it stays. */
  'datasets.cancel': call(nothing, nothing),
  'training.list': call(nothing, z.array(trainingRun)),
  'training.presets': call(nothing, z.array(trainingPreset)),
  /** Waits for its turn: one training runs at a time. Refused as 'leak', with the names, when it would learn from who tests it. */
  'training.start': call(
    z.strictObject({
      snapshot: z.string(),
      name: trainingRun.shape.name,
      recipe,
      /** The current model's weights, where they fit the network of the recipe; whom they learned from counts as learned from. */
      from: z.enum(['random weights', 'current model']),
    }),
    trainingRun,
  ),
  /** After the step under way, with a checkpoint. */
  'training.pause': call(z.strictObject({ id: runId }), trainingRun),
  /** From the last checkpoint, also after the process was killed. */
  'training.resume': call(z.strictObject({ id: runId }), trainingRun),
  'training.cancel': call(z.strictObject({ id: runId }), trainingRun),
  /**
   * Reads the tuning and test films of the run's data set with its model; resolves when the report is there, after
   * minutes. Tells of its progress as the job 'evaluate'.
   */
  'training.evaluate': call(z.strictObject({ id: runId }), trainingReport),
  'training.stopEvaluation': call(nothing, nothing),
  /** The last report; null before one. */
  'training.report': call(z.strictObject({ id: runId }), trainingReport.nullable()),
  /** What to label next, the most telling film first; written down as it is given out. */
  'queue.next': call(z.strictObject({ films: z.number().int().min(1).max(1000) }), labellingQueue),
  /** The films of the current model over time beside those that it was tested on. */
  'drift.report': call(nothing, driftReport),
  /** Every model that was evaluated, the one that was read last first. */
  'evaluations.list': call(nothing, z.array(evaluationRow)),
  'evaluations.report': call(z.strictObject({ id: evaluationId }), trainingReport),
  /** Two that have read the same test films; takes seconds. */
  'evaluations.compare': call(
    z.strictObject({ first: evaluationId, second: evaluationId }),
    comparisonReport,
  ),
  /** One candidate at a time reads beside the current model; another takes its place. */
  'shadow.start': call(z.strictObject({ model: modelHash }), shadowReport),
  'shadow.stop': call(nothing, nothing),
  /** Of this candidate, or of the last one; null where none ever was. */
  'shadow.report': call(z.strictObject({ model: modelHash.nullable() }), shadowReport.nullable()),
  'models.shelf': call(nothing, modelShelf),
  /** Puts the model of a finished training on the shelf. */
  'models.add': call(z.strictObject({ run: runId }), shelvedModel),
  /** For trainings that begin from now on; those that have begun keep theirs. */
  'models.setRules': call(promotionRules, promotionRules),
  /**
   * Reads the frozen test set with the candidate and the current model, unless that was done, and holds the candidate
   * against its rules; nothing is changed. Resolves after minutes; tells of its progress as the job 'judge'.
   */
  'models.judge': call(
    z.strictObject({ model: modelHash, snapshot: z.string().nullable() }),
    promotionVerdict,
  ),
  /** Stops a judgement that is under way. */
  'models.stop': call(nothing, nothing),
  /** Judges and, where everything was shown, makes it the current model. A refusal is 'not-promoted', with its numbers, and is written down. */
  'models.promote': call(
    z.strictObject({ model: modelHash, snapshot: z.string().nullable() }),
    promotionEvent,
  ),
  /** Puts the model before back, at once and without a judgement. */
  'models.rollback': call(nothing, promotionEvent),
} as const;
export type Api = typeof api;
export type CallName = keyof Api;
export type CallInput<N extends CallName> = z.input<Api[N]['input']>;
export type CallOutput<N extends CallName> = z.output<Api[N]['output']>;
export const callNames = Object.keys(api) as CallName[];

/** What a call answers over any transport. */
export const reply = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error: wireError }),
]);
export type Reply = z.infer<typeof reply>;

/** What the station says unasked. */
export const stationEvent = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('compute'), compute: computeState }),
  z.strictObject({ event: z.literal('worklist-changed') }),
  z.strictObject({ event: z.literal('film-state'), imageHash, state: filmState }),
  z.strictObject({
    event: z.literal('progress'),
    job: z.enum(['demo', 'import', 'freeze', 'evaluate', 'judge', 'saliency-tests']),
    done: z.number().int(),
    of: z.number().int(),
    label: z.string(),
  }),
  z.strictObject({ event: z.literal('datasets-changed') }),
  /** The shelf, its evaluations, or who is current. */
  z.strictObject({ event: z.literal('models-changed') }),
  z.strictObject({ event: z.literal('shadow-changed') }),
  z.strictObject({ event: z.literal('training-run'), run: trainingRun }),
  z.strictObject({ event: z.literal('lab-volumes-changed') }),
  z.strictObject({ event: z.literal('lab-batch'), batch: labBatch }),
  /** What the volume that is being added or built is at; `of` 0 where its end cannot be told. */
  z.strictObject({
    event: z.literal('lab-progress'),
    job: z.enum(['add', 'phantom']),
    done: z.number().nonnegative(),
    of: z.number().nonnegative(),
    label: z.string(),
  }),
]);
export type StationEvent = z.infer<typeof stationEvent>;

/** The one object that the renderer is given, by Electron's preload or by the shell. */
export interface StationBridge {
  /** JSON in, JSON out: `Reply`. */
  call(name: string, input: unknown): Promise<unknown>;
  /** Every event as parsed JSON; returns the way to stop listening. */
  subscribe(listener: (event: unknown) => void): () => void;
}

/**
 * Assets travel as bytes over the page's own origin (Electron: a custom protocol; shell: intercepted
 * requests), so pixels never pass through JSON:
 *   GET  film/<imageHash>/pixels        rows × columns Uint16, little endian
 *   GET  film/<imageHash>/thumbnail     PNG, 96 px on its longer side, display greys
 *   GET  film/<imageHash>/saliency/<n>?method=  JSON header line {rows, columns, of, box}, newline, rows × columns Float32
 *   GET  evaluation/<id>/error/<n>          SVG of the n-th worst error, from the frozen film, with both boxes
 *   GET  evaluation/<id>/page               the HTML page of the report
 *   POST import?name=<file name>        body: the file's bytes; answers ImportOutcome[] as JSON (a zip of files gives many)
 *     Send a File as it is: the shell carries a Blob three times as fast as an array.
 *   POST lab/file?upload=<id>&name=<path>&at=<byte>  body: a part of a file of a CT; answers {} as JSON
 *   GET  lab/<volume>/slice?plane=&index=&window=    JSON header line {rows, columns}, newline, rows × columns Uint8 greys
 *   POST lab/<volume>/picture                        body: LabPictureRequest; JSON header line, newline, rows × columns
 *     Uint16, 0 … 4095, that rise with attenuation; refused as 'cancelled' where a newer request came meanwhile
 * An error is status 4xx or 5xx with a WireError as JSON.
 */
export const assetRoutes = {
  pixels: (hash: string) => `film/${hash}/pixels`,
  thumbnail: (hash: string) => `film/${hash}/thumbnail`,
  saliency: (hash: string, hip: number, method: SaliencyMethod = 'grad-cam') =>
    `film/${hash}/saliency/${String(hip)}?method=${method}`,
  evaluationError: (id: string, n: number) => `evaluation/${id}/error/${String(n)}`,
  evaluationPage: (id: string) => `evaluation/${id}/page`,
  import: (name: string) => `import?name=${encodeURIComponent(name)}`,
  labFile: (upload: string, name: string, at: number) =>
    `lab/file?upload=${upload}&name=${encodeURIComponent(name)}&at=${String(at)}`,
  labSlice: (volume: string, plane: string, index: number, window: string) =>
    `lab/${volume}/slice?plane=${plane}&index=${String(index)}&window=${window}`,
  labPicture: (volume: string) => `lab/${volume}/picture`,
} as const;
