import * as z from 'zod';
import { gradeGroup } from './finding.ts';

/** An estimate with its 95 % confidence interval; null where nothing was counted. */
export const estimate = z.strictObject({
  estimate: z.number(),
  low: z.number(),
  high: z.number(),
  /** 'wilson' for shares; 'patient-bootstrap' draws whole patients, 2,000 times. */
  method: z.enum(['wilson', 'patient-bootstrap']),
});
export type Estimate = z.infer<typeof estimate>;

const count = z.number().int().nonnegative();

/** The two looks of simulated films: as departments make them, and the plain one that only augments. Never mixed. */
export const filmLooks = ['clinic', 'drr'] as const;
export type SimulatedLook = (typeof filmLooks)[number];

/** What `calcar evaluate --json` prints: held-out simulated films of one look, read end to end. */
export const evaluationReport = z.strictObject({
  /** Said before any number: what the numbers are not. */
  warning: z.string(),
  look: z.enum(filmLooks),
  modelHash: z.string(),
  backend: z.string(),
  seeds: z.strictObject({ first: count, last: count }),
  patients: count,
  films: count,
  hips: count,
  localizer: z.strictObject({
    /** Intersection over union; a missed hip counts 0. */
    meanOverlap: estimate,
    foundHips: estimate,
    /** Boxes where no hip is. */
    falseBoxes: count,
    /** Of the found hips, those whose side is right. */
    rightSide: estimate.nullable(),
  }),
  classifier: z.strictObject({
    /** Of all hips; a missed hip is wrong. */
    topOne: estimate,
    topOneByPatient: estimate,
    balancedAccuracy: estimate,
    /** The number that the paper calls accuracy: mean of the three 'this class or another' accuracies, of found hips. */
    meanOneVersusRest: estimate.nullable(),
    byGroup: z.array(z.strictObject({ group: gradeGroup, hips: count, right: estimate.nullable() })),
    byGrade: z.array(z.strictObject({ grade: z.string(), hips: count, right: estimate.nullable() })),
    /** Rows: truth none, I-II, III-IV; columns: answered none, I-II, III-IV, not found. */
    confusion: z.array(z.array(count)),
  }),
  millisecondsPerFilm: z.number(),
});
export type EvaluationReport = z.infer<typeof evaluationReport>;
