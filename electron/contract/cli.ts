import * as z from 'zod';
import { wireError } from './errors.ts';
import { finding, grade } from './finding.ts';
import { filmDescription } from './film.ts';
import { box } from './image.ts';
import { worklistRow } from './reads.ts';
import { countsBySplit, datasetRow, snapshotManifest } from './snapshot.ts';

/** What `--json` prints, one schema a command. `calcar doctor --json` prints a `doctorReport`, `calcar agreement --json` an `agreementReport`. */

const imageHash = filmDescription.shape.imageHash;

/** One file of `calcar read`. */
export const readFile = z.strictObject({
  /** As it was given or found under a given folder. */
  file: z.string(),
  imageHash: imageHash.nullable(),
  /**
   * 'refused' is a film on which the machine gives no answer; 'unusable' is a file that is no radiograph;
   * 'failed' is one that could not be read through; 'withheld' is answered, but a blinded reader has not
   * committed.
   */
  state: z.enum(['answered', 'doubtful', 'refused', 'unusable', 'failed', 'withheld']),
  /** Why there is no answer; null where there is one. */
  sentence: z.string().nullable(),
  finding: finding.nullable(),
  /** Path of the overlay picture; null where none was made. */
  picture: z.string().nullable(),
});
export type ReadFile = z.infer<typeof readFile>;

const modelUsed = z.strictObject({ name: z.string(), hash: z.string(), warning: z.string() }).nullable();

export const readOutput = z.strictObject({ model: modelUsed, stored: z.boolean(), files: z.array(readFile) });
export type ReadOutput = z.infer<typeof readOutput>;

export const demoOutput = z.strictObject({
  model: modelUsed,
  files: z.array(
    z.strictObject({
      ...readFile.shape,
      /** What the simulated film really shows. */
      truth: z.array(z.strictObject({ laterality: z.enum(['left', 'right']), grade, box })),
    }),
  ),
});
export type DemoOutput = z.infer<typeof demoOutput>;

/** `calcar films` */
export const filmsOutput = z.array(worklistRow);

/** `calcar db verify` */
export const verifyOutput = z.strictObject({
  database: z.string(),
  reads: z.number().int().nonnegative(),
  /** Keep it elsewhere: it proves later that no read was cut off the end. Empty without reads. */
  lastHash: z.string(),
  /** Number of the first read that does not follow from the one before; null when all do. */
  brokenAt: z.number().int().nullable(),
});

/** `calcar phantom` */
export const phantomOutput = z.strictObject({
  folder: z.string(),
  /** Patients that are there now. */
  patients: z.number().int().positive(),
  /** Those of them that were made by this run. */
  made: z.number().int().nonnegative(),
  seed: z.number().int().nonnegative(),
  voxelMm: z.number().positive(),
  style: z.enum(['clinic', 'drr']),
  ct: z.boolean(),
  films: z.boolean(),
  seconds: z.number().nonnegative(),
});

const placeInMm = z.tuple([z.number(), z.number(), z.number()]).or(z.array(z.number()).length(3));
const recorded = z.custom<object>((value) => typeof value === 'object' && value !== null);

/** The file beside each picture of `calcar drr`: what it shows and everything that it was made with. */
export const drrPicture = z.strictObject({
  simulated: z.literal(true),
  software: z.string(),
  /** The DICOM file beside it, and the SHA-256 of its bytes. */
  file: z.string(),
  sha256: imageHash,
  units: z.string(),
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  /** Millimetres at the detector. */
  pixelSpacing: z.number().positive(),
  side: z.enum(['left', 'right']),
  label: z.enum(['none', 'I', 'II', 'III', 'IV', 'unknown']),
  /** True when the hip has what the three classes do not name; null where nobody knows. */
  outOfScope: z.boolean().nullable(),
  /** The hip's box, cut to the film; null when none of it is on the film. */
  box: box.nullable(),
  wholeBox: box,
  /** 'truth' from a phantom's landmarks; 'head' from centre and radius of the femoral head alone. */
  boxFrom: z.enum(['truth', 'head']),
  headCentre: z.strictObject({ x: z.number(), y: z.number() }),
  seed: z.number().int().nonnegative(),
  /** From 1. */
  view: z.number().int().positive(),
  source: recorded,
  hip: z.strictObject({ headCentre: placeInMm, headRadius: z.number().positive() }),
  variation: recorded,
  geometry: recorded,
  exposure: recorded,
  look: recorded,
});
export type DrrPicture = z.infer<typeof drrPicture>;

