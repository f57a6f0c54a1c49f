import * as z from 'zod';
import { estimate, named } from './evaluation.ts';
import { gradeGroup } from './finding.ts';
import { study } from './snapshot.ts';

const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const fixedOn = z.strictObject({ snapshot: named, patients: count, hips: count });

/** One of the two answers to 'fracture or none': called where the calibrated probability of any fracture is at least `threshold`. */
export const fixedPoint = z.strictObject({
  threshold: share,
  /** What was asked of it on the tuning patients: a sensitivity, or a specificity. */
  least: share,
});

/**
 * `confidence.json` of a models' folder: what turns a network's raw probabilities into how sure it is. Fixed on tuning
 * patients, judged on test patients; it holds for one pair of networks and for films like those.
 */
export const modelConfidence = z.strictObject({
  format: z.literal(1),
  /** Hash of the models that it was fixed for; with others it is refused. */
  model: hash,
  study,
  software: z.string(),
  fixedAt: z.iso.datetime(),
  fixedOn,
  /** Logits are divided by it. */
  temperature: z.number().positive(),
  conformal: z.strictObject({
    /** Share of hips, of each group, whose set may miss the truth. */
    miscoverage: share,
    /** A group is in the set where its calibrated probability is at least this. */
    least: z.strictObject({ none: share, 'I-II': share, 'III-IV': share }),
  }),
  highSensitivity: fixedPoint,
  highSpecificity: fixedPoint,
  /** How it did on patients it was not fixed on; null before an evaluation. */
  judged: z
    .strictObject({
      on: fixedOn,
      expectedCalibrationError: estimate.nullable(),
      /** Mean calibrated probability of the answers in a bin, and the share of them that was right. */
      reliability: z.array(z.strictObject({ confidence: share, right: estimate })),
      coverage: estimate.nullable(),
      coverageByClass: z.array(z.strictObject({ group: gradeGroup, coverage: estimate.nullable() })),
      highSensitivity: z.strictObject({ sensitivity: estimate.nullable(), specificity: estimate.nullable() }),
      highSpecificity: z.strictObject({ sensitivity: estimate.nullable(), specificity: estimate.nullable() }),
      /** Of all hips, those that are left to a human. */
      needsHuman: estimate.nullable(),
      /** Of those that are not, the share whose group is right. */
      rightOfAnswered: estimate.nullable(),
    })
    .nullable(),
});
export type ModelConfidence = z.infer<typeof modelConfidence>;
