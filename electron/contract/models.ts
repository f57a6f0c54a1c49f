import * as z from 'zod';
import { comparisonReport } from './comparison.ts';
import { modelConfidence } from './confidence.ts';
import { estimate, named } from './evaluation.ts';
import { filmDescription } from './film.ts';
import { gradeGroup, laterality, probabilities } from './finding.ts';
import { networkName, recipe } from './recipe.ts';
import { saliencyVerdict } from './saliencyTests.ts';
import { study } from './snapshot.ts';
import { runId } from './training.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
export const modelHash = hash;
const share = z.number().min(0).max(1);
const count = z.number().int().nonnegative();

/** What a candidate must show. Set before its training begins and kept with it: no one moves the line afterwards. */
export const promotionRules = z.strictObject({
  /** By how much balanced accuracy may be worse than the current model's, at the low end of the 95 % interval of the difference. */
  margin: share,
  /** Least share of the hips of each class that must be classed rightly, at the point estimate. */
  floors: z.strictObject({ none: share, 'I-II': share, 'III-IV': share }),
  /** Largest expected calibration error after temperature scaling, at the point estimate. */
  calibration: share,
  /** Of its saliency maps: one method at least passed every test that could be done, all were tested, or nothing. */
  saliency: z.enum(['passed', 'tested', 'not asked']),
  /** Films that it must have read in the shadow of the current model. */
  shadowFilms: count,
});
export type PromotionRules = z.infer<typeof promotionRules>;
export const defaultRules: PromotionRules = {
  margin: 0.03,
  floors: { none: 0.7, 'I-II': 0.6, 'III-IV': 0.85 },
  calibration: 0.1,
  saliency: 'not asked',
  shadowFilms: 0,
};

/** One network of a model as its training record names it; null where a folder came without one. */
export const shelvedNetwork = z.strictObject({
  network: networkName,
  sha256: hash,
  training: z
    .strictObject({
      name: z.string(),
      snapshot: z.strictObject({ name: z.string(), hash, study }),
      recipe,
      software: z.string(),
      finishedAt: z.iso.datetime(),
    })
    .nullable(),
});
export type ShelvedNetwork = z.infer<typeof shelvedNetwork>;

/** How a model did on one frozen test set. */
export const shelvedEvaluation = z.strictObject({
  snapshot: named,
  study,
  at: z.iso.datetime(),
  software: z.string(),
  balancedAccuracy: estimate,
  topOne: estimate,
  macroArea: estimate.nullable(),
  meanOverlap: estimate,
  calibrationError: estimate.nullable(),
});
export type ShelvedEvaluation = z.infer<typeof shelvedEvaluation>;

export const modelStates = ['current', 'candidate', 'former', 'gone', 'damaged'] as const;

/** A model on the shelf. What it is never changes; its evaluations, verdicts and promotions are added to it. */
export const shelvedModel = z.strictObject({
  /** SHA-256 over its weights files, as every read names it. */
  hash,
  name: z.string(),
  study: study.nullable(),
  source: z.enum(['shipped', 'trained here', 'brought in']),
  /** The training it came from. */
  run: runId.nullable(),
  addedAt: z.iso.datetime(),
  addedBy: z.string(),
  /** Version of Calcar that put it on the shelf. */
  software: z.string(),
  networks: z.array(shelvedNetwork),
  /** 'gone' and 'damaged' are what its files are now, looked at again by their hash. */
  state: z.enum(modelStates),
  rules: promotionRules,
  /** When the rules were set: before its training, or only when it was put on the shelf. */
  rulesSet: z.enum(['before its training', 'on the shelf']),
  /** Newest first. */
  evaluations: z.array(shelvedEvaluation),
  confidence: modelConfidence.nullable(),
  saliency: saliencyVerdict.nullable(),
  /** Reads in this database that carry its hash. */
  reads: count,
});
export type ShelvedModel = z.infer<typeof shelvedModel>;

