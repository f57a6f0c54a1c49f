import type { Volume } from '../volume/volume.ts';
import { cross, dot } from './geometry.ts';
import type { Direction } from './geometry.ts';

/**
 * A patient direction times a length in mm, or a difference of points, in voxel steps along i, j and k. Axes a little
 * off the right angle, as decimals in a header leave them, are taken as they are.
 */
export function inVoxels({ direction: d, spacing }: Volume, vector: Direction): Direction {
  const i: Direction = [d[0], d[1], d[2]];
  const j: Direction = [d[3], d[4], d[5]];
  const k: Direction = [d[6], d[7], d[8]];
  const determinant = dot(i, cross(j, k));
  return [
    dot(cross(j, k), vector) / (determinant * spacing[0]),
    dot(cross(k, i), vector) / (determinant * spacing[1]),
    dot(cross(i, j), vector) / (determinant * spacing[2]),
  ];
}

/** A point of the patient in voxel coordinates whose whole numbers are the faces between voxels. */
export function pointInVoxels(volume: Volume, point: Direction): Direction {
  const [i, j, k] = inVoxels(volume, difference(point, volume.origin));
  return [i + 0.5, j + 0.5, k + 0.5];
}

export const difference = (a: Direction, b: Direction): Direction => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

export const times = (direction: Direction, length: number): Direction => [
  direction[0] * length,
  direction[1] * length,
  direction[2] * length,
];
