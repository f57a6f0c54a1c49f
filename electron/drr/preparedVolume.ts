import { CalcarError } from '../contract/errors.ts';
import type { Volume } from '../volume/volume.ts';
import { airBelow } from './tissue.ts';

/** Voxels low ≤ n < high of one axis. */
export type Extent = readonly [low: number, high: number];

/**
 * A volume that a projector can trace without asking any more: checked, in whole HU, and with the box outside which
 * there is only air. Plain data, so that it can be sent to a worker thread.
 */
export interface PreparedVolume extends Volume {
  readonly hounsfield: Int16Array;
  /** Voxel ranges along i, j and k that hold the body; null when all is air. */
  readonly extent: readonly [Extent, Extent, Extent] | null;
  /** The highest HU. */
  readonly densest: number;
}

/** The voxels that a projector can count with 31 bits. */
const mostVoxels = 2 ** 31 - 1;
/** How far direction cosines may be from unit length and right angles before they are no axes of a CT. */
const cosineTolerance = 5e-3;

/**
 * Checks a volume and finds its body. Whole HU are used where they lie; floats are rounded into a shared copy.
 *
 * @throws CalcarError 'invalid-volume' when sizes, spacing, axes or values do not fit together or are too many.
 */
export function prepareVolume(volume: Volume): PreparedVolume {
  checkVolume(volume);
  const { size, spacing, origin, direction } = volume;
  const hounsfield = wholeHounsfield(volume.hounsfield);
  const extent = bodyExtent(hounsfield, size);
  return { size, spacing, origin, direction, hounsfield, extent, densest: highest(hounsfield) };
}

function checkVolume({ size, spacing, origin, direction, hounsfield }: Volume): void {
  const voxels = size[0] * size[1] * size[2];
  if (
    !size.every((n) => Number.isInteger(n) && n >= 1) ||
    !spacing.every((s) => Number.isFinite(s) && s > 0)
  ) {
    throw new CalcarError(
      'invalid-volume',
      'The CT volume has an axis without voxels or a voxel without size. It cannot be projected; load the scan again.',
    );
  }
  if (voxels > mostVoxels) {
    throw new CalcarError(
      'invalid-volume',
      `The CT volume has ${size.join(' × ')} voxels, more than can be projected. Crop it to the pelvis or use thicker slices.`,
    );
  }
  if (hounsfield.length !== voxels) {
    throw new CalcarError(
      'invalid-volume',
      'The CT volume does not fit together: its size, voxel spacing and number of voxels disagree. Load the scan again.',
    );
  }
  if (!origin.every(Number.isFinite) || !isRightAngled(direction)) {
    throw new CalcarError(
      'invalid-volume',
      'The CT volume has no place in the patient: its origin is missing or its axes are not at right angles. Load the scan again.',
    );
  }
}

function isRightAngled(d: Volume['direction']): boolean {
  const product = (a: number, b: number): number =>
    d[a]! * d[b]! + d[a + 1]! * d[b + 1]! + d[a + 2]! * d[b + 2]!;
  const near = (value: number, wanted: number): boolean => Math.abs(value - wanted) < cosineTolerance;
  const units = [0, 3, 6].every((axis) => near(product(axis, axis), 1));
  return units && near(product(0, 3), 0) && near(product(3, 6), 0) && near(product(0, 6), 0);
}

/** HU as 16-bit integers, so that the ray loop sees one kind of array and a table can answer it. */
function wholeHounsfield(values: Volume['hounsfield']): Int16Array {
  if (values instanceof Int16Array) return values;
  const whole = new Int16Array(new SharedArrayBuffer(2 * values.length));
  for (let n = 0; n < values.length; n++) {
    const value = Math.round(values[n]!);
    if (Number.isNaN(value)) {
      throw new CalcarError(
        'invalid-volume',
        'The CT volume holds values that are not numbers. It cannot be projected; load the scan again.',
      );
    }
    whole[n] = Math.max(-32768, Math.min(32767, value));
  }
  return whole;
}

function highest(values: Int16Array): number {
  let value = values[0]!;
  for (let n = 1; n < values.length; n++) if (values[n]! > value) value = values[n]!;
  return value;
}

function bodyExtent(values: Int16Array, size: Volume['size']): PreparedVolume['extent'] {
  const [nx, ny, nz] = size;
  let [lowX, highX, lowY, highY, lowZ, highZ] = [nx, 0, ny, 0, nz, 0];
  for (let k = 0, start = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++, start += nx) {
      const end = start + nx;
      let first = start;
      while (first < end && values[first]! <= airBelow) first++;
      if (first === end) continue;
      let last = end - 1;
      while (values[last]! <= airBelow) last--;
      if (first - start < lowX) lowX = first - start;
      if (last - start >= highX) highX = last - start + 1;
      if (j < lowY) lowY = j;
      if (j >= highY) highY = j + 1;
      if (k < lowZ) lowZ = k;
      highZ = k + 1;
    }
  }
  if (highZ === 0) return null;
  return [
    [lowX, highX],
    [lowY, highY],
    [lowZ, highZ],
  ];
}
