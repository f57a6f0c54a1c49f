/** One simulated patient on disk: a JSON line of truth beside raw grey values. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../contract/errors.ts';
import { box } from '../contract/image.ts';
import { laterality } from '../contract/finding.ts';
import { medialSides } from '../../models/index.ts';
import {
  classifierField,
  classifierSize,
  localizerField,
  localizerSize,
  normalizeByPercentiles,
  squareCrop,
} from '../reading/prepare.ts';
import type { Split } from './cohort.ts';
import { storedCropSide, storedRange, type CropExample, type FilmExample } from './examples.ts';
import type { LabelledFilm, LabelledHip } from './simulate.ts';

const storedHip = z.strictObject({
  /** In pixels of the localizer's input. */
  box,
  medialSide: z.enum(medialSides),
  laterality: laterality.exclude(['unknown']),
  grade: z.enum(['none', 'I', 'II', 'III', 'IV']),
});
const storedPatient = z.strictObject({
  films: z.array(z.strictObject({ view: z.enum(['pelvis', 'left', 'right']), hips: z.array(storedHip) })),
});

export interface StoredExamples {
  readonly films: readonly FilmExample[];
  readonly crops: readonly CropExample[];
}

function paths(folder: string, split: Split, number: number): { truth: string; pixels: string } {
  const stem = join(folder, `${split}-${String(number).padStart(6, '0')}`);
  return { truth: `${stem}.json`, pixels: `${stem}.u16` };
}

/** The truth is written last and by renaming, so that a patient with one is whole. */
export function storePatient(
  folder: string,
  split: Split,
  number: number,
  films: readonly LabelledFilm[],
): void {
  const { truth, pixels } = paths(folder, split, number);
  const chunks: Uint16Array[] = [];
  const stored = films.map(({ view, image, hips }) => {
    const field = localizerField(image);
    const scale = localizerSize / field.width;
    chunks.push(asStored(squareCrop(image, field, localizerSize)));
    for (const hip of hips) chunks.push(cropOf(image, hip));
    return {
      view,
      hips: hips.map(({ box: b, medialSide, laterality: side, grade }) => ({
        box: {
          x: (b.x - field.x) * scale,
          y: (b.y - field.y) * scale,
          width: b.width * scale,
          height: b.height * scale,
        },
        medialSide,
        laterality: side,
        grade,
      })),
    };
  });
  writeFileSync(
    pixels,
    Buffer.concat(
      chunks.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
    ),
  );
  writeFileSync(`${truth}.part`, JSON.stringify({ films: stored }));
  renameSync(`${truth}.part`, truth);
}

function cropOf(image: LabelledFilm['image'], hip: LabelledHip): Uint16Array {
  const field = classifierField(hip.box);
  const side = (field.width * storedCropSide) / classifierSize;
  const wide = {
    x: field.x + (field.width - side) / 2,
    y: field.y + (field.height - side) / 2,
    width: side,
    height: side,
  };
  return asStored(squareCrop(image, wide, storedCropSide));
}

function asStored(values: Float32Array): Uint16Array {
  return Uint16Array.from(normalizeByPercentiles(values), (value) => Math.round(value * storedRange));
}

/** @throws CalcarError 'not-found' when the patient was not stored, 'invalid-input' when the files do not fit */
export function loadPatient(folder: string, split: Split, number: number): StoredExamples {
  const { truth, pixels } = paths(folder, split, number);
  try {
    const patient = storedPatient.parse(JSON.parse(readFileSync(truth, 'utf8')));
    const bytes = readFileSync(pixels);
    const all = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    let offset = 0;
    const take = (side: number): Uint16Array => {
      const part = all.subarray(offset, offset + side * side);
      if (part.length !== side * side) throw new RangeError('cut off');
      offset += part.length;
      return part;
    };
    const films: FilmExample[] = [];
    const crops: CropExample[] = [];
    for (const film of patient.films) {
      films.push({ pixels: take(localizerSize), hips: film.hips });
      for (const { grade } of film.hips) crops.push({ pixels: take(storedCropSide), grade });
    }
    return { films, crops };
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw missing
      ? new CalcarError(
          'not-found',
          `The data set has no patient ${String(number)} to ${split}. Make it with 'calcar dataset' first.`,
          cause,
        )
      : new CalcarError(
          'invalid-input',
          `Patient ${String(number)} of the data set is damaged. Delete ${truth} and run 'calcar dataset' again.`,
          cause,
        );
  }
}
