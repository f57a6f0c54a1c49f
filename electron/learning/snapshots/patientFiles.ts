/** One patient of a snapshot on disk: a JSON line of labels beside raw grey values. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import type { Box, GreyImage } from '../../contract/image.ts';
import {
  snapshotPatient,
  type ImageSource,
  type SnapshotFilm,
  type SnapshotHip,
  type SnapshotPatient,
  type Split,
} from '../../contract/snapshot.ts';
import { localizerField, localizerSize, normalizeByPercentiles, squareCrop } from '../../reading/prepare.ts';
import { medialSideOf, storedCropSide, storedRange, storedShare } from '../batches/examples.ts';
import type { CropExample, FilmExample } from '../batches/examples.ts';

/** `<stem>.json` and `<stem>.u16`. */
export function stemOf(split: Split, number: number): string {
  return `${split}-${String(number).padStart(6, '0')}`;
}

/** A film with the labels of its hips, whose boxes are in its own pixels. */
export interface LabelledPicture {
  readonly image: GreyImage;
  readonly film: SnapshotFilm;
}

/** What the networks learn from of a patient. */
export interface LearnExamples {
  readonly films: readonly (FilmExample & { readonly source: ImageSource })[];
  readonly crops: readonly (CropExample & { readonly source: ImageSource })[];
}

/**
 * Writes a patient. To learn from, films are made small and the hips that have a class are cropped; to tune and
 * to test with they stay whole, 16 bits deep. The labels are written last and by renaming, so that a patient who
 * has them is whole.
 *
 * @throws the file system's own error; what was there before is as it was
 */
export function writePatient(
  folder: string,
  stem: string,
  patient: Omit<SnapshotPatient, 'films'>,
  pictures: readonly LabelledPicture[],
): void {
  const learns = patient.split === 'learn';
  const chunks = pictures.flatMap(learns ? learnChunks : wholeChunks);
  const value: SnapshotPatient = {
    ...patient,
    films: pictures.map(learns ? inLocalizerPixels : ({ film }) => film),
  };
  const bytes = Buffer.concat(
    chunks.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  );
  const { truth, pixels } = paths(folder, stem);
  writeFileSync(pixels, bytes);
  writeFileSync(`${truth}.part`, JSON.stringify(value));
  renameSync(`${truth}.part`, truth);
}

/** Looks at the bytes of a patient's two files before they are believed. @throws CalcarError to refuse them */
export type CheckFiles = (truth: Uint8Array, pixels: Uint8Array) => void;

/**
 * The grey values stay on the disk, so that memory does not grow with the data set: `pixels` reads them each time.
 *
 * @throws CalcarError 'not-found' when the patient was not stored, 'invalid-input' when the files do not fit or,
 *   from `pixels`, when the greys are no more what they were
 */
export function readLearnPatient(folder: string, stem: string, check?: CheckFiles): LearnExamples {
  const file = paths(folder, stem).pixels;
  return reading(folder, stem, check, ({ films }, take) => {
    const pictures: LearnExamples['films'][number][] = [];
    const crops: LearnExamples['crops'][number][] = [];
    const onDisk = (count: number): (() => Uint16Array) => stillThere(file, take(count));
    for (const { source, hips } of films) {
      const small = onDisk(localizerSize ** 2);
      pictures.push({
        get pixels() {
          return small();
        },
        hips: hips.map(boxedHip),
        source,
      });
      for (const { grade } of hips) {
        if (grade === null) continue;
        const crop = onDisk(storedCropSide ** 2);
        crops.push({
          get pixels() {
            return crop();
          },
          grade,
          source,
        });
      }
    }
    return { films: pictures, crops };
  });
}

/** @throws CalcarError 'not-found' when the patient was not stored, 'invalid-input' when the files do not fit */
export function readWholeFilms(
  folder: string,
  stem: string,
  check?: CheckFiles,
): { readonly patient: SnapshotPatient; readonly films: readonly LabelledPicture[] } {
  return reading(folder, stem, check, (patient, take) => ({
    patient,
    films: patient.films.map((film) => ({
      film,
      image: {
        rows: film.rows,
        columns: film.columns,
        values: Float32Array.from(take(film.rows * film.columns).values),
      },
    })),
  }));
}

