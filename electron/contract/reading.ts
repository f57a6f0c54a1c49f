import * as z from 'zod';
import type { FilmDescription } from './film.ts';
import { filmDescription } from './film.ts';
import { finding, timings } from './finding.ts';

/** What the reading room is told of a film beside its grey values; no word about the patient. */
export const filmTags = z.strictObject({
  ...filmDescription.pick({
    modality: true,
    bodyPart: true,
    view: true,
    laterality: true,
    lossy: true,
    simulated: true,
    invertedPhotometric: true,
    notes: true,
  }).shape,
  /** No usable pixel spacing. */
  uncalibrated: z.boolean(),
});
export type FilmTags = z.infer<typeof filmTags>;

export function filmTagsOf(film: FilmDescription): FilmTags {
  return {
    modality: film.modality,
    bodyPart: film.bodyPart,
    view: film.view,
    laterality: film.laterality,
    lossy: film.lossy,
    simulated: film.simulated,
    invertedPhotometric: film.invertedPhotometric,
    notes: film.notes,
    uncalibrated: film.spacing.source === 'uncalibrated',
  };
}

/** What the reading room answers: a Finding before the station puts the film's and the model's names on it. */
export const reading = z.strictObject({
  ...finding.pick({
    outcome: true,
    warnings: true,
    hips: true,
    confidenceHash: true,
    scope: true,
    input: true,
  }).shape,
  timings: timings.omit({ decodeMs: true }),
});
export type Reading = z.infer<typeof reading>;
