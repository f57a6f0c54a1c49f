import type { ConeBeamGeometry, Direction } from './geometry.ts';
import type { PreparedVolume } from './preparedVolume.ts';
import type { Trace } from './siddon.ts';
import { difference, inVoxels, pointInVoxels, times } from './voxelFrame.ts';

/**
 * Line integrals of a smooth body: between the centres of eight voxels the table's quantities run trilinearly, and beyond
 * the outermost centres they fall to air within one voxel. Along a ray such a field is a cubic in every cell, which two
 * Gauss points integrate without error; so there is no step to choose, and what is left is rounding.
 */

/** Half the distance of the two Gauss points, as a share of the interval. */
const gauss = 1 / (2 * Math.sqrt(3));

/** As `traceRays`, for the trilinear field. */
export function traceTrilinear(
  volume: PreparedVolume,
  geometry: ConeBeamGeometry,
  trace: Trace,
  first: Float32Array,
  second: Float32Array,
): void {
  const { extent, size } = volume;
  const { firstRow, endRow, continuedSlices } = trace;
  if (extent === null) return;
  const { rows, columns } = geometry;
  const toCentreMm = difference(geometry.detectorCentre, geometry.source);
  const acrossMm = times(geometry.columnDirection, geometry.columnSpacing);
  const downMm = times(geometry.rowDirection, geometry.rowSpacing);
  // Whole numbers are voxel centres here.
  const [fx, fy, fz] = pointInVoxels(volume, geometry.source);
  const source: Direction = [fx - 0.5, fy - 0.5, fz - 0.5];
  const [slicesLow, slicesHigh] = extent[2];
  const low: Direction = [
    extent[0][0] - 1,
    extent[1][0] - 1,
    slicesLow === 0 ? -continuedSlices - 1 : slicesLow - 1,
  ];
  const high: Direction = [
    extent[0][1],
    extent[1][1],
    slicesHigh === size[2] ? slicesHigh + continuedSlices : slicesHigh,
  ];
  const cell = cellReader(volume, trace);
  for (let row = firstRow, pixel = 0; row < endRow; row++) {
    const v = row + 0.5 - rows / 2;
    for (let column = 0; column < columns; column++, pixel++) {
      const u = column + 0.5 - columns / 2;
      const at = (n: 0 | 1 | 2): number => toCentreMm[n] + u * acrossMm[n] + v * downMm[n];
      const rayMm: Direction = [at(0), at(1), at(2)];
      const sums = integrate(source, inVoxels(volume, rayMm), low, high, cell);
      const length = Math.hypot(...rayMm);
      first[pixel] = sums[0] * length;
      second[pixel] = sums[1] * length;
    }
  }
}

/** The two quantities at the corners of the cell that begins at centre (i, j, k): (corner i + 2 j + 4 k) · 2. */
type CellReader = (i: number, j: number, k: number) => Float64Array;

function cellReader({ hounsfield, size }: PreparedVolume, { table, continuedSlices }: Trace): CellReader {
  const [nx, ny, nz] = size;
  const corners = new Float64Array(16);
  return (i, j, k) => {
    for (let corner = 0; corner < 8; corner++) {
      const x = i + (corner & 1);
      const y = j + ((corner >> 1) & 1);
      const z = k + (corner >> 2);
      const isBody =
        x >= 0 && x < nx && y >= 0 && y < ny && z >= -continuedSlices && z < nz + continuedSlices;
      // Beyond its ends a body goes on as its last slice.
      const slice = z < 0 ? 0 : z >= nz ? nz - 1 : z;
      const entry = isBody ? 2 * (hounsfield[x + nx * (y + ny * slice)]! + 32768) : -1;
      corners[2 * corner] = entry < 0 ? 0 : table[entry]!;
      corners[2 * corner + 1] = entry < 0 ? 0 : table[entry + 1]!;
    }
    return corners;
  };
}

/** The field along source + t · d, t from 0 to 1, from cell to cell; per unit of t. */
function integrate(
  source: Direction,
  d: Direction,
  low: Direction,
  high: Direction,
  cellAt: CellReader,
): [number, number] {
  let enter = 0;
  let leave = 1;
  for (const n of [0, 1, 2] as const) {
    if (d[n] === 0) {
      if (!(source[n] >= low[n] && source[n] < high[n])) return [0, 0];
      continue;
    }
    const a = (low[n] - source[n]) / d[n];
    const b = (high[n] - source[n]) / d[n];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  if (!(leave > enter)) return [0, 0];

  const cell = [0, 0, 0] as [number, number, number];
  const next = [Infinity, Infinity, Infinity] as [number, number, number];
  for (const n of [0, 1, 2] as const) {
    const begin = Math.floor(source[n] + enter * d[n]);
    cell[n] = Math.max(low[n], Math.min(high[n] - 1, begin));
    if (d[n] !== 0) next[n] = ((d[n] > 0 ? cell[n] + 1 : cell[n]) - source[n]) / d[n];
  }
  let first = 0;
  let second = 0;
  for (let t = enter; ;) {
    const stop = Math.min(next[0], next[1], next[2], leave);
    if (stop > t) {
      const corners = cellAt(cell[0], cell[1], cell[2]);
      for (const share of [0.5 - gauss, 0.5 + gauss]) {
        const s = t + (stop - t) * share;
        const x = source[0] + s * d[0] - cell[0];
        const y = source[1] + s * d[1] - cell[1];
        const z = source[2] + s * d[2] - cell[2];
        first += ((stop - t) / 2) * trilinear(corners, 0, x, y, z);
        second += ((stop - t) / 2) * trilinear(corners, 1, x, y, z);
      }
      t = stop;
    }
    if (stop >= leave) return [first, second];
    const n = next[0] <= next[1] ? (next[0] <= next[2] ? 0 : 2) : next[1] <= next[2] ? 1 : 2;
    cell[n] += d[n] > 0 ? 1 : -1;
    // From the cell, not by adding steps: rounding must not gather over a thousand cells.
    next[n] = ((d[n] > 0 ? cell[n] + 1 : cell[n]) - source[n]) / d[n];
  }
}

function trilinear(corners: Float64Array, quantity: 0 | 1, x: number, y: number, z: number): number {
  const between = (corner: number): number => {
    const a = corners[2 * corner + quantity]!;
    return a + (corners[2 * corner + 2 + quantity]! - a) * x;
  };
  const near = between(0) + (between(2) - between(0)) * y;
  const far = between(4) + (between(6) - between(4)) * y;
  return near + (far - near) * z;
}