/** How many grey values a patient's file holds. */
export function greysOf({ split, films }: SnapshotPatient): number {
  const each = ({ rows, columns, hips }: SnapshotFilm): number =>
    split === 'learn'
      ? localizerSize ** 2 + hips.filter(({ grade }) => grade !== null).length * storedCropSide ** 2
      : rows * columns;
  return films.reduce((sum, film) => sum + each(film), 0);
}

/** Lower-case hexadecimal SHA-256 of grey values as they lie in memory. */
export function hashOfPixels({ buffer, byteOffset, byteLength }: Uint16Array): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

function boxedHip({ box, laterality }: SnapshotHip): FilmExample['hips'][number] {
  return { box, medialSide: medialSideOf(laterality) };
}

function inLocalizerPixels({ image, film }: LabelledPicture): SnapshotFilm {
  const field = localizerField(image);
  const scale = localizerSize / field.width;
  const moved = ({ x, y, width, height }: Box): Box => ({
    x: (x - field.x) * scale,
    y: (y - field.y) * scale,
    width: width * scale,
    height: height * scale,
  });
  return { ...film, hips: film.hips.map((hip) => ({ ...hip, box: moved(hip.box) })) };
}

function learnChunks({ image, film }: LabelledPicture): Uint16Array[] {
  const small = squareCrop(image, localizerField(image), localizerSize);
  const graded = film.hips.filter(({ grade }) => grade !== null);
  return [asStored(small), ...graded.map(({ box }) => cropOf(image, box))];
}

function cropOf(image: GreyImage, { x, y, width, height }: Box): Uint16Array {
  const side = Math.max(width, height) * storedShare;
  const field = { x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side };
  return asStored(squareCrop(image, field, storedCropSide));
}

function asStored(values: Float32Array): Uint16Array {
  return Uint16Array.from(normalizeByPercentiles(values), (value) => Math.round(value * storedRange));
}

/** The networks normalise by percentiles, so a film may be stretched to all of 16 bits. */
function wholeChunks({ image: { values } }: LabelledPicture): Uint16Array[] {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const scale = high > low ? storedRange / (high - low) : 0;
  return [Uint16Array.from(values, (value) => Math.round((value - low) * scale))];
}

interface Paths {
  readonly truth: string;
  readonly pixels: string;
}

export function paths(folder: string, stem: string): Paths {
  return { truth: join(folder, `${stem}.json`), pixels: join(folder, `${stem}.u16`) };
}

/** Grey values and where they begin in their file, in values. */
interface Part {
  readonly values: Uint16Array;
  readonly offset: number;
}

/** Reads a part of a file again, and holds it to what it was. */
function stillThere(file: string, { values, offset }: Part): () => Uint16Array {
  const expected = hashOfPixels(values);
  const count = values.length;
  return () => {
    const greys = new Uint16Array(count);
    const bytes = new Uint8Array(greys.buffer);
    try {
      const handle = openSync(file, 'r');
      try {
        readSync(handle, bytes, 0, bytes.length, offset * greys.BYTES_PER_ELEMENT);
      } finally {
        closeSync(handle);
      }
    } catch (cause) {
      throw new CalcarError('not-found', `A file of the data set is gone (${file}). Put it back.`, cause);
    }
    if (hashOfPixels(greys) !== expected)
      throw new CalcarError(
        'invalid-input',
        `A file of the data set was changed while it was in use (${file}).`,
      );
    return greys;
  };
}

/** `take` gives the next so many grey values of the file. */
function reading<T>(
  folder: string,
  stem: string,
  check: CheckFiles | undefined,
  interpret: (patient: SnapshotPatient, take: (count: number) => Part) => T,
): T {
  const { truth, pixels } = paths(folder, stem);
  try {
    const text = readFileSync(truth);
    const bytes = readFileSync(pixels);
    check?.(text, bytes);
    const patient = snapshotPatient.parse(JSON.parse(text.toString('utf8')));
    const all = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    let next = 0;
    return interpret(patient, (count) => {
      const offset = next;
      next += count;
      const values = all.subarray(offset, next);
      if (values.length !== count) throw new RangeError('cut off');
      return { values, offset };
    });
  } catch (cause) {
    if (cause instanceof CalcarError) throw cause;
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw missing
      ? new CalcarError(
          'not-found',
          `The data set lacks a patient (${truth}). Put the file back, or make the data set again.`,
          cause,
        )
      : new CalcarError(
          'invalid-input',
          `A patient of the data set is damaged (${truth}). Delete that file and make the data set again.`,
          cause,
        );
  }
}
