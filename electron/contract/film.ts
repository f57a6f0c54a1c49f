import * as z from 'zod';
import { laterality, qualityWarning } from './finding.ts';

/** How stored values become display values (DICOM PS3.3 C.11.2). */
export const voi = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('window'),
    function: z.enum(['LINEAR', 'LINEAR_EXACT', 'SIGMOID']),
    center: z.number(),
    width: z.number().positive(),
    explanation: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('lut'),
    /** Modality value of the first entry. */
    first: z.number().int(),
    /** Entries, scaled to 0..1. */
    values: z.array(z.number()),
    explanation: z.string().nullable(),
  }),
]);
export type Voi = z.infer<typeof voi>;

/**
 * Millimetres a pixel and where the number comes from. 'detector' is Imager Pixel Spacing: true at the
 * detector, too large in the patient. 'calibrated' is Pixel Spacing that the file says was calibrated.
 * 'unspecified' is Pixel Spacing with no word on calibration. 'uncalibrated' is zero, missing or nonsense.
 */
export const pixelSpacing = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('uncalibrated') }),
  z.strictObject({
    source: z.enum(['detector', 'calibrated', 'unspecified', 'person']),
    rowMm: z.number().positive(),
    columnMm: z.number().positive(),
  }),
]);
export type PixelSpacing = z.infer<typeof pixelSpacing>;

/** Everything the station knows of a film apart from its pixels. */
export const filmDescription = z.strictObject({
  /** SHA-256 of the file's bytes: the film's name everywhere. */
  imageHash: z.string().regex(/^[0-9a-f]{64}$/),
  fileName: z.string(),
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  patient: z.strictObject({
    name: z.string().nullable(),
    id: z.string().nullable(),
    sex: z.enum(['F', 'M', 'O']).nullable(),
    ageYears: z.number().nonnegative().nullable(),
  }),
  studyDate: z.string().nullable(),
  modality: z.string().nullable(),
  bodyPart: z.string().nullable(),
  view: z.string().nullable(),
  laterality,
  manufacturer: z.string().nullable(),
  transferSyntax: z.string().nullable(),
  /** True when the pixels were ever compressed with loss. */
  lossy: z.boolean(),
  simulated: z.boolean(),
  spacing: pixelSpacing,
  /** MONOCHROME1: the smallest value is shown white. */
  invertedPhotometric: z.boolean(),
  /** What the file proposes, first is the default; at least one (made from the pixels where the file has none). */
  vois: z.array(voi).min(1),
  /** The pixel stream of the film asset: modality value = sample × slope + intercept, sample a Uint16. */
  slope: z.number(),
  intercept: z.number(),
  notes: z.array(qualityWarning),
});
export type FilmDescription = z.infer<typeof filmDescription>;

export const filmState = z.enum(['new', 'reading', 'answered', 'doubtful', 'refused', 'failed', 'unusable']);
export type FilmState = z.infer<typeof filmState>;
