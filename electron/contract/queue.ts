import * as z from 'zod';
import { filmDescription } from './film.ts';

const count = z.number().int().nonnegative();

export const queueReasons = ['entropy', 'disagreement', 'novelty', 'needs-human'] as const;

/** One film to label next, and why it before others. */
export const queueRow = z.strictObject({
  imageHash: filmDescription.shape.imageHash,
  fileName: z.string(),
  patientId: z.string().nullable(),
  /** From 1. */
  rank: z.number().int().positive(),
  /** 0..1; null where withheld. */
  score: z.number().min(0).max(1).nullable(),
  /** The strongest first; at least one, unless withheld. */
  reasons: z.array(
    z.strictObject({ reason: z.enum(queueReasons), value: z.number().min(0).max(1), sentence: z.string() }),
  ),
});
export type QueueRow = z.infer<typeof queueRow>;

/** Handed out and written down: which films were proposed, by which model, in which order. */
export const labellingQueue = z.strictObject({
  /** Null where nothing was written down because nothing is to be labelled. */
  id: z.number().int().positive().nullable(),
  at: z.iso.datetime(),
  modelHash: z.string().nullable(),
  rows: z.array(queueRow),
  /** Films without a person's read, and those of them that the machine has read. */
  unlabelled: count,
  scored: count,
  /** A blinded reader is told the order and no reason: a reason would be the machine's word. */
  withheld: z.boolean(),
});
export type LabellingQueue = z.infer<typeof labellingQueue>;

/** What a simulated study says of the queue: balanced accuracy by films labelled, by the queue and in random order. */
export const queueStudy = z.strictObject({
  format: z.literal(1),
  warning: z.string(),
  software: z.string(),
  at: z.iso.datetime(),
  /** What learns from the labels, in words. */
  learner: z.string(),
  pool: z.strictObject({ patients: count, hips: count }),
  test: z.strictObject({ patients: count, hips: count }),
  repeats: count,
  curves: z.array(
    z.strictObject({
      order: z.enum(['random', 'queue', 'entropy', 'disagreement', 'novelty']),
      points: z.array(
        z.strictObject({ labels: count, accuracy: z.number(), low: z.number(), high: z.number() }),
      ),
    }),
  ),
  /**
   * Films that are labelled less than in random order at the last accuracy that both reach, as a share of those of
   * whichever needs more (negative: it needs more), with where 95 of 100 repeats lie.
   */
  saved: z.array(
    z.strictObject({
      order: z.enum(['queue', 'entropy', 'disagreement', 'novelty']),
      share: z.number(),
      low: z.number(),
      high: z.number(),
    }),
  ),
  sentence: z.string(),
});
export type QueueStudy = z.infer<typeof queueStudy>;
