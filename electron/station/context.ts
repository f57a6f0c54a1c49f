import type { StationEvent } from '../contract/api.ts';
import type { FilmDescription } from '../contract/film.ts';
import { CalcarError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import { findFilm } from '../database/films.ts';
import type { OpenedRadiograph } from '../dicom/opened.ts';
import type { DataFolder } from './dataFolder.ts';
import type { FilmStore } from './filmStore.ts';
import type { StationLog } from './log.ts';
import type { Machine } from './machine.ts';
import type { DecodedFilm } from './openedFilms.ts';

/** What every use case works with. */
export interface Context {
  readonly folder: DataFolder;
  readonly version: string;
  readonly database: Database;
  readonly films: FilmStore;
  readonly thumbnails: FilmStore;
  /** Decodes a file in the worker that a hostile file may kill. */
  readonly decode: (bytes: Uint8Array, fileName: string) => Promise<OpenedRadiograph>;
  /** A stored film, decoded. */
  readonly opened: (imageHash: string) => Promise<DecodedFilm>;
  readonly machine: Machine;
  readonly log: StationLog;
  readonly emit: (event: StationEvent) => void;
}

/** @throws CalcarError 'not-found' for an unknown film, 'not-an-image' for a file that cannot be used */
export async function usableFilm(context: Context, imageHash: string): Promise<FilmDescription> {
  const film = await context.database.read((db) => findFilm(db, imageHash));
  if (!film)
    throw new CalcarError(
      'not-found',
      'This film is not in Calcar. Import it, then open it from the worklist.',
    );
  if (!film.description)
    throw new CalcarError('not-an-image', film.reason ?? 'This file cannot be used as a radiograph.');
  return film.description;
}

export const now = (): string => new Date().toISOString();
