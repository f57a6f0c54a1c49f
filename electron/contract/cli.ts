import * as z from 'zod';
import { wireError } from './errors.ts';
import { finding, grade } from './finding.ts';
import { filmDescription } from './film.ts';
import { box } from './image.ts';
import { worklistRow } from './reads.ts';

/** What `--json` prints, one schema a command. `calcar doctor --json` prints a `doctorReport`. */

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

/** Any command that could not run. */
export const failedOutput = z.strictObject({ error: wireError });
