import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { CalcarError } from '../../contract/errors.ts';
import { openVolume } from '../open.ts';
import type { Volume } from '../volume.ts';

/** A folder of its own under the system's temporary one, taken away after the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'calcar-volume-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type Vector = readonly [number, number, number];

/** A small volume in the order of its file, no two voxels alike, that is neither even nor symmetric. */
export interface Sample {
  readonly size: Vector;
  /** LPS millimetres from voxel to voxel along each of the file's axes. */
  readonly steps: readonly [Vector, Vector, Vector];
  /** LPS position of the first voxel. */
  readonly origin: Vector;
}

/** The value of voxel (i, j, k) of the file: whole, within ±999. */
export const sampleValue = (i: number, j: number, k: number): number => -300 + i + 10 * j + 70 * k;

/** Values in file order. */
export function sampleValues({ size: [nx, ny, nz] }: Sample): number[] {
  return Array.from({ length: nx * ny * nz }, (_, n) =>
    sampleValue(n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))),
  );
}

/**
 * Asks a volume for the value at every position where the sample has a voxel. Empty when all are as they should be and
 * the volume has no further voxels; else what was found wrong first.
 */
export function misplaced(volume: Volume, sample: Sample): string {
  const { size, steps, origin } = sample;
  if (size[0] * size[1] * size[2] !== volume.hounsfield.length) return `size ${volume.size.join(' × ')}`;
  for (let k = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++) {
        const at = [0, 1, 2].map((a) => origin[a]! + i * steps[0][a]! + j * steps[1][a]! + k * steps[2][a]!);
        const index = [0, 1, 2].map((axis) => {
          const along = at.reduce(
            (sum, value, a) => sum + (value - volume.origin[a]!) * volume.direction[3 * axis + a]!,
            0,
          );
          return along / volume.spacing[axis]!;
        });
        if (index.some((n) => Math.abs(n - Math.round(n)) > 1e-3))
          return `between voxels at ${at.join(', ')}`;
        const [x, y, z] = index.map(Math.round) as [number, number, number];
        const value = volume.hounsfield[x + volume.size[0] * (y + volume.size[1] * z)];
        if (value !== sampleValue(i, j, k)) return `${String(value)} for ${sampleValue(i, j, k)}`;
      }
    }
  }
  return '';
}

/** How opening fails: kind and sentence. Throws when it does not fail. */
export async function refusalOf(path: string): Promise<{ kind: string; sentence: string }> {
  const error: unknown = await openVolume(path).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error === null) throw new Error('was opened');
  const { kind, message } = error as CalcarError;
  return { kind, sentence: message };
}
