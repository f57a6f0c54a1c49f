import type { LabFrame, LabPlane, LabPoint } from './lab.ts';

/** Voxel index in anatomical order; whole numbers are voxel centres. */
export type FrameIndex = readonly [a: number, b: number, c: number];

/** Where an index of the frame lies in the patient, mm. */
export function toPatient(frame: LabFrame, index: FrameIndex): LabPoint {
  const at = (xyz: 0 | 1 | 2): number =>
    frame.axes.reduce((sum, axis, n) => sum + axis[xyz] * index[n]! * frame.spacing[n]!, frame.origin[xyz]);
  return [at(0), at(1), at(2)];
}

/** The index at a point of the patient, not rounded; the axes stand square to each other. */
export function toIndex(frame: LabFrame, patient: LabPoint): FrameIndex {
  const along = (n: 0 | 1 | 2): number => {
    const axis = frame.axes[n];
    const length = axis.reduce((sum, part, xyz) => sum + part * (patient[xyz]! - frame.origin[xyz]!), 0);
    return length / frame.spacing[n];
  };
  return [along(0), along(1), along(2)];
}

/** How a plane is cut and shown: which axis the columns, the rows and the slices follow. */
export interface PlaneAxes {
  readonly column: 0 | 1 | 2;
  readonly row: 0 | 1 | 2;
  readonly slice: 0 | 1 | 2;
  /** Rows run against their axis, so that the head is at the top. */
  readonly rowsFall: boolean;
}

/** As a radiologist reads them: the patient's left on the picture's right, front or head at the top. */
export const planeAxes: Record<LabPlane, PlaneAxes> = {
  axial: { column: 0, row: 1, slice: 2, rowsFall: false },
  coronal: { column: 0, row: 2, slice: 1, rowsFall: true },
  sagittal: { column: 1, row: 2, slice: 0, rowsFall: true },
};

/** Place on a slice in its pixels; (0, 0) is the outer corner of the first pixel. */
export function toSlice(frame: LabFrame, plane: LabPlane, index: FrameIndex): { x: number; y: number } {
  const { column, row, rowsFall } = planeAxes[plane];
  const y = index[row] + 0.5;
  return { x: index[column] + 0.5, y: rowsFall ? frame.size[row] - y : y };
}

/** `index` moved within a plane to a place on its slice, kept inside the volume. */
export function fromSlice(
  frame: LabFrame,
  plane: LabPlane,
  index: FrameIndex,
  at: { readonly x: number; readonly y: number },
): FrameIndex {
  const { column, row, rowsFall } = planeAxes[plane];
  const moved: [number, number, number] = [index[0], index[1], index[2]];
  moved[column] = at.x - 0.5;
  moved[row] = (rowsFall ? frame.size[row] - at.y : at.y) - 0.5;
  return within(frame, moved);
}

/** The nearest index that lies in the volume. */
export function within(frame: LabFrame, index: FrameIndex): FrameIndex {
  const kept = (n: 0 | 1 | 2): number => Math.min(frame.size[n] - 1, Math.max(0, index[n]));
  return [kept(0), kept(1), kept(2)];
}
