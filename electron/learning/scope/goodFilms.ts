import type { GreyImage } from '../../contract/image.ts';
import { localizerSize } from '../../reading/prepare.ts';
import { readLearnPatient } from '../snapshots/patientFiles.ts';
import { wholeFilms, type Snapshot } from '../snapshots/snapshot.ts';
import type { GoodFilm } from './examples.ts';

/** Every sixth of the patients to learn from is held out, so that the gate's levels are fixed on films like theirs. */
const heldOutOf = 6;

/** Films to teach the gate with, as the localizer sees them, and those that are held out with those to tune with. */
export function scopeFilms(snapshot: Snapshot): { readonly learn: GoodFilm[]; readonly heldOut: GoodFilm[] } {
  const stems = snapshot.manifest.entries.flatMap(({ split, stem }) => (split === 'learn' ? [stem] : []));
  const smallFilms = (stem: string): GoodFilm[] =>
    readLearnPatient(snapshot.folder, stem).films.flatMap((film) => {
      const image: GreyImage = {
        rows: localizerSize,
        columns: localizerSize,
        values: Float32Array.from(film.pixels),
      };
      return film.source === 'film' && film.hips.length > 0
        ? [{ image, boxes: film.hips.map(({ box }) => box) }]
        : [];
    });
  const isHeldOut = (_: string, i: number): boolean => i % heldOutOf === 0;
  const tuning: GoodFilm[] = [];
  for (const { films } of wholeFilms(snapshot, 'tune'))
    for (const { image, film } of films)
      if (film.hips.length > 0) tuning.push({ image, boxes: film.hips.map(({ box }) => box) });
  return {
    learn: stems.filter((stem, i) => !isHeldOut(stem, i)).flatMap(smallFilms),
    heldOut: [...stems.filter(isHeldOut).flatMap(smallFilms), ...tuning],
  };
}
