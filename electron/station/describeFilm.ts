import type { FilmDescription } from '../contract/film.ts';
import type { Context } from './context.ts';
import { usableFilm } from './context.ts';

export const describeFilm = (
  context: Context,
  { imageHash }: { imageHash: string },
): Promise<FilmDescription> => usableFilm(context, imageHash);
