/** Small pictures of the films that were answered wrongly, each with the true and the answered box. */
import { PNG } from 'pngjs';
import type { NamedError } from '../../../contract/evaluation.ts';
import type { Box, GreyImage } from '../../../contract/image.ts';
import { wholeFilms, type Snapshot } from '../../snapshots/snapshot.ts';

export interface ErrorPicture {
  /** PNG. */
  readonly uri: string;
  /** Size of the picture, and the boxes, in its pixels. */
  readonly rows: number;
  readonly columns: number;
  readonly truth: Box;
  readonly answer: Box | null;
}

/** Longer side, in pixels. */
const longest = 220;
/** Room around the boxes, over their common size. */
const room = 0.25;

/**
 * A picture for each error, in order; null where the film is not in the snapshot's test.
 *
 * @throws CalcarError as `wholeFilms`
 */
export function errorPictures(snapshot: Snapshot, errors: readonly NamedError[]): (ErrorPicture | null)[] {
  const wanted = new Set(errors.map(({ patient }) => patient));
  const pictures = errors.map((): ErrorPicture | null => null);
  for (const { entry, films } of wholeFilms(snapshot, 'test', ({ patient }) => wanted.has(patient)))
    errors.forEach((error, i) => {
      const film = error.patient === entry.patient ? films[error.film] : undefined;
      if (film !== undefined) pictures[i] = pictureOf(film.image, error);
    });
  return pictures;
}

function pictureOf(image: GreyImage, { box, answeredBox }: NamedError): ErrorPicture {
  const field = fieldOf(image, answeredBox === null ? [box] : [box, answeredBox]);
  const step = Math.max(1, Math.max(field.width, field.height) / longest);
  const [columns, rows] = [
    Math.max(1, Math.round(field.width / step)),
    Math.max(1, Math.round(field.height / step)),
  ];
  const moved = (of: Box): Box => ({
    x: (of.x - field.x) / step,
    y: (of.y - field.y) / step,
    width: of.width / step,
    height: of.height / step,
  });
  return {
    uri: pngUri(rows, columns, inEightBits(averaged(image, field, rows, columns, step))),
    rows,
    columns,
    truth: moved(box),
    answer: answeredBox && moved(answeredBox),
  };
}

/** Whole pixels around the boxes with some room, on the film. */
function fieldOf({ rows, columns }: GreyImage, boxes: readonly Box[]): Box {
  const [left, right] = [Math.min(...boxes.map(({ x }) => x)), Math.max(...boxes.map((b) => b.x + b.width))];
  const [top, bottom] = [Math.min(...boxes.map(({ y }) => y)), Math.max(...boxes.map((b) => b.y + b.height))];
  const [wide, high] = [(right - left) * room, (bottom - top) * room];
  const x = Math.max(0, Math.floor(left - wide));
  const y = Math.max(0, Math.floor(top - high));
  return {
    x,
    y,
    width: Math.max(1, Math.min(columns, Math.ceil(right + wide)) - x),
    height: Math.max(1, Math.min(rows, Math.ceil(bottom + high)) - y),
  };
}

/** Means of the film's pixels under each pixel of the picture. */
function averaged(image: GreyImage, field: Box, rows: number, columns: number, step: number): Float32Array {
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const top = Math.floor(field.y + row * step);
    const bottom = Math.min(image.rows, Math.max(top + 1, Math.floor(field.y + (row + 1) * step)));
    for (let column = 0; column < columns; column++) {
      const left = Math.floor(field.x + column * step);
      const right = Math.min(image.columns, Math.max(left + 1, Math.floor(field.x + (column + 1) * step)));
      let sum = 0;
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) sum += image.values[y * image.columns + x]!;
      values[row * columns + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return values;
}

/** Between the first and the last percentile, as a reader would window it. */
function inEightBits(values: Float32Array): Uint8Array {
  const sorted = values.slice().sort();
  const low = sorted[Math.floor(0.01 * (sorted.length - 1))]!;
  const high = sorted[Math.ceil(0.99 * (sorted.length - 1))]!;
  const span = Math.max(Number.EPSILON, high - low);
  return Uint8Array.from(values, (value) => Math.min(255, Math.max(0, (255 * (value - low)) / span)));
}

function pngUri(rows: number, columns: number, greys: Uint8Array): string {
  const grey = { colorType: 0, inputColorType: 0, inputHasAlpha: false } as const;
  const png = new PNG({ width: columns, height: rows, ...grey });
  png.data = Buffer.from(greys.buffer, greys.byteOffset, greys.byteLength);
  return `data:image/png;base64,${PNG.sync.write(png, grey).toString('base64')}`;
}
