export interface ReducedFilm {
  readonly rows: number;
  readonly columns: number;
  readonly samples: Uint16Array;
  /** Film px per sample along each side. */
  readonly factor: number;
}

/**
 * A film that the card can hold: itself, or block means with the smallest whole factor that brings both
 * sides under `most`. The last block of a side covers what is left. Called only for films beyond the
 * card's limit; the screen then says DOWNSAMPLED.
 */
export function reduceToFit(
  film: { readonly rows: number; readonly columns: number; readonly samples: Uint16Array },
  most: number,
): ReducedFilm {
  const factor = Math.ceil(Math.max(film.rows, film.columns) / most);
  if (factor <= 1) return { rows: film.rows, columns: film.columns, samples: film.samples, factor: 1 };
  const rows = Math.ceil(film.rows / factor);
  const columns = Math.ceil(film.columns / factor);
  const samples = new Uint16Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const bottom = Math.min(film.rows, (row + 1) * factor);
    for (let column = 0; column < columns; column++) {
      const right = Math.min(film.columns, (column + 1) * factor);
      let sum = 0;
      for (let y = row * factor; y < bottom; y++) {
        for (let x = column * factor; x < right; x++) sum += film.samples[y * film.columns + x]!;
      }
      const count = (bottom - row * factor) * (right - column * factor);
      samples[row * columns + column] = Math.round(sum / count);
    }
  }
  return { rows, columns, samples, factor };
}
