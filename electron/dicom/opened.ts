import type { FilmDescription } from '../contract/film.ts';
import type { PaddingRange } from './voi.ts';

/** A radiograph in memory. */
export interface OpenedRadiograph {
  readonly description: FilmDescription;
  /** rows × columns, row-major; modality value = sample × description.slope + description.intercept. */
  readonly samples: Uint16Array;
  /** Samples that are no anatomy; null where the file names none. */
  readonly padding: PaddingRange | null;
}
