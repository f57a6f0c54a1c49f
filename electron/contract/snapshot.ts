import * as z from 'zod';
import { grade, laterality } from './finding.ts';
import { box } from './image.ts';

/** The two looks of simulated films: as departments make them, and the plain one that only augments. Never mixed. */
export const filmLooks = ['clinic', 'drr'] as const;

/** 'learn' trains; 'tune' chooses among epochs and fixes thresholds; 'test' is read by finished models alone. */
export const splits = ['learn', 'tune', 'test'] as const;
export const split = z.enum(splits);
export type Split = z.infer<typeof split>;

/**
 * What a picture is. Only a film may tune or test; a DRR (a radiograph computed from a CT, in the plain look)
 * and a generated picture augment. In a simulated study the films in the look of a clinic stand in for films.
 */
export const imageSources = ['film', 'drr', 'gan'] as const;
export const imageSource = z.enum(imageSources);
export type ImageSource = z.infer<typeof imageSource>;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
/** Who a patient is, without saying it: a hash of the patient's identifier, or the seed of a simulated one. */
export const patientKey = z.string().regex(/^[0-9a-z-]{1,80}$/);

/** Where a label comes from. */
export const labelSource = z.discriminatedUnion('kind', [
  /** True by construction. */
  z.strictObject({ kind: z.literal('simulated') }),
  z.strictObject({
    kind: z.literal('reads'),
    /** 'divided' readers leave a hip without a grade. */
    agreement: z.enum(['single', 'unanimous', 'divided', 'adjudicated']),
    reads: z
      .array(
        z.strictObject({ id: count, hash, reader: z.string(), at: z.iso.datetime(), blinded: z.boolean() }),
      )
      .min(1),
  }),
]);
export type LabelSource = z.infer<typeof labelSource>;

export const snapshotGrade = grade.exclude(['cannot-grade']);
export type SnapshotGrade = z.infer<typeof snapshotGrade>;

export const snapshotHip = z.strictObject({
  /** In pixels of the picture that is stored: the localizer's input in 'learn', the whole film elsewhere. */
  box,
  laterality: laterality.exclude(['unknown']),
  /** Null where the hip is no example of a class: an implant, another injury, or readers who could not grade. */
  grade: snapshotGrade.nullable(),
  /** What the hip has besides, in words; null for nothing, or nothing known. */
  implant: z.string().nullable(),
  condition: z.string().nullable(),
  label: labelSource,
});
export type SnapshotHip = z.infer<typeof snapshotHip>;

export const snapshotFilm = z.strictObject({
  /** SHA-256 of the film's file, or of the pixels of a simulated one. */
  image: hash,
  /** SHA-256 of the greys in that file: another file with the same picture has it too. */
  greys: hash.optional(),
  source: imageSource,
  /** What a picture that is no film was made from; nothing for one of a phantom, who is nobody else. */
  madeFrom: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('ct'), ct: z.string().min(1) }),
      z.strictObject({ kind: z.literal('generator'), model: hash, learnedFrom: z.array(patientKey) }),
    ])
    .optional(),
  /** Of a simulated film; null for a real one. */
  look: z.enum(filmLooks).nullable(),
  view: z.enum(['pelvis', 'left', 'right', 'unknown']),
  /** Of the film. */
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  /** What took it, and where; null where unknown. */
  device: z.string().nullable(),
  site: z.string().nullable(),
  hips: z.array(snapshotHip),
});
export type SnapshotFilm = z.infer<typeof snapshotFilm>;

/** `<stem>.json` of a snapshot: a patient's films and labels. The grey values stand in `<stem>.u16`, in this order. */
export const snapshotPatient = z.strictObject({
  patient: patientKey,
  split,
  sex: z.enum(['F', 'M', 'O']).nullable(),
  ageYears: z.number().nonnegative().nullable(),
  films: z.array(snapshotFilm),
});
export type SnapshotPatient = z.infer<typeof snapshotPatient>;

/** One patient in the manifest: what the files must hash to, and all that could carry something of another patient. */
export const snapshotEntry = z.strictObject({
  patient: patientKey,
  split,
  /** Of `<stem>.json` and `<stem>.u16`. */
  stem: z.string().regex(/^(learn|tune|test)-\d{6}$/),
  truth: hash,
  pixels: hash,
  /** Hashes of the pictures' files and, where known, of their greys: one film under two names is found by them. */
  images: z.array(hash),
  films: count,
  hips: count,
  /** How many of the films are no films: in the plain look of a DRR, generated. */
  drrs: count,
  generated: count,
  /** How many of the films are simulated ones in the look of a clinic. */
  simulated: count,
  /** CT volumes that DRRs of this entry were computed from. */
  cts: z.array(z.string()),
  /** Generators whose pictures are in this entry, and every patient whom they learned from. */
  generators: z.array(z.strictObject({ model: hash, learnedFrom: z.array(patientKey) })),
});
export type SnapshotEntry = z.infer<typeof snapshotEntry>;

/** The two kinds never mix, and every figure of a simulated study says what it is. */
export const studies = ['simulated study', 'real films'] as const;
export const study = z.enum(studies);
export type Study = z.infer<typeof study>;

/** `snapshot.json`: a frozen data set. */
export const snapshotManifest = z.strictObject({
  format: z.literal(1),
  name: z.string().min(1).max(100),
  study,
  /** Version of Calcar that froze it, and the command that makes it again; null where a person labelled it. */
  software: z.string(),
  command: z.string().nullable(),
  frozenAt: z.iso.datetime(),
  entries: z.array(snapshotEntry),
  /** SHA-256 over study and entries: two snapshots with one hash hold the same pictures and labels. */
  hash,
});
export type SnapshotManifest = z.infer<typeof snapshotManifest>;

/** What is in one split: hips by the grade of their label. */
export const splitCounts = z.strictObject({
  patients: count,
  films: count,
  hips: z.strictObject({
    none: count,
    I: count,
    II: count,
    III: count,
    IV: count,
    /** Of no class: they teach the localizer alone. */
    ungraded: count,
  }),
});
export type SplitCounts = z.infer<typeof splitCounts>;
export const countsBySplit = z.strictObject({ learn: splitCounts, tune: splitCounts, test: splitCounts });
export type CountsBySplit = z.infer<typeof countsBySplit>;

/** A data set of the station. */
export const datasetRow = z.strictObject({
  hash,
  name: z.string(),
  study,
  folder: z.string(),
  frozenAt: z.iso.datetime(),
  counts: countsBySplit,
});
export type DatasetRow = z.infer<typeof datasetRow>;

/** What a freeze of the station's own reads would hold. */
export const freezePreview = z.strictObject({
  /** Null where no film has a read. */
  study: study.nullable(),
  /** The kinds of films that have reads; with two, one has to be chosen. */
  studies: z.array(study),
  counts: countsBySplit,
  /** Films and hips that are left out, each with the reason. */
  leftOut: z.array(z.strictObject({ fileName: z.string(), reason: z.string() })),
  /** What a person should know before: a class without a hip, patients who cannot be told apart. */
  warnings: z.array(z.string()),
});
export type FreezePreview = z.infer<typeof freezePreview>;

/** What was frozen, and what was left out of it. */
export const freezeResult = z.strictObject({ dataset: datasetRow, leftOut: freezePreview.shape.leftOut });
export type FreezeResult = z.infer<typeof freezeResult>;