export const promotionChecks = [
  'files',
  'independence',
  'non-inferiority',
  'sensitivity',
  'calibration',
  'saliency',
  'shadow',
] as const;
export const promotionCheck = z.strictObject({
  check: z.enum(promotionChecks),
  passed: z.boolean(),
  /** In numbers: 'at least −3.0 points'. */
  asked: z.string(),
  /** In numbers, with the interval: '−8.1 points (−11.0 to −5.2), 240 hips of 80 patients'. */
  seen: z.string(),
  /** What it means, as a sentence. */
  sentence: z.string(),
});
export type PromotionCheck = z.infer<typeof promotionCheck>;

/** Whether a candidate may take the current model's place, and every number that decides it. */
export const promotionVerdict = z.strictObject({
  format: z.literal(1),
  /** Null for films of patients. */
  warning: z.string().nullable(),
  model: named,
  against: named,
  snapshot: named,
  rules: promotionRules,
  at: z.iso.datetime(),
  allowed: z.boolean(),
  checks: z.array(promotionCheck),
  /** The candidate is the first, the current model the second. */
  comparison: comparisonReport,
});
export type PromotionVerdict = z.infer<typeof promotionVerdict>;

/** What happened to the place of the current model, in order; it only grows. */
export const promotionEvent = z.strictObject({
  id: z.number().int().positive(),
  at: z.iso.datetime(),
  by: z.string(),
  kind: z.enum(['promoted', 'refused', 'rolled back']),
  model: named,
  /** Who was current before. */
  before: named,
  verdict: promotionVerdict.nullable(),
  /** The clock stood before the time of the entry above it: order is by number, never by clock. */
  clockWentBack: z.boolean(),
});
export type PromotionEvent = z.infer<typeof promotionEvent>;

export const modelShelf = z.strictObject({
  current: hash.nullable(),
  /** The model that a rollback would put back; null where there is none. */
  rollbackTo: named.nullable(),
  /** The current one first, then the newest. */
  models: z.array(shelvedModel),
  /** Newest first. */
  events: z.array(promotionEvent),
  /** For trainings that begin from now on. */
  rules: promotionRules,
});
export type ModelShelf = z.infer<typeof modelShelf>;

/** One hip on which the two do not agree. */
export const shadowDisagreement = z.strictObject({
  imageHash: filmDescription.shape.imageHash,
  fileName: z.string(),
  laterality,
  /** Null where one found no hip there, or refused the film. */
  current: z.strictObject({ group: gradeGroup, probabilities }).nullable(),
  candidate: z.strictObject({ group: gradeGroup, probabilities }).nullable(),
});

/** A candidate reads every film unseen beside the current model. Nothing of it reaches a reader before promotion. */
export const shadowReport = z.strictObject({
  candidate: named,
  against: named,
  isRunning: z.boolean(),
  since: z.iso.datetime(),
  /** Films that both have read, of all that the current model has read. */
  films: count,
  of: count,
  /** Of these films, the simulated ones: agreement on them says nothing of patients. */
  simulated: count,
  hips: count,
  agreement: estimate.nullable(),
  kappa: estimate.nullable(),
  /** Rows: current none, I-II, III-IV, no answer; columns: the candidate's. */
  table: z.array(z.array(count)),
  /** The candidate's answers on films that a person has read since, beside the current model's: shares of hips right. */
  againstReaders: z.strictObject({
    hips: count,
    /** Of these, hips whose reader had been shown a model's answer, which favours the current one. */
    sawCurrent: count,
    current: estimate.nullable(),
    candidate: estimate.nullable(),
  }),
  /** The gravest, gravest first; without films whose answer is withheld from the present reader. */
  disagreements: z.array(shadowDisagreement),
  /** Why the candidate reads no more; null while it can. */
  failure: z.string().nullable(),
});
export type ShadowReport = z.infer<typeof shadowReport>;
