import * as z from 'zod';
import { named } from './evaluation.ts';

const count = z.number().int().nonnegative();

/** One thing that is watched. */
export const driftSignal = z.strictObject({
  /** In words: 'Mean grey', 'Films refused', 'Right where a person read it'. */
  name: z.string(),
  kind: z.enum(['input', 'refusal', 'answers', 'calibration']),
  unit: z.string().nullable(),
  /** What it was among the films that the model was fixed on: mean and standard deviation, or share and hips. */
  reference: z.strictObject({ mean: z.number(), deviation: z.number().nonnegative(), n: count }).nullable(),
  /** Means of films in a row, oldest first, with their 95 % interval. */
  series: z.array(
    z.strictObject({ at: z.iso.datetime(), n: count, mean: z.number(), low: z.number(), high: z.number() }),
  ),
  /** Of the sequential test, on its own scale, and where it alarms. */
  statistic: z.number(),
  limit: z.number(),
  alarm: z.boolean(),
  /** When it first went over its limit. */
  since: z.iso.datetime().nullable(),
  /** What is seen and what to do about it. */
  sentence: z.string(),
});
export type DriftSignal = z.infer<typeof driftSignal>;

/** The station's films over time beside those that the current model was fixed on. */
export const driftReport = z.strictObject({
  model: named.nullable(),
  /** Null where the model's folder says nothing of its films: then only changes within the station's own can be seen. */
  reference: named.nullable(),
  films: count,
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  /** How often a stable station is alarmed falsely, over how many films: what the limits were made for. */
  falseAlarms: z.string(),
  alarm: z.boolean(),
  sentence: z.string(),
  signals: z.array(driftSignal),
});
export type DriftReport = z.infer<typeof driftReport>;
