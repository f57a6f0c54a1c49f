/** One patient of a snapshot on disk: a JSON line of labels beside raw grey values. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CalcarError } from '../contract/errors.ts';
import type { Box, GreyImage } from '../contract/image.ts';
import {
  snapshotPatient,
  type ImageSource,
  type SnapshotFilm,
  type SnapshotHip,
  type SnapshotPatient,
  type Split,
} from '../contract/snapshot.ts';
import { localizerField, localizerSize, normalizeByPercentiles, squareCrop } from '../reading/prepare.ts';
import { medialSideOf, storedCropSide, storedRange, storedShare } from './examples.ts';
import type { CropExample, FilmExample } from './examples.ts';

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

/** @throws CalcarError 'not-found' when the patient was not stored, 'invalid-input' when the files do not fit */
export function readLearnPatient(folder: string, stem: string): LearnExamples {
  return reading(folder, stem, ({ films }, take) => {
    const pictures: LearnExamples['films'][number][] = [];
    const crops: LearnExamples['crops'][number][] = [];
    for (const { source, hips } of films) {
      pictures.push({ pixels: take(localizerSize ** 2), hips: hips.map(boxedHip), source });
      for (const { grade } of hips) {
        if (grade !== null) crops.push({ pixels: take(storedCropSide ** 2), grade, source });
      }
    }
    return { films: pictures, crops };
  });
}

/** @throws CalcarError as `readLearnPatient` */
export function readWholeFilms(
  folder: string,
  stem: string,
): { readonly patient: SnapshotPatient; readonly films: readonly LabelledPicture[] } {
  return reading(folder, stem, (patient, take) => ({
    patient,
    films: patient.films.map((film) => ({
      film,
      image: {
        rows: film.rows,
        columns: film.columns,
        values: Float32Array.from(take(film.rows * film.columns)),
      },
    })),
  }));
}

/** A whole film as the networks learn from it: to judge with what training sees. */
export function asLearnExamples({ image, film }: LabelledPicture): LearnExamples {
  const small = inLocalizerPixels({ image, film });
  const [pixels, ...cropped] = learnChunks({ image, film });
  const graded = film.hips.flatMap(({ grade }) => (grade === null ? [] : [grade]));
  return {
    films: [{ pixels: pixels!, hips: small.hips.map(boxedHip), source: film.source }],
    crops: graded.map((grade, i) => ({ pixels: cropped[i]!, grade, source: film.source })),
  };
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

/** `take` gives the next so many grey values of the file. */
function reading<T>(
  folder: string,
  stem: string,
  interpret: (patient: SnapshotPatient, take: (count: number) => Uint16Array) => T,
): T {
  const { truth, pixels } = paths(folder, stem);
  try {
    const patient = snapshotPatient.parse(JSON.parse(readFileSync(truth, 'utf8')));
    const bytes = readFileSync(pixels);
    const all = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    let offset = 0;
    return interpret(patient, (count) => {
      const part = all.subarray(offset, offset + count);
      if (part.length !== count) throw new RangeError('cut off');
      offset += count;
      return part;
    });
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw missing
      ? new CalcarError(
          'not-found',
          `The data set lacks a patient (${truth}). Simulated ones are made again by 'calcar dataset make'.`,
          cause,
        )
      : new CalcarError(
          'invalid-input',
          `A patient of the data set is damaged (${truth}). Delete that file and make the data set again.`,
          cause,
        );
  }
}
