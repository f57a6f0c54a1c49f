import { basename, dirname, join } from 'node:path';
import { refuseVolume } from './refuse.ts';

/** A text header that contradicts the format or lacks what a volume needs. */
export const badHeader = (what: string) =>
  refuseVolume(`Its header cannot be used: ${what}.`, 'Export the volume again.');

/** What a file says of itself, fit to be shown: one line without control characters, 64 characters at most; null for nothing. */
export function shown(text: string | null | undefined): string | null {
  const line = (text ?? '').replace(/\p{C}+/gu, ' ').trim();
  if (line === '') return null;
  return line.length > 64 ? `${line.slice(0, 63)}…` : line;
}

/** Numbers apart by white space. @throws CalcarError 'invalid-volume' for another count, or what is no number */
export function numbers(text: string | undefined, count: number, name: string): number[] {
  const values = (text ?? '').trim().split(/\s+/).map(Number);
  if (text === undefined || values.length !== count || !values.every(Number.isFinite)) {
    throw badHeader(`${name} is not ${count} numbers`);
  }
  return values;
}

export function triple(values: readonly number[]): readonly [number, number, number] {
  const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = values;
  return [a, b, c];
}

/**
 * The data file that a header names. It must lie beside the header, so that a header from elsewhere cannot have
 * any file of this computer read as a picture.
 *
 * @throws CalcarError 'invalid-volume'
 */
export function fileBeside(headerPath: string, name: string): string {
  const plain = name.startsWith('./') ? name.slice(2) : name;
  if (plain === '' || plain === '.' || plain === '..' || plain !== basename(plain) || plain.includes('\\')) {
    throw refuseVolume(
      'Its header says that the voxels are in another folder.',
      'Put header and data file into one folder, and the plain name of the data file into the header.',
    );
  }
  return join(dirname(headerPath), plain);
}
