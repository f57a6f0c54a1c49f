/** One simulated patient on disk: a JSON line of truth beside raw grey values. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../contract/errors.ts';
import { box, type Box, type GreyImage } from '../contract/image.ts';
import { filmLooks, type SimulatedLook } from '../contract/evaluation.ts';
import { laterality } from '../contract/finding.ts';
import { medialSides } from '../../models/index.ts';
import { localizerField, localizerSize, normalizeByPercentiles, squareCrop } from '../reading/prepare.ts';
import type { Split } from './cohort.ts';
import { storedCropSide, storedRange, storedShare, type CropExample, type FilmExample } from './examples.ts';
import type { LabelledFilm, LabelledHip } from './simulate.ts';

const storedHip = z.strictObject({
  /** In pixels of the localizer's input. */
  box,
  medialSide: z.enum(medialSides),
  laterality: laterality.exclude(['unknown']),
  grade: z.enum(['none', 'I', 'II', 'III', 'IV']),
  outOfScope: z.boolean(),
});
type StoredHip = z.infer<typeof storedHip>;
const storedFilm = z.strictObject({
  look: z.enum(filmLooks),
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  /** Boxes in pixels of the film. */
  hips: z.array(storedHip),
});
const storedPatient = z.strictObject({
  films: z.array(z.strictObject({ view: z.enum(['pelvis', 'left', 'right']), hips: z.array(storedHip) })),
});

export interface StoredExamples {
  readonly films: readonly FilmExample[];
  readonly crops: readonly CropExample[];
}

function paths(folder: string, split: Split, number: number): Paths {
  const stem = join(folder, `${split}-${String(number).padStart(6, '0')}`);
  return { truth: `${stem}.json`, pixels: `${stem}.u16` };
}

/** A held-out film as it would come from a detector, with its truth. */
export interface TestFilm {
  readonly look: SimulatedLook;
  readonly image: GreyImage;
  readonly hips: readonly StoredHip[];
}

/** Writes a held-out patient's whole films. */
export function storeFilms(folder: string, number: number, films: readonly LabelledFilm[]): void {
  const truth = films.map(({ style, film, hips }) => ({
    look: style,
    rows: film.rows,
    columns: film.columns,
    hips: hips.map((hip) => storedAs(hip, hip.box)),
  }));
  write(
    paths(folder, 'test', number),
    films.map(({ film }) => film.pixels),
    { films: truth },
  );
}

/** @throws CalcarError as `loadPatient` */
export function loadFilms(folder: string, number: number): TestFilm[] {
  return reading(paths(folder, 'test', number), (truth, take) =>
    z
      .strictObject({ films: z.array(storedFilm) })
      .parse(truth)
      .films.map(({ look, rows, columns, hips }) => ({
        look,
        image: { rows, columns, values: Float32Array.from(take(rows * columns)) },
        hips,
      })),
  );
}

/** The films in one look of the first `count` held-out patients, one patient in memory at a time. */
export function* testPatients(folder: string, count: number, look: SimulatedLook): Generator<TestFilm[]> {
  for (let number = 0; number < count; number++) {
    yield loadFilms(folder, number).filter((film) => film.look === look);
  }
}

/** Writes what the networks learn from of a patient: his films small, his hips that have a class cropped. */
export function storePatient(
  folder: string,
  split: Split,
  number: number,
  films: readonly LabelledFilm[],
): void {
  const chunks: Uint16Array[] = [];
  const stored = films.map(({ view, image, hips }) => {
    const field = localizerField(image);
    const scale = localizerSize / field.width;
    chunks.push(asStored(squareCrop(image, field, localizerSize)));
    for (const hip of hips) if (!hip.outOfScope) chunks.push(cropOf(image, hip));
    return {
      view,
      hips: hips.map((hip) =>
        storedAs(hip, {
          x: (hip.box.x - field.x) * scale,
          y: (hip.box.y - field.y) * scale,
          width: hip.box.width * scale,
          height: hip.box.height * scale,
        }),
      ),
    };
  });
  write(paths(folder, split, number), chunks, { films: stored });
}

function storedAs({ medialSide, laterality: side, grade, outOfScope }: LabelledHip, place: Box): StoredHip {
  return { box: place, medialSide, laterality: side, grade, outOfScope };
}

interface Paths {
  readonly truth: string;
  readonly pixels: string;
}

/** The truth is written last and by renaming, so that a patient with one is whole. */
function write({ truth, pixels }: Paths, chunks: readonly Uint16Array[], value: unknown): void {
  const bytes = chunks.map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  writeFileSync(pixels, Buffer.concat(bytes));
  writeFileSync(`${truth}.part`, JSON.stringify(value));
  renameSync(`${truth}.part`, truth);
}

function cropOf(image: LabelledFilm['image'], { box: b }: LabelledHip): Uint16Array {
  const side = Math.max(b.width, b.height) * storedShare;
  const field = { x: b.x + (b.width - side) / 2, y: b.y + (b.height - side) / 2, width: side, height: side };
  return asStored(squareCrop(image, field, storedCropSide));
}

function asStored(values: Float32Array): Uint16Array {
  return Uint16Array.from(normalizeByPercentiles(values), (value) => Math.round(value * storedRange));
}

/** @throws CalcarError 'not-found' when the patient was not stored, 'invalid-input' when the files do not fit */
export function loadPatient(folder: string, split: Split, number: number): StoredExamples {
  return reading(paths(folder, split, number), (truth, take) => {
    const films: FilmExample[] = [];
    const crops: CropExample[] = [];
    for (const film of storedPatient.parse(truth).films) {
      films.push({ pixels: take(localizerSize ** 2), hips: film.hips });
      for (const { grade, outOfScope } of film.hips) {
        if (!outOfScope) crops.push({ pixels: take(storedCropSide ** 2), grade });
      }
    }
    return { films, crops };
  });
}

/** `take` gives the next so many grey values of the file. */
function reading<T>(
  { truth, pixels }: Paths,
  interpret: (truth: unknown, take: (count: number) => Uint16Array) => T,
): T {
  try {
    const value = JSON.parse(readFileSync(truth, 'utf8')) as unknown;
    const bytes = readFileSync(pixels);
    const all = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    let offset = 0;
    return interpret(value, (count) => {
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
          `The data set lacks a patient (${truth}). Make the rest of it with 'calcar dataset'.`,
          cause,
        )
      : new CalcarError(
          'invalid-input',
          `A patient of the data set is damaged. Delete ${truth} and run 'calcar dataset' again.`,
          cause,
        );
  }
}
