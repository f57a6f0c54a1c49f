import type { Millimetres } from '../contract/units.ts';

/** A point or direction in DICOM patient coordinates: x to the patient's left, y to his back, z to his head. */
export type PatientPoint = readonly [x: Millimetres, y: Millimetres, z: Millimetres];

/**
 * A CT-like volume of Hounsfield units. Voxel (i, j, k) is at index i + nx · (j + ny · k); its centre is at
 * origin + direction · (i · sx, j · sy, k · sz).
 */
export interface Volume {
  readonly size: readonly [nx: number, ny: number, nz: number];
  readonly spacing: readonly [sx: Millimetres, sy: Millimetres, sz: Millimetres];
  /** Centre of voxel (0, 0, 0). */
  readonly origin: PatientPoint;
  /** Unit vectors of the i, j and k axes, one after the other (columns of the direction matrix). */
  readonly direction: readonly [number, number, number, number, number, number, number, number, number];
  /** Hounsfield units; backed by a SharedArrayBuffer where worker threads are to read it. */
  readonly hounsfield: Int16Array | Float32Array;
}

/** The direction of a volume whose axes are the patient's. */
export const alignedDirection = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;
