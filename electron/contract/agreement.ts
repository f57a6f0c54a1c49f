import * as z from 'zod';
import { study } from './snapshot.ts';

const count = z.number().int().nonnegative();

/** With its 95 % interval by drawing whole patients again; null where nothing could disagree or one patient is all. */
const coefficient = z
  .strictObject({ estimate: z.number(), low: z.number(), high: z.number(), hips: count, patients: count })
  .nullable();
export type Coefficient = z.infer<typeof coefficient>;

/**
 * What is told apart. 'grades' is none, I, II, III, IV and 'groups' none, I-II, III-IV, over all hips; 'garden' is
 * I to IV and 'displacement' I-II against III-IV, over the hips that nobody read as unbroken, as the literature counts.
 */
export const agreementScales = ['grades', 'groups', 'garden', 'displacement'] as const;
export const agreementScale = z.enum(agreementScales);
export type AgreementScale = z.infer<typeof agreementScale>;

/** What `calcar agreement --json` prints: how far the readers of this station agree beyond chance. */
export const agreementReport = z.strictObject({
  /** Null where nobody has read. */
  study: study.nullable(),
  /** Only reads made while the machine's answer was hidden are counted. */
  blinded: z.boolean(),
  readers: z.array(
    z.strictObject({
      name: z.string(),
      films: count,
      /** Films whose last read, which is the one that counts, was blinded. */
      blindedFilms: count,
      hips: count,
      /** Hips that the reader marked and could not grade; gaps in the ratings. */
      cannotGrade: count,
    }),
  ),
  /** Hips that two readers or more have graded, and whose they are. Agreement is counted over these. */
  hips: count,
  patients: count,
  /** Hips left out because a read does not say which of the patient's hips it means. */
  unclearHips: count,
  scales: z.array(
    z.strictObject({
      scale: agreementScale,
      /** Hips that two readers or more have graded, and that belong on this scale. */
      hips: count,
      /** Null also where not all readers have graded all of these hips; alpha takes gaps. */
      fleissKappa: coefficient,
      alphaNominal: coefficient,
      alphaOrdinal: coefficient,
    }),
  ),
  /** Cohen's kappa of every two readers. */
  pairs: z.array(
    z.strictObject({
      readers: z.tuple([z.string(), z.string()]),
      /** Hips that both have graded. */
      hips: count,
      grades: coefficient,
      /** Of none, I, II, III, IV: a neighbouring grade counts three quarters. */
      gradesLinear: coefficient,
      groups: coefficient,
    }),
  ),
  /** Fleiss' kappas that others have found, of readers who knew that the neck was broken. */
  literature: z.array(
    z.strictObject({
      source: z.string(),
      readers: count,
      fractures: count,
      garden: z.number(),
      displacement: z.number(),
    }),
  ),
  sentence: z.string(),
});
export type AgreementReport = z.infer<typeof agreementReport>;
