import { CalcarError } from '../contract/errors.ts';
import type { Random } from '../random/random.ts';
import { absorbance } from './absorbance.ts';
import { detect } from './detector.ts';
import type { Exposure, FilmLook } from './exposure.ts';
import { develop } from './look.ts';
import type { LineIntegrals } from './projector.ts';
import { tungstenSpectrum } from './spectrum.ts';

/** A radiograph of 12 bits that rises with attenuation: bone is bright. */
export interface Film {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns, row-major, 0..4095. */
  readonly pixels: Uint16Array;
  /** All that made the film, as plain JSON. */
  readonly parameters: {
    readonly exposure: Exposure;
    readonly look: FilmLook;
    readonly pixelSpacing: number;
  };
}

export const filmMaximum = 4095;

/**
 * Takes and develops a film: beam through tissue, scatter, grid, shutters, quantum noise and blur at the
 * detector, then logarithm and processing. The same line integrals, exposure, look and random stream give the same
 * bytes.
 *
 * @throws CalcarError 'invalid-input' for an exposure or look out of range.
 */
export function exposeFilm(
  integrals: LineIntegrals,
  exposure: Exposure,
  look: FilmLook,
  random: Random,
): Film {
  const [low, high] = look.window;
  if (!(low >= 0 && high <= 100 && low < high && look.gamma > 0)) {
    throw new CalcarError(
      'invalid-input',
      'The film look has an empty grey window. Give two rising percentiles between 0 and 100 and a gamma above zero.',
    );
  }
  const { amount, tiles, clip } = look.localContrast;
  if (amount > 0 && !(Number.isInteger(tiles) && tiles >= 1 && clip > 0)) {
    throw new CalcarError(
      'invalid-input',
      'Local contrast has no tiles or no clip. Give a whole number of tiles a side and a clip above zero.',
    );
  }
  const { charge, sourceToImageDistance, detectiveEfficiency, scatterToPrimary } = exposure;
  if (!(charge > 0 && sourceToImageDistance > 0 && detectiveEfficiency > 0 && scatterToPrimary >= 0)) {
    throw new CalcarError(
      'invalid-input',
      'The exposure has no charge, no distance or no detector. Give mAs, distance and efficiency above zero.',
    );
  }
  const { rows, columns, spacing } = integrals;
  const spectrum = tungstenSpectrum(exposure.tubeVoltage, exposure.filtration);
  const thickness = absorbance(spectrum, integrals);
  const signal = detect(thickness, { rows, columns, spacing }, exposure, random);
  const pixels = develop(signal, { rows, columns, spacing }, exposure, look, filmMaximum);
  return { rows, columns, pixels, parameters: { exposure, look, pixelSpacing: spacing } };
}
