import * as z from 'zod';
import { estimate, evaluationReport, named } from './evaluation.ts';
import { networkName, recipe } from './recipe.ts';
import { study } from './snapshot.ts';

const count = z.number().int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** 'interrupted' is a run whose process is gone without a word: it goes on from its checkpoint. */
export const runStates = [
  'waiting',
  'running',
  'paused',
  'interrupted',
  'finished',
  'cancelled',
  'failed',
] as const;
export const runState = z.enum(runStates);
export type RunState = z.infer<typeof runState>;

/** Where a run is. Measured, never guessed; null where nothing was measured yet. */
export const runProgress = z.strictObject({
  /** Steps done since the beginning, over all resumptions, and in all. */
  step: count,
  steps: count,
  /** From 1. */
  epoch: count,
  epochs: count,
  /** Mean of the epoch so far; null before its first step. */
  trainingLoss: z.number().nullable(),
  learningRate: z.number().nonnegative(),
  imagesPerSecond: z.number().nonnegative().nullable(),
  /** To the last epoch if none stops it earlier. */
  secondsLeft: z.number().nonnegative().nullable(),
  /** Of the training process. */
  residentBytes: count,
  tensors: count,
  tensorBytes: count,
  at: z.iso.datetime(),
});
export type RunProgress = z.infer<typeof runProgress>;

/** One finished epoch. */
export const runEpoch = z.strictObject({
  epoch: count,
  step: count,
  trainingLoss: z.number(),
  /** What is made small on the tuning patients: the best epoch has the least. */
  validationLoss: z.number(),
  /** Named measures of the tuning patients, as shares: 'balanced accuracy', 'mean overlap'. */
  measures: z.record(z.string(), z.number()),
  isBest: z.boolean(),
  seconds: z.number().nonnegative(),
  imagesPerSecond: z.number().nonnegative(),
  residentBytes: count,
  tensors: count,
});
export type RunEpoch = z.infer<typeof runEpoch>;

export const runId = z.string().regex(/^[0-9a-z-]{1,80}$/);

/** One training, as a person sees it. */
export const trainingRun = z.strictObject({
  id: runId,
  name: z.string().min(1).max(100),
  snapshot: z.strictObject({ name: z.string(), hash, study }),
  network: networkName,
  recipe,
  state: runState,
  /** Why it stands where it stands, as a sentence; null where the state says all. */
  reason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  backend: z.string().nullable(),
  /** Films to learn from for the localizer, hips for the classifier. */
  examples: z.strictObject({ learn: count, tune: count }).nullable(),
  progress: runProgress.nullable(),
  epochs: z.array(runEpoch),
  bestEpoch: count.nullable(),
});
export type TrainingRun = z.infer<typeof trainingRun>;

/** A recipe to start from, for either network. */
export const trainingPreset = z.strictObject({
  id: z.enum(['shipped', 'strong', 'paper', 'quick']),
  name: z.string(),
  /** What it is for, as a sentence. */
  about: z.string(),
  recipes: z.strictObject({ localizer: recipe, classifier: recipe }),
});
export type TrainingPreset = z.infer<typeof trainingPreset>;

/** An evaluation of a run's model, and where its page is. */
export const trainingReport = z.strictObject({ report: evaluationReport, page: z.string() });
export type TrainingReport = z.infer<typeof trainingReport>;

/** An evaluated model: a training by its id, a model of the shelf by 'model-' and the start of its hash. */
export const evaluationId = z.string().regex(/^[0-9a-z-]{1,80}$/);
export const evaluationRow = z.strictObject({
  id: evaluationId,
  model: named,
  snapshot: named,
  study,
  readAt: z.iso.datetime(),
  balancedAccuracy: estimate,
  /** Not of this version's shape: it must be evaluated again before it can be shown. */
  isOld: z.boolean(),
});
export type EvaluationRow = z.infer<typeof evaluationRow>;
