import { type Millimetres, mm } from '../../contract/units.ts';
import type { Volume } from '../../volume/volume.ts';

/**
 * The volume with neighbouring voxels along the axis that runs most nearly from front to back averaged into one, as many
 * as fit into `step`: a CT with thicker slices that way. On an anteroposterior film the beam adds them up anyhow, so
 * little changes but the time (see its test for how little). What is missing of the last ones is air.
 */
export function mergeDepth(volume: Volume, step: Millimetres): Volume {
  const { size, spacing, direction: d, origin, hounsfield } = volume;
  const share = ([0, 1, 2] as const).map((axis) => Math.abs(d[3 * axis + 1]!));
  const axis = share.indexOf(Math.max(...share)) as 0 | 1 | 2;
  const many = Math.floor(step / spacing[axis] + 1e-6);
  if (many < 2) return volume;
  const merged: [number, number, number] = [...size];
  merged[axis] = Math.ceil(size[axis] / many);
  const strides = [1, size[0], size[0] * size[1]] as const;
  const values = new Int16Array(new SharedArrayBuffer(2 * merged[0] * merged[1] * merged[2]));
  for (let k = 0, n = 0; k < merged[2]; k++) {
    for (let j = 0; j < merged[1]; j++) {
      for (let i = 0; i < merged[0]; i++, n++) {
        const index = [i, j, k];
        const first = index[axis]! * many;
        index[axis] = first;
        const from = index[0]! + strides[1] * index[1]! + strides[2] * index[2]!;
        let sum = 0;
        for (let m = 0; m < many; m++) {
          sum += first + m < size[axis] ? hounsfield[from + m * strides[axis]]! : -1000;
        }
        values[n] = Math.round(sum / many);
      }
    }
  }
  const thick: [Millimetres, Millimetres, Millimetres] = [...spacing];
  thick[axis] = mm(spacing[axis] * many);
  const half = ((many - 1) / 2) * spacing[axis];
  const moved = (n: 0 | 1 | 2): Millimetres => mm(origin[n] + half * d[3 * axis + n]!);
  return {
    ...volume,
    size: merged,
    spacing: thick,
    origin: [moved(0), moved(1), moved(2)],
    hounsfield: values,
  };
}
