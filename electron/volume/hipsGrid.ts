import type { Volume } from './volume.ts';

/** A plain point or direction in patient coordinates, for arithmetic. */
export type Vector = readonly [x: number, y: number, z: number];

/** Reads a volume at places in patient coordinates. */
export interface Sampler {
  /** Hounsfield units between the voxels (trilinear); NaN outside the box of voxel centres. */
  readonly at: (x: number, y: number, z: number) => number;
  /** How far a line from an inside point runs until it leaves the box of voxel centres; negative: how far outside it starts. */
  readonly reach: (from: Vector, direction: Vector) => number;
  /** Corners of the axis-aligned box, in patient coordinates, around all voxel centres. */
  readonly low: Vector;
  readonly high: Vector;
}

export function samplerOf(volume: Volume): Sampler {
  const [nx, ny, nz] = volume.size;
  const values = volume.hounsfield;
  const { origin, spacing, direction: d } = volume;
  const row = (axis: number, x: number, y: number, z: number): number =>
    (d[3 * axis]! * x + d[3 * axis + 1]! * y + d[3 * axis + 2]! * z) / spacing[axis]!;
  const at = (px: number, py: number, pz: number): number => {
    const x = px - origin[0];
    const y = py - origin[1];
    const z = pz - origin[2];
    const fi = (d[0] * x + d[1] * y + d[2] * z) / spacing[0];
    const fj = (d[3] * x + d[4] * y + d[5] * z) / spacing[1];
    const fk = (d[6] * x + d[7] * y + d[8] * z) / spacing[2];
    if (!(fi >= 0 && fj >= 0 && fk >= 0 && fi <= nx - 1 && fj <= ny - 1 && fk <= nz - 1)) return NaN;
    const i = Math.min(Math.floor(fi), Math.max(nx - 2, 0));
    const j = Math.min(Math.floor(fj), Math.max(ny - 2, 0));
    const k = Math.min(Math.floor(fk), Math.max(nz - 2, 0));
    const u = fi - i;
    const v = fj - j;
    const w = fk - k;
    const n = i + nx * (j + ny * k);
    const east = nx > 1 ? 1 : 0;
    const back = ny > 1 ? nx : 0;
    const up = nz > 1 ? nx * ny : 0;
    const line = (m: number): number => values[m]! + u * (values[m + east]! - values[m]!);
    const near = line(n) + v * (line(n + back) - line(n));
    const far = line(n + up) + v * (line(n + up + back) - line(n + up));
    return near + w * (far - near);
  };
  const reach = (from: Vector, towards: Vector): number => {
    const offset: Vector = [from[0] - origin[0], from[1] - origin[1], from[2] - origin[2]];
    let nearest = Infinity;
    for (const axis of [0, 1, 2]) {
      const start = row(axis, ...offset);
      const speed = row(axis, ...towards);
      const last = volume.size[axis]! - 1;
      // A line that hardly moves along an axis does not leave by its end.
      if (Math.abs(speed) * spacing[axis]! < 0.3) continue;
      nearest = Math.min(nearest, ((speed > 0 ? last : 0) - start) / speed);
    }
    return nearest;
  };
  const corners = [0, 1].flatMap((i) =>
    [0, 1].flatMap((j) => [0, 1].map((k) => cornerOf(volume, [i * (nx - 1), j * (ny - 1), k * (nz - 1)]))),
  );
  const along = (axis: 0 | 1 | 2): number[] => corners.map((corner) => corner[axis]);
  return {
    at,
    reach,
    low: [Math.min(...along(0)), Math.min(...along(1)), Math.min(...along(2))],
    high: [Math.max(...along(0)), Math.max(...along(1)), Math.max(...along(2))],
  };
}

function cornerOf({ origin, spacing, direction: d }: Volume, index: Vector): Vector {
  const [a, b, c] = [index[0] * spacing[0], index[1] * spacing[1], index[2] * spacing[2]];
  return [
    origin[0] + d[0] * a + d[3] * b + d[6] * c,
    origin[1] + d[1] * a + d[4] * b + d[7] * c,
    origin[2] + d[2] * a + d[5] * b + d[8] * c,
  ];
}

/** A coarse copy of a volume whose axes are the patient's, so that left, back and up are array directions. */
export interface CoarseGrid {
  readonly size: readonly [nx: number, ny: number, nz: number];
  /** Edge of a cell, mm. */
  readonly step: number;
  /** Centre of the first cell. */
  readonly origin: Vector;
  /** Hounsfield units, cut to `floor` .. `ceiling`; NaN outside the volume. */
  readonly values: Float32Array;
}

/**
 * Mean of four values about a place, each cut to a range first; NaN where one is outside. The corners of a
 * tetrahedron see every layer of a cell for half the cost of its eight corners.
 */
export function meanAbout(
  { at }: Sampler,
  [x, y, z]: Vector,
  off: number,
  [floor, ceiling]: readonly [number, number],
): number {
  const cut = (value: number): number => (value < floor ? floor : value > ceiling ? ceiling : value);
  const near = cut(at(x - off, y - off, z - off)) + cut(at(x + off, y + off, z - off));
  return (near + cut(at(x + off, y - off, z + off)) + cut(at(x - off, y + off, z + off))) / 4;
}

/**
 * The volume on cells of `step` mm, each the mean of four points, cut to the range in which bone differs
 * from muscle: fat and gas then have no edges, and metal is no brighter than bone.
 */
export function coarseGrid(
  sampler: Sampler,
  step: number,
  range: readonly [floor: number, ceiling: number],
): CoarseGrid {
  const { low, high } = sampler;
  const count = (axis: 0 | 1 | 2): number => Math.max(1, Math.floor((high[axis] - low[axis]) / step));
  const size = [count(0), count(1), count(2)] as const;
  const first = (axis: 0 | 1 | 2): number => (low[axis] + high[axis] - (size[axis] - 1) * step) / 2;
  const origin: Vector = [first(0), first(1), first(2)];
  const values = new Float32Array(size[0] * size[1] * size[2]);
  for (let k = 0, n = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++, n++) {
        const place = [origin[0] + i * step, origin[1] + j * step, origin[2] + k * step] as const;
        values[n] = meanAbout(sampler, place, step / 4, range);
      }
    }
  }
  return { size, step, origin, values };
}