/** `calcar drr` */
export const drrOutput = z.strictObject({
  folder: z.string(),
  /** Pictures that are there now, by the names of their files without ending. */
  pictures: z.array(z.string()),
  /** Those of them that this run made. */
  made: z.number().int().nonnegative(),
  /** Hips that could not be pictured, each with the reason. */
  refused: z.array(z.strictObject({ side: z.enum(['left', 'right']).nullable(), reason: z.string() })),
  notes: z.array(z.string()),
  seconds: z.number().nonnegative(),
});
export type DrrOutput = z.infer<typeof drrOutput>;

const count = z.number().int().nonnegative();
const { name, study, software, command, frozenAt, hash } = snapshotManifest.shape;

/** `calcar dataset make` */
export const datasetMakeOutput = z.strictObject({
  folder: z.string(),
  name,
  hash,
  counts: countsBySplit,
  /** Patients that this run simulated; the others were there. */
  made: count,
  seconds: z.number().nonnegative(),
});
export type DatasetMakeOutput = z.infer<typeof datasetMakeOutput>;

const tally = z.record(z.string(), z.strictObject({ learn: count, tune: count, test: count }));

/** `calcar dataset show` */
export const datasetShowOutput = z.strictObject({
  folder: z.string(),
  name,
  study,
  software,
  command,
  frozenAt,
  hash,
  counts: countsBySplit,
  /** Hips by the three classes, and those of none. */
  classes: tally,
  /** Hips by where their label comes from. */
  labels: tally,
  /** Films by what they are, how they look, what took them and where. */
  sources: tally,
  looks: tally,
  devices: tally,
  sites: tally,
  /** Patients. */
  sexes: tally,
  /** Sentences that name what could reach training from another split; a frozen data set has none. */
  leaks: z.array(z.string()),
});
export type DatasetShowOutput = z.infer<typeof datasetShowOutput>;

/** `calcar dataset verify` */
export const datasetVerifyOutput = z.strictObject({
  folder: z.string(),
  name,
  hash,
  patients: count,
  /** Sentences on the patients whose files are gone or not what was frozen. */
  problems: z.array(z.string()),
});

/** `calcar dataset list`; `add` prints one of them, and `freeze` a `freezeResult`. */
export const datasetListOutput = z.array(datasetRow);

const reportedName = z.enum(['sensitivity', 'specificity', 'accuracy', 'ppv', 'npv']);
const matchingTable = z.strictObject({
  /** Rows are truths, columns answers; of two classes the first is the one looked for. */
  table: z.array(z.array(count)),
  fits: z.boolean(),
  /** Sum of the distances of the reported numbers from the table's. */
  deviation: z.number().nonnegative(),
  /** Numbers that fit only as cut off, not as rounded. */
  cutOff: z.array(reportedName),
  accuracyIs: z.enum(['top-1', 'mean one-versus-rest']),
  /** The table's own; null where it has none, as a predictive value of what was never answered. */
  shares: z.record(reportedName, z.number().nullable()),
});

/** `calcar consistency` */
export const consistencyOutput = z.strictObject({
  /** Cases of each class; of two classes positives and negatives. */
  cases: z.array(z.number().int().positive()),
  /** As they were given. */
  reported: z.partialRecord(reportedName, z.string()),
  verdict: z.enum(['fits', 'fits when swapped', 'cannot be', 'not all tables searched']),
  sentence: z.string(),
  /** The best table for the numbers as printed; the nearest where none fits. */
  asPrinted: matchingTable,
  /** Two names which, exchanged, make a table fit; null where they fit as printed, or none helps. */
  swap: z.strictObject({ names: z.tuple([reportedName, reportedName]), match: matchingTable }).nullable(),
  /** How many cases the fitting tables have right. */
  right: z.array(count),
  /** How many tables fit. */
  tables: count,
});
export type ConsistencyOutput = z.infer<typeof consistencyOutput>;

/** Any command that could not run. */
export const failedOutput = z.strictObject({ error: wireError });
