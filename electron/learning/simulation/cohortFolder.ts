/** What a cohort on disk is made with, and what its folders are called. */
import type { Millimetres } from '../../contract/units.ts';
import type { Style } from '../../drr/exposure.ts';

/** What makes a cohort what it is; the same settings give the same bytes, however often it was interrupted. */
export interface CohortSettings {
  readonly seed: number;
  /** Edge of a voxel, 0.5 to 3 mm. */
  readonly voxel: Millimetres;
  readonly style: Style;
  readonly ct: boolean;
  readonly films: boolean;
  /** Version of Calcar. */
  readonly software: string;
}

/** Of a whole patient, counted from 0. */
export const patientFolder = (number: number): string => `patient-${String(number + 1).padStart(6, '0')}`;
/** Of one that is being made. */
export const unfinishedFolder = (number: number): string => `${patientFolder(number)}.part`;
