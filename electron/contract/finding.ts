import * as z from 'zod';
import { box } from './image.ts';
import { hipScope, scopeAnswer } from './scope.ts';

/** The patient's side, never the picture's. */
export const laterality = z.enum(['left', 'right', 'unknown']);
export type Laterality = z.infer<typeof laterality>;

/**
 * Where the side was learned from: the file's tag, its place on an AP pelvis, which way the hip faces on a
 * film of one hip without a tag, or a person.
 */
export const lateralitySource = z.enum(['tag', 'position', 'appearance', 'person', 'unknown']);
export type LateralitySource = z.infer<typeof lateralitySource>;

/** The three answers of the paper. */
export const gradeGroups = ['none', 'I-II', 'III-IV'] as const;
export const gradeGroup = z.enum(gradeGroups);
export type GradeGroup = z.infer<typeof gradeGroup>;

/** What a person may say of a hip. */
export const grades = ['none', 'I', 'II', 'III', 'IV', 'cannot-grade'] as const;
export const grade = z.enum(grades);
export type Grade = z.infer<typeof grade>;

/** The three-class answer that follows from a grade; null when the reader could not grade. */
export function gradeGroupOf(value: Grade): GradeGroup | null {
  switch (value) {
    case 'none':
      return 'none';
    case 'I':
    case 'II':
      return 'I-II';
    case 'III':
    case 'IV':
      return 'III-IV';
    case 'cannot-grade':
      return null;
  }
}

const probability = z.number().min(0).max(1);
/** Probabilities of the three groups; they sum to 1. */
export const probabilities = z.strictObject({
  none: probability,
  'I-II': probability,
  'III-IV': probability,
});
export type Probabilities = z.infer<typeof probabilities>;

/** Why an answer should be read with care, or was not given. */
export const warningKinds = [
  'modality',
  'body-part',
  'view',
  'side',
  'no-hip-found',
  'hip-cut-off',
  'blank',
  'low-contrast',
  'too-small',
  'inverted',
  'uncalibrated',
  'lossy',
  'simulated',
  'several-frames',
  'colour',
  // what the learned gate says
  'out-of-scope',
  'rotated',
  'cropped',
  'corrupt',
  'implant',
  'other-injury',
] as const;
export const qualityWarning = z.strictObject({
  kind: z.enum(warningKinds),
  /** 'refuse' stops the answer; 'doubt' lets it stand under a warning; 'note' is a badge. */
  weight: z.enum(['refuse', 'doubt', 'note']),
  sentence: z.string(),
});
export type QualityWarning = z.infer<typeof qualityWarning>;

/** Below this the raw probability of a model whose confidence was never fixed carries no answer: no group has two of three chances. */
export const leastSure = 2 / 3;

/** Why a hip needs a human: what the machine knows that it does not know. */
export const humanReasons = [
  /** More than one group is in the prediction set. */
  'several-groups',
  /** No group is: the hip is unlike those that the sets were fixed on. */
  'no-group',
  /** Nothing says how sure this model is, and its raw probability is below `leastSure`. */
  'low-probability',
  'implant',
  'other-injury',
  /** The film stands under a doubt of the quality gate. */
  'doubtful-film',
] as const;
export const humanReason = z.enum(humanReasons);
export type HumanReason = z.infer<typeof humanReason>;

/** How sure the machine is of one hip, by what was fixed on tuning patients (`contract/confidence.ts`). */
export const certainty = z.strictObject({
  /** After temperature scaling. */
  probabilities,
  /** Groups that are not ruled out: holds the truth for 90 of 100 hips of each group, where patients are like those it was fixed on. */
  set: z.array(gradeGroup),
  /** 'Any fracture' at the two operating points. */
  fractureAtHighSensitivity: z.boolean(),
  fractureAtHighSpecificity: z.boolean(),
});
export type Certainty = z.infer<typeof certainty>;

export const hipFinding = z.strictObject({
  box,
  laterality,
  lateralitySource,
  /** The localizer's own score that a hip is here, 0..1. */
  presence: probability,
  /** As the network gives them. */
  probabilities,
  gradeGroup,
  /** Null where the model's confidence was never fixed. */
  certainty: certainty.nullable().default(null),
  /** What the hip is beside its grade; null where no gate was asked. */
  scope: z.strictObject({ scope: hipScope, probability }).nullable().default(null),
  /** Empty where the machine answers for itself. */
  needsHuman: z.array(humanReason).default([]),
});
export type HipFinding = z.infer<typeof hipFinding>;

export const timings = z.strictObject({
  decodeMs: z.number().nonnegative(),
  localizeMs: z.number().nonnegative(),
  classifyMs: z.number().nonnegative(),
});
export type Timings = z.infer<typeof timings>;

/** What the machine says of one film. Saliency is computed after, on its own call. */
export const finding = z.strictObject({
  imageHash: z.string(),
  /** SHA-256 over the weights files of localizer and classifier. */
  modelHash: z.string(),
  modelName: z.string(),
  backend: z.string(),
  /** 'refused' has no hips; 'doubtful' has at least one warning of weight 'doubt'. */
  outcome: z.enum(['answered', 'doubtful', 'refused']),
  warnings: z.array(qualityWarning),
  hips: z.array(hipFinding),
  /** SHA-256 of the `confidence.json` that `certainty` comes from; null where there was none. */
  confidenceHash: z.string().nullable().default(null),
  /** What the learned gate said of the whole film; null where it was not asked. */
  scope: scopeAnswer.nullable().default(null),
  /** Named numbers of the film as the networks see it, which drift is watched by. */
  input: z.record(z.string(), z.number()).nullable().default(null),
  timings,
});
export type Finding = z.infer<typeof finding>;

/** A saliency map over one hip's box: rows × columns values in 0..1, row-major, stretched over `box`. */
export interface SaliencyMap {
  readonly box: z.infer<typeof box>;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  /** The class whose evidence it shows. */
  readonly of: GradeGroup;
}
