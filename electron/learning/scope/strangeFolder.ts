/** Strange pictures on disk, a patient a pair of files: what they are in JSON, and their greys 16 bits deep. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../../contract/errors.ts';
import { seeded } from '../../random/random.ts';
import { patientSeed } from '../snapshots/cohort.ts';
import { strangeKinds, strangePictures, type StrangePicture } from './strangePictures.ts';

export type StrangeCohort = 'learn' | 'test';

const stored = z.array(
  z.strictObject({
    kind: z.enum(strangeKinds),
    scope: z.enum(['other view', 'other body part']),
    rows: z.number().int().positive(),
    columns: z.number().int().positive(),
  }),
);

const stemOf = (cohort: StrangeCohort, number: number): string =>
  `strange-${cohort}-${String(number).padStart(6, '0')}`;

/**
 * Patients of the simulated studies' ranges begin at 0; those of the gate's strange pictures begin here, so that
 * nobody is both.
 */
const firstNumber = 400_000;

/** Makes the patients that are not there yet. What is there is not made again. */
export function makeStrange(
  folder: string,
  cohort: StrangeCohort,
  patients: number,
  report: (done: number) => void,
): void {
  mkdirSync(folder, { recursive: true });
  for (let number = 0; number < patients; number++) {
    const file = join(folder, stemOf(cohort, number));
    if (!existsSync(`${file}.json`)) {
      const pictures = strangePictures(seeded(patientSeed(cohort, firstNumber + number)));
      writeFileSync(
        `${file}.u16`,
        Buffer.concat(pictures.map(({ image }) => Buffer.from(sixteenBits(image.values).buffer))),
      );
      const described = pictures.map(({ kind, scope, image: { rows, columns } }) => ({
        kind,
        scope,
        rows,
        columns,
      }));
      writeFileSync(`${file}.part`, JSON.stringify(described));
      renameSync(`${file}.part`, `${file}.json`);
    }
    report(number + 1);
  }
}

/** @throws CalcarError 'not-found' when the patient was not made */
export function readStrange(folder: string, cohort: StrangeCohort, number: number): StrangePicture[] {
  const file = join(folder, stemOf(cohort, number));
  if (!existsSync(`${file}.json`))
    throw new CalcarError(
      'not-found',
      `The strange pictures that the gate learns from are not in ${folder}. Make them with 'calcar gate make'.`,
    );
  const bytes = readFileSync(`${file}.u16`);
  const greys = new Uint16Array(new Uint8Array(bytes).buffer);
  let next = 0;
  return stored
    .parse(JSON.parse(readFileSync(`${file}.json`, 'utf8')))
    .map(({ kind, scope, rows, columns }) => {
      const values = Float32Array.from(greys.subarray(next, next + rows * columns));
      next += rows * columns;
      return { kind, scope, image: { rows, columns, values } };
    });
}

/** Stretched over all of 16 bits: the networks normalise by percentiles. */
function sixteenBits(values: Float32Array): Uint16Array {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const scale = high > low ? 65535 / (high - low) : 0;
  return Uint16Array.from(values, (value) => Math.round((value - low) * scale));
}
