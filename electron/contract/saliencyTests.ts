import * as z from 'zod';
import { estimate, named } from './evaluation.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

/** Two maps of one answer: where the evidence lies, and which edges carry it. */
export const saliencyMethods = ['grad-cam', 'guided-backpropagation'] as const;
export const saliencyMethod = z.enum(saliencyMethods);
export type SaliencyMethod = z.infer<typeof saliencyMethod>;

/** The four tests of Arun et al., Radiology: Artificial Intelligence 2021, doi 10.1148/ryai.2021200267. */
export const saliencyTestNames = [
  'localisation',
  'randomisation',
  'repeatability',
  'reproducibility',
] as const;
export const saliencyTestName = z.enum(saliencyTestNames);
export type SaliencyTestName = z.infer<typeof saliencyTestName>;

export const saliencyTest = z.strictObject({
  test: saliencyTestName,
  /** 'not tested' carries its reason: no twin of the model is on the shelf. */
  verdict: z.enum(['passed', 'failed', 'not tested']),
  /** What was measured, in words, with its unit. */
  measure: z.string(),
  seen: estimate.nullable(),
  /** What it is held against (the same measure of something that knows nothing), and how. */
  against: z.strictObject({ what: z.string(), value: z.number().nullable() }),
  /** Two sentences at most: what was done, what it means. */
  sentence: z.string(),
});
export type SaliencyTest = z.infer<typeof saliencyTest>;

/** `saliency.json` of a models' folder. The verdict of a method is the worst of its tests. */
export const saliencyVerdict = z.strictObject({
  format: z.literal(1),
  model: hash,
  software: z.string(),
  testedAt: z.iso.datetime(),
  /** The simulated hips whose fracture is known to the pixel. */
  on: z.strictObject({ name: z.string(), patients: count, hips: count, seed: count }),
  /** The model that was trained again with another seed; null where there is none. */
  twin: named.nullable(),
  methods: z.array(
    z.strictObject({
      method: saliencyMethod,
      verdict: z.enum(['passed', 'failed', 'not tested']),
      tests: z.array(saliencyTest),
    }),
  ),
});
export type SaliencyVerdict = z.infer<typeof saliencyVerdict>;
