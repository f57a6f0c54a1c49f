import * as z from 'zod';
import { box } from './image.ts';

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
] as const;
export const qualityWarning = z.strictObject({
  kind: z.enum(warningKinds),
  /** 'refuse' stops the answer; 'doubt' lets it stand under a warning; 'note' is a badge. */
  weight: z.enum(['refuse', 'doubt', 'note']),
  sentence: z.string(),
});
export type QualityWarning = z.infer<typeof qualityWarning>;

/** Below this the largest probability does not carry an answer and the hip needs a human: no group has two of three chances. */
export const leastSure = 2 / 3;

export const hipFinding = z.strictObject({
  box,
  laterality,
  lateralitySource,
  /** The localizer's own score that a hip is here, 0..1. */
  presence: probability,
  probabilities,
  gradeGroup,
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
