import { CalcarError } from '../../contract/errors.ts';
import { hounsfieldWindows, type LabPlane, type LabWindow } from '../../contract/lab.ts';
import { planeAxes } from '../../contract/labFrame.ts';
import type { AnatomicalOrder } from './anatomicalFrame.ts';

export interface Slice {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns, row-major, 0 black … 255 white. */
  readonly greys: Uint8Array;
}

/**
 * One slice as a radiologist reads it, windowed to 8 bits.
 * @throws CalcarError 'not-found' for a slice that the volume does not have
 */
export function cutSlice(
  hounsfield: Int16Array,
  { frame, first, strides }: AnatomicalOrder,
  plane: LabPlane,
  index: number,
  window: LabWindow,
): Slice {
  const { column, row, slice, rowsFall } = planeAxes[plane];
  if (!(Number.isInteger(index) && index >= 0 && index < frame.size[slice]))
    throw new CalcarError('not-found', 'The screen asked for a slice that this volume does not have.');
  const rows = frame.size[row];
  const columns = frame.size[column];
  const { centre, width } = hounsfieldWindows[window];
  const low = centre - width / 2;
  const scale = 255 / width;
  const greys = new Uint8Array(rows * columns);
  const step = strides[column];
  for (let r = 0, out = 0; r < rows; r++) {
    const along = rowsFall ? rows - 1 - r : r;
    let at = first + index * strides[slice] + along * strides[row];
    for (let c = 0; c < columns; c++, out++, at += step) {
      const grey = (hounsfield[at]! - low) * scale;
      greys[out] = grey <= 0 ? 0 : grey >= 255 ? 255 : grey;
    }
  }
  return { rows, columns, greys };
}
