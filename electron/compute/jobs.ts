/** What travels between the compute process and its client, by structured clone. */
import * as z from 'zod';
import { modelConfidence } from '../contract/confidence.ts';
import { backendName, backendReport } from '../contract/doctor.ts';
import { driftReference } from '../contract/driftSignals.ts';
import { wireError } from '../contract/errors.ts';
import { gradeGroup } from '../contract/finding.ts';
import { box } from '../contract/image.ts';
import { filmTags, reading } from '../contract/reading.ts';
import { saliencyMethod, saliencyVerdict } from '../contract/saliencyTests.ts';

/** How a compute process is started: the one command-line argument, as JSON. */
export const computeArguments = z.strictObject({
  /** Folder of weights files and model card. */
  modelFolder: z.string(),
  /** Backends that brought the process down before. */
  without: z.array(backendName),
});
export type ComputeArguments = z.infer<typeof computeArguments>;

const floats = z.custom<Float32Array>((value) => value instanceof Float32Array, 'a Float32Array');

const greyImage = z
  .strictObject({
    rows: z.number().int().positive(),
    columns: z.number().int().positive(),
    values: floats,
  })
  .refine(({ rows, columns, values }) => values.length === rows * columns, 'rows × columns values');

export const backendSurvey = z.strictObject({
  backends: z.array(backendReport),
  nativeOverWasm: z.number().nullable(),
});
export type BackendSurvey = z.infer<typeof backendSurvey>;

const saliencyMap = z.strictObject({
  box,
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  values: floats,
  of: gradeGroup,
});

/** Every job by name, with what it is given and what it answers. */
export const jobs = {
  /** Loads, tests and times every backend; takes seconds. */
  survey: { input: z.strictObject({}), output: backendSurvey },
  read: { input: z.strictObject({ image: greyImage, tags: filmTags }), output: reading },
  /** `of` null: the likeliest group. */
  saliency: {
    input: z.strictObject({ image: greyImage, box, of: gradeGroup.nullable(), method: saliencyMethod }),
    output: saliencyMap,
  },
} as const;
export type JobName = keyof typeof jobs;
export type JobInput<N extends JobName> = z.input<(typeof jobs)[N]['input']>;
export type JobOutput<N extends JobName> = z.output<(typeof jobs)[N]['output']>;

export const jobRequest = z.strictObject({
  id: z.number().int(),
  job: z.enum(Object.keys(jobs) as [JobName, ...JobName[]]),
  input: z.unknown(),
});
export type JobRequest = z.infer<typeof jobRequest>;

/** Which networks the process has loaded. */
export const loadedModel = z.strictObject({
  name: z.string(),
  hash: z.string(),
  /** First line of the model card. */
  warning: z.string(),
  confidence: modelConfidence.nullable(),
  /** SHA-256 of its file, as findings name it. */
  confidenceHash: z.string().nullable(),
  saliency: saliencyVerdict.nullable(),
  reference: driftReference.nullable(),
});
export type LoadedModel = z.infer<typeof loadedModel>;

export const progress = z.strictObject({
  done: z.number().int(),
  of: z.number().int(),
  label: z.string(),
});
export type Progress = z.infer<typeof progress>;

export const processMessage = z.discriminatedUnion('kind', [
  /** It is about to try this backend; what it dies of before the next message is that backend's. */
  z.strictObject({ kind: z.literal('trial'), backend: backendName }),
  z.strictObject({
    kind: z.literal('ready'),
    backend: backendReport,
    ...backendSurvey.shape,
    model: loadedModel.nullable(),
    /** Why there is no model; null when there is one. */
    modelError: wireError.nullable(),
  }),
  /** It cannot work on this machine and starting it again would not help. */
  z.strictObject({ kind: z.literal('refused'), error: wireError }),
  z.strictObject({ kind: z.literal('progress'), id: z.number().int(), progress }),
  z.strictObject({ kind: z.literal('answer'), id: z.number().int(), value: z.unknown() }),
  z.strictObject({ kind: z.literal('error'), id: z.number().int(), error: wireError }),
]);
export type ProcessMessage = z.infer<typeof processMessage>;
export type ReadyMessage = Extract<ProcessMessage, { kind: 'ready' }>;
