import * as z from 'zod';
import { estimate, named } from './evaluation.ts';
import { study } from './snapshot.ts';

const count = z.number().int().nonnegative();
const perhaps = estimate.nullable();
const probability = z.number().min(0).max(1);

/** The first less the second, on the same draws of patients. */
const difference = z.strictObject({
  name: z.string(),
  first: perhaps,
  second: perhaps,
  difference: perhaps,
  /** Smallest true difference that such a test shows four times of five; null where none was measured. */
  detectable: z.number().nonnegative().nullable(),
});
export type MeasureDifference = z.infer<typeof difference>;

/** What `calcar compare --json` prints: two models on the same hips. */
export const comparisonReport = z.strictObject({
  format: z.literal(1),
  /** Said before any number; null for films of patients. */
  warning: z.string().nullable(),
  study,
  first: named,
  second: named,
  snapshot: named,
  patients: count,
  films: count,
  hips: count,
  graded: count,
  /** Films that only one of the two has read. */
  leftOut: count,
  /** The first of them, balanced accuracy, is what the verdict rests on. */
  measures: z.array(difference).min(1),
  /** Ranking AUC over the hips that both found; `p` after DeLong, `holm` over all areas here. */
  areas: z.array(
    z.strictObject({ ...difference.shape, p: probability.nullable(), holm: probability.nullable() }),
  ),
  /** McNemar's exact test on who was right; `holm` over all decisions here. */
  decisions: z.array(
    z.strictObject({
      name: z.string(),
      hips: count,
      onlyFirst: count,
      onlySecond: count,
      difference: perhaps,
      p: probability,
      holm: probability,
    }),
  ),
  verdict: z.string(),
});
export type ComparisonReport = z.infer<typeof comparisonReport>;
