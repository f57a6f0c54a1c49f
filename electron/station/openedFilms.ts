import type { OpenedRadiograph } from '../dicom/opened.ts';

/** A film in memory with the time that decoding it took. */
export interface DecodedFilm {
  readonly opened: OpenedRadiograph;
  readonly decodeMs: number;
}

const mostBytes = 192 * 1024 * 1024;

/**
 * The films that were looked at last, decoded, so that the picture, the reading and the saliency of one film
 * decode it once. Two askers of one film share one decoding; a film that fails is forgotten.
 */
export function createOpenedFilms(
  decode: (imageHash: string) => Promise<DecodedFilm>,
): (imageHash: string) => Promise<DecodedFilm> {
  const films = new Map<string, { film: Promise<DecodedFilm>; bytes: number }>();

  const shrink = (): void => {
    let total = [...films.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [hash, entry] of films) {
      if (total <= mostBytes || films.size === 1) return;
      films.delete(hash);
      total -= entry.bytes;
    }
  };

  return (imageHash) => {
    const held = films.get(imageHash);
    const entry = held ?? { film: decode(imageHash), bytes: 0 };
    films.delete(imageHash);
    films.set(imageHash, entry);
    if (!held)
      entry.film.then(
        ({ opened }) => {
          entry.bytes = opened.samples.byteLength;
          shrink();
        },
        () => films.delete(imageHash),
      );
    return entry.film;
  };
}
