import type { LabFrame, LabPoint } from '../../contract/lab.ts';
import type { Volume } from '../../volume/volume.ts';

/** A volume read in anatomical order: voxel (a, b, c) is at `first` + a · strides[0] + b · strides[1] + c · strides[2]. */
export interface AnatomicalOrder {
  readonly frame: LabFrame;
  /** Place in `hounsfield` of the voxel that is farthest to the patient's right, front and feet. */
  readonly first: number;
  readonly strides: readonly [number, number, number];
  /** Which axis of the volume each anatomical axis is. */
  readonly volumeAxis: readonly [Axis, Axis, Axis];
}
type Axis = 0 | 1 | 2;

const orders: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** Gives every axis of the volume the patient direction that it is nearest to, turned to rise with it. */
export function anatomicalOrder({
  size,
  spacing,
  origin,
  direction,
}: Omit<Volume, 'hounsfield'>): AnatomicalOrder {
  const part = (axis: Axis, xyz: number): number => direction[3 * axis + xyz]!;
  const agreement = (order: readonly [Axis, Axis, Axis]): number =>
    order.reduce<number>((sum, axis, xyz) => sum + Math.abs(part(axis, xyz)), 0);
  const volumeAxis = orders.reduce((best, order) => (agreement(order) > agreement(best) ? order : best));
  const steps = [1, size[0], size[0] * size[1]] as const;
  const corner: [number, number, number] = [origin[0], origin[1], origin[2]];
  let first = 0;
  const turned = ([0, 1, 2] as const).map((xyz) => {
    const axis = volumeAxis[xyz];
    const sign = part(axis, xyz) < 0 ? -1 : 1;
    if (sign < 0) {
      first += (size[axis] - 1) * steps[axis];
      for (const n of [0, 1, 2] as const) corner[n] += part(axis, n) * (size[axis] - 1) * spacing[axis];
    }
    const vector: LabPoint = [sign * part(axis, 0), sign * part(axis, 1), sign * part(axis, 2)];
    return { vector, stride: sign * steps[axis], size: size[axis], spacing: spacing[axis] };
  });
  const [a, b, c] = turned as [(typeof turned)[0], (typeof turned)[0], (typeof turned)[0]];
  return {
    frame: {
      size: [a.size, b.size, c.size],
      spacing: [a.spacing, b.spacing, c.spacing],
      origin: corner,
      axes: [a.vector, b.vector, c.vector],
    },
    first,
    strides: [a.stride, b.stride, c.stride],
    volumeAxis,
  };
}
