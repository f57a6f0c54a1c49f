import { mm } from '../contract/units.ts';
import { refuseVolume } from './refuse.ts';
import type { PatientPoint, Volume } from './volume.ts';

type Vector = readonly [number, number, number];

/** Where the voxels of a file lie: its own axes, in the order in which it stores them, fastest first. */
export interface FileGrid {
  readonly size: Vector;
  /** Millimetres from voxel to voxel along each axis. */
  readonly spacing: Vector;
  /** Centre of the first voxel in DICOM patient coordinates (LPS), mm. */
  readonly origin: Vector;
  /** Where the next voxel of each axis lies in LPS; made unit length by `fileGrid`. */
  readonly axes: readonly [Vector, Vector, Vector];
}

/** Largest count of voxels along an axis, and in all: 2 GiB of 16-bit Hounsfield units. */
export const maximumSide = 4096;
export const maximumVoxels = 2 ** 30;
/** Millimetres. No CT has finer or coarser voxels; what claims so was written in other units. */
const spacingLimits = [0.01, 50] as const;
/** Cosine between two axes beyond which the grid is sheared: 0.06 degrees. */
const shearLimit = 1e-3;

/**
 * Checks what a header claims before anything is allocated for it, and makes the axes unit vectors.
 *
 * @throws CalcarError 'invalid-volume' for a size, spacing, position or axes that no CT has, 'too-large'
 */
export function fileGrid(claimed: FileGrid): FileGrid {
  const { size, spacing, origin, axes } = claimed;
  checkSize(size);
  const [finest, coarsest] = spacingLimits;
  if (!spacing.every((step) => step >= finest && step <= coarsest)) {
    throw refuseVolume(
      `Its voxel size is given as ${spacing.map((step) => String(step)).join(' × ')} mm, which no CT has.`,
      'Export the volume again with its true spacing.',
    );
  }
  const lengths = axes.map(length);
  if (![...origin, ...axes.flat()].every(Number.isFinite) || lengths.some((one) => one < 0.5 || one > 2)) {
    throw refuseVolume(
      'Its position or orientation in the patient is not made of usable numbers.',
      'Export the volume again with its orientation.',
    );
  }
  const unit = axes.map((axis, i) => axis.map((value) => value / lengths[i]!) as unknown as Vector);
  const [i, j, k] = unit as [Vector, Vector, Vector];
  if (Math.max(Math.abs(dot(i, j)), Math.abs(dot(j, k)), Math.abs(dot(k, i))) > shearLimit) {
    throw refuseVolume(
      'Its axes do not stand at right angles, as after a tilted gantry.',
      'Resample the volume to a straight grid first.',
    );
  }
  return { size, spacing, origin, axes: [i, j, k] };
}

/** @throws CalcarError 'invalid-volume', 'too-large' */
function checkSize(size: Vector): void {
  if (!size.every((count) => Number.isInteger(count) && count >= 1)) {
    throw refuseVolume('It does not say how many voxels it has.', 'Export the volume again.');
  }
  const claim = size.join(' × ');
  if (size.some((count) => count > maximumSide) || size[0] * size[1] * size[2] > maximumVoxels) {
    throw refuseVolume(
      `It claims ${claim} voxels; Calcar opens at most ${maximumSide} along a side and 1024 × 1024 × 1024 in all.`,
      'Crop it to the pelvis, or make its voxels larger.',
      'too-large',
    );
  }
  if (size.some((count) => count < 2)) {
    throw refuseVolume(
      `It is a single slice (${claim} voxels), which has no depth to look through.`,
      'Give the whole CT.',
    );
  }
}

/** A volume without its voxels, and where each voxel of the file goes in it. */
export interface Placement {
  readonly frame: Omit<Volume, 'hounsfield'>;
  readonly file: FileGrid;
  /** Voxel (i, j, k) of the file goes to index start + i · steps[0] + j · steps[1] + k · steps[2]. */
  readonly start: number;
  readonly steps: Vector;
}

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/**
 * Axes in the order of the patient's: i runs mostly to his left, j to his back, k to his head, whatever the file
 * does. Voxels only change places; none is interpolated, and an oblique volume stays oblique.
 */
export function placement(file: FileGrid): Placement {
  // The order whose axes lie nearest to the patient's.
  const order = orders
    .map((candidate) => ({
      candidate,
      nearness: candidate.reduce<number>(
        (sum, axis, patient) => sum + Math.abs(file.axes[axis][patient]!),
        0,
      ),
    }))
    .reduce((best, one) => (one.nearness > best.nearness + 1e-9 ? one : best)).candidate;
  const size = order.map((axis) => file.size[axis]) as unknown as Vector;
  const strides: Vector = [1, size[0], size[0] * size[1]];
  const origin = [...file.origin];
  const steps: [number, number, number] = [0, 0, 0];
  const direction: number[] = [];
  let start = 0;
  order.forEach((axis, patient) => {
    const isReversed = file.axes[axis][patient]! < 0;
    const last = file.size[axis] - 1;
    steps[axis] = strides[patient]! * (isReversed ? -1 : 1);
    if (isReversed) start += strides[patient]! * last;
    file.axes[axis].forEach((value, along) => {
      // Adding zero keeps a reversed 0 from becoming -0.
      direction.push((isReversed ? -value : value) + 0);
      if (isReversed) origin[along] = origin[along]! + value * last * file.spacing[axis];
    });
  });
  return {
    frame: {
      size,
      spacing: order.map((axis) => mm(file.spacing[axis])) as unknown as Volume['spacing'],
      origin: origin.map((value) => mm(value)) as unknown as PatientPoint,
      direction: direction as unknown as Volume['direction'],
    },
    file,
    start,
    steps,
  };
}

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Vector): number => Math.sqrt(dot(a, a));
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
