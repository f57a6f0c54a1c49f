import * as z from 'zod';
import { box } from './image.ts';
import { filmDescription, filmState } from './film.ts';
import { finding, grade, gradeGroup, laterality } from './finding.ts';

const imageHash = filmDescription.shape.imageHash;

/** One hip as a person read it. */
export const hipRead = z.strictObject({
  box,
  laterality,
  grade,
  /** 1 guessing … 5 certain; null when the reader did not say, for a preset would be a machine's word in a person's read. */
  confidence: z.number().int().min(1).max(5).nullable(),
});
export type HipRead = z.infer<typeof hipRead>;

/** A person's read, as the screen hands it in. */
export const readDraft = z.strictObject({
  imageHash,
  reader: z.string().trim().min(1).max(100),
  hips: z.array(hipRead).max(8),
  comment: z.string().max(4000),
  /** The machine's answer was hidden until commit. */
  blinded: z.boolean(),
  /** Model whose answer the reader could see; null when none was shown. */
  shownModelHash: z.string().nullable(),
  /** From the film being on screen to commit. */
  durationMs: z.number().nonnegative(),
});
export type ReadDraft = z.infer<typeof readDraft>;

/** A read that is still being made: every hip counts, also one that has no grade yet. Never a read. */
export const unfinishedRead = z.strictObject({
  ...readDraft.shape,
  hips: z.array(z.strictObject({ ...hipRead.shape, grade: grade.nullable() })).max(8),
});
export type UnfinishedRead = z.infer<typeof unfinishedRead>;

/** A read in the database. Append-only: a change of mind is a new read. */
export const storedRead = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('person'),
    id: z.number().int(),
    at: z.iso.datetime(),
    stationVersion: z.string(),
    read: readDraft,
  }),
  z.strictObject({
    by: z.literal('machine'),
    id: z.number().int(),
    at: z.iso.datetime(),
    stationVersion: z.string(),
    finding,
  }),
]);
export type StoredRead = z.infer<typeof storedRead>;

/** One row of the worklist. */
export const worklistRow = z.strictObject({
  imageHash,
  fileName: z.string(),
  patientName: z.string().nullable(),
  patientId: z.string().nullable(),
  laterality,
  importedAt: z.iso.datetime(),
  state: filmState,
  /** Why it cannot be used or was not answered; null otherwise. */
  reason: z.string().nullable(),
  /** The machine's most severe group over the hips; null before an answer. In a blinded session it is null too. */
  machine: gradeGroup.nullable(),
  /** The last person's grade per hip, newest read first. */
  person: z.array(grade),
  lastReader: z.string().nullable(),
  simulated: z.boolean(),
});
export type WorklistRow = z.infer<typeof worklistRow>;

/** What an import said of one file. */
export const importOutcome = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('imported'), fileName: z.string(), imageHash }),
  z.strictObject({ state: z.literal('already-here'), fileName: z.string(), imageHash }),
  z.strictObject({
    state: z.literal('refused'),
    fileName: z.string(),
    imageHash: imageHash.nullable(),
    kind: z.string(),
    sentence: z.string(),
  }),
]);
export type ImportOutcome = z.infer<typeof importOutcome>;
