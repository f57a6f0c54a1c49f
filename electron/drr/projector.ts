import { CalcarError } from '../contract/errors.ts';
import type { Millimetres } from '../contract/units.ts';
import type { PatientPoint, Volume } from '../volume/volume.ts';
import type { ConeBeamGeometry, Direction } from './geometry.ts';
import { dot } from './geometry.ts';
import { airBelow, tissueMixture } from './tissue.ts';

/** Mass of each tissue along the ray to every pixel: rows × columns, row-major, in g/cm². */
export interface LineIntegrals {
  readonly rows: number;
  readonly columns: number;
  /** Distance of neighbouring columns at the detector. */
  readonly spacing: Millimetres;
  readonly soft: Float32Array;
  readonly bone: Float32Array;
}

/** Rows of the detector, from `first` on, up to but without `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

export interface ProjectionOptions {
  /** The rows to compute; the result has only these. All where not given. */
  readonly rowRange?: RowRange;
  /**
   * What lies beyond the first and the last slice (the k axis): air, or the body going on as that slice shows it, as a
   * thigh does below a scan that stops at the lesser trochanter. Continued where not given.
   */
  readonly beyondEnds?: 'air' | 'continued';
}

/** Two quantities a length for every 16-bit HU: entry 2 (HU + 32768) and the one after it. */
type PairTable = Float32Array;

const tableOffset = 32768;
/** How far a continued body reaches beyond its scan: out of any film's field. */
const continuedMm = 300;

function pairTable(pair: (hounsfield: number) => readonly [number, number]): PairTable {
  const table = new Float32Array(2 * 65536);
  for (let hounsfield = -tableOffset; hounsfield < tableOffset; hounsfield++) {
    const [first, second] = pair(hounsfield);
    table[2 * (hounsfield + tableOffset)] = first;
    table[2 * (hounsfield + tableOffset) + 1] = second;
  }
  return table;
}

const tissueTable = pairTable((hounsfield) => {
  const { soft, bone } = tissueMixture(hounsfield);
  return [soft, bone];
});

/**
 * Line integrals of soft tissue and bone through a CT-like volume, by exact path lengths in every voxel
 * (Siddon 1985, in the incremental form of Jacobs et al. 1998), each voxel being constant. The tissues of
 * a voxel are those of `tissueMixture`. Rays end at the detector. Float volumes are rounded to whole HU.
 *
 * @throws CalcarError 'invalid-volume' when sizes, spacing or values do not fit together.
 */
export function projectMaterials(
  volume: Volume,
  geometry: ConeBeamGeometry,
  options: ProjectionOptions = {},
): LineIntegrals {
  const { first, end } = options.rowRange ?? { first: 0, end: geometry.rows };
  const rows = end - first;
  const soft = new Float32Array(rows * geometry.columns);
  const bone = new Float32Array(rows * geometry.columns);
  // Path lengths are in mm, densities in g/cm³.
  trace(volume, geometry, options, tissueTable, 0.1, soft, bone);
  return { rows, columns: geometry.columns, spacing: geometry.columnSpacing, soft, bone };
}

/**
 * The line integral of one function of HU over millimetres: rows × columns, row-major; air beyond the volume. With
 * `plastimatchAttenuation` it is what plastimatch calls a DRR.
 *
 * @throws CalcarError 'invalid-volume' as `projectMaterials`.
 */
export function radiologicalPath(
  volume: Volume,
  geometry: ConeBeamGeometry,
  attenuation: (hounsfield: number) => number,
): Float32Array {
  const path = new Float32Array(geometry.rows * geometry.columns);
  const unused = new Float32Array(path.length);
  const table = pairTable((hounsfield) => [attenuation(hounsfield), 0]);
  trace(volume, geometry, { beyondEnds: 'air' }, table, 1, path, unused);
  return path;
}

/** What plastimatch 1.9.4 integrates after its `-P preprocess`: 0.0022 (1 + HU / 1000) a mm above -800 HU. */
export function plastimatchAttenuation(hounsfield: number): number {
  return hounsfield <= airBelow ? 0 : 0.0022 * (1 + hounsfield / 1000);
}

/** HU as 16-bit integers, so that the ray loop sees one kind of array and a table can answer it. */
function wholeHounsfield(values: Volume['hounsfield']): Int16Array {
  if (values instanceof Int16Array) return values;
  const whole = new Int16Array(values.length);
  for (let n = 0; n < values.length; n++) {
    const value = Math.round(values[n]!);
    whole[n] = value < -tableOffset ? -tableOffset : value > tableOffset - 1 ? tableOffset - 1 : value;
  }
  return whole;
}

function checkVolume(volume: Volume): void {
  const [nx, ny, nz] = volume.size;
  const whole = [nx, ny, nz].every((n) => Number.isInteger(n) && n >= 1);
  const spaced = volume.spacing.every((s) => Number.isFinite(s) && s > 0);
  if (!whole || !spaced || volume.hounsfield.length !== nx * ny * nz) {
    throw new CalcarError(
      'invalid-volume',
      'The CT volume does not fit together: its size, voxel spacing and number of voxels disagree. Load the scan again.',
    );
  }
}

type Extent = readonly [low: number, high: number];

/** Voxel ranges [low, high) of each axis outside which there is only air; null when all is air. */
function bodyExtent(values: Int16Array, size: Volume['size']): readonly [Extent, Extent, Extent] | null {
  const [nx, ny] = size;
  const strides = [1, nx, nx * ny] as const;
  const holdsBody = (axis: number, at: number): boolean => {
    const [a, b] = axis === 0 ? [1, 2] : axis === 1 ? [0, 2] : [0, 1];
    const start = at * strides[axis]!;
    for (let m = 0; m < size[b]!; m++) {
      let n = start + m * strides[b]!;
      for (let l = 0; l < size[a]!; l++, n += strides[a]!) if (values[n]! > airBelow) return true;
    }
    return false;
  };
  const extents: [Extent, Extent, Extent] = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  // From the slowest axis down: a slab of it lies together in memory.
  for (const axis of [2, 1, 0] as const) {
    const n = size[axis];
    let low = 0;
    while (low < n && !holdsBody(axis, low)) low++;
    if (low === n) return null;
    let high = n;
    while (!holdsBody(axis, high - 1)) high--;
    extents[axis] = [low, high];
  }
  return extents;
}

/** A patient direction times a length, or a difference of points, in voxel steps. */
function inVoxels(volume: Volume, vector: Direction): [number, number, number] {
  const d = volume.direction;
  return [
    dot([d[0], d[3], d[6]], vector) / volume.spacing[0],
    dot([d[1], d[4], d[7]], vector) / volume.spacing[1],
    dot([d[2], d[5], d[8]], vector) / volume.spacing[2],
  ];
}

/** A point in voxel coordinates whose whole numbers are the faces between voxels. */
function pointInVoxels(volume: Volume, point: PatientPoint): [number, number, number] {
  const [x, y, z] = volume.origin;
  const [i, j, k] = inVoxels(volume, [point[0] - x, point[1] - y, point[2] - z]);
  return [i + 0.5, j + 0.5, k + 0.5];
}

/**
 * Adds up, for every pixel of the rows, the two quantities of the table over path length times `scale`.
 * The inner loop is written out flat, without calls or allocation: it is where all time goes.
 */
function trace(
  volume: Volume,
  geometry: ConeBeamGeometry,
  options: ProjectionOptions,
  table: PairTable,
  scale: number,
  first: Float32Array,
  second: Float32Array,
): void {
  checkVolume(volume);
  const values = wholeHounsfield(volume.hounsfield);
  const extent = bodyExtent(values, volume.size);
  if (extent === null) return;
  const [[lowX, highX], [lowY, highY], [bodyLowZ, bodyHighZ]] = extent;
  const lastZ = volume.size[2] - 1;
  const continued = options.beyondEnds !== 'air' ? Math.ceil(continuedMm / volume.spacing[2]) : 0;
  const lowZ = bodyLowZ === 0 ? -continued : bodyLowZ;
  const highZ = bodyHighZ === lastZ + 1 ? bodyHighZ + continued : bodyHighZ;
  const strideY = volume.size[0];
  const strideZ = strideY * volume.size[1];

  const { source, detectorCentre, rows, columns } = geometry;
  const [sx, sy, sz] = pointInVoxels(volume, source);
  const [cx, cy, cz] = pointInVoxels(volume, detectorCentre);
  const acrossMm = times(geometry.columnDirection, geometry.columnSpacing);
  const downMm = times(geometry.rowDirection, geometry.rowSpacing);
  const [ax, ay, az] = inVoxels(volume, acrossMm);
  const [bx, by, bz] = inVoxels(volume, downMm);
  const toCentre: Direction = [
    detectorCentre[0] - source[0],
    detectorCentre[1] - source[1],
    detectorCentre[2] - source[2],
  ];

  let pixel = 0;
  const { first: firstRow, end: endRow } = options.rowRange ?? { first: 0, end: rows };
  for (let row = firstRow; row < endRow; row++) {
    const v = row + 0.5 - rows / 2;
    for (let column = 0; column < columns; column++, pixel++) {
      const u = column + 0.5 - columns / 2;
      // The ray is source + t · d, in voxels, t from 0 at the source to 1 at the detector.
      const dx = cx - sx + u * ax + v * bx;
      const dy = cy - sy + u * ay + v * by;
      const dz = cz - sz + u * az + v * bz;
      const stepX = 1 / Math.abs(dx);
      const stepY = 1 / Math.abs(dy);
      const stepZ = 1 / Math.abs(dz);

      let enter = 0;
      let leave = 1;
      if (dx !== 0) {
        const a = (lowX - sx) / dx;
        const b = (highX - sx) / dx;
        if (a < b) {
          if (a > enter) enter = a;
          if (b < leave) leave = b;
        } else {
          if (b > enter) enter = b;
          if (a < leave) leave = a;
        }
      } else if (sx < lowX || sx > highX) continue;
      if (dy !== 0) {
        const a = (lowY - sy) / dy;
        const b = (highY - sy) / dy;
        if (a < b) {
          if (a > enter) enter = a;
          if (b < leave) leave = b;
        } else {
          if (b > enter) enter = b;
          if (a < leave) leave = a;
        }
      } else if (sy < lowY || sy > highY) continue;
      if (dz !== 0) {
        const a = (lowZ - sz) / dz;
        const b = (highZ - sz) / dz;
        if (a < b) {
          if (a > enter) enter = a;
          if (b < leave) leave = b;
        } else {
          if (b > enter) enter = b;
          if (a < leave) leave = a;
        }
      } else if (sz < lowZ || sz > highZ) continue;
      // Stops short of the face by far less than any voxel, so that rounding never steps outside.
      leave -= 1e-11;
      if (!(leave > enter)) continue;

      const ix = within(Math.floor(sx + enter * dx), lowX, highX);
      const iy = within(Math.floor(sy + enter * dy), lowY, highY);
      let iz = within(Math.floor(sz + enter * dz), lowZ, highZ);
      let nextX = dx > 0 ? (ix + 1 - sx) * stepX : dx < 0 ? (sx - ix) * stepX : Infinity;
      let nextY = dy > 0 ? (iy + 1 - sy) * stepY : dy < 0 ? (sy - iy) * stepY : Infinity;
      let nextZ = dz > 0 ? (iz + 1 - sz) * stepZ : dz < 0 ? (sz - iz) * stepZ : Infinity;
      const moveX = dx > 0 ? 1 : -1;
      const moveY = dy > 0 ? strideY : -strideY;
      const moveZ = dz > 0 ? 1 : -1;
      let voxel = ix + iy * strideY + within(iz, 0, lastZ + 1) * strideZ;

      let t = enter;
      let sumFirst = 0;
      let sumSecond = 0;
      for (;;) {
        const entry = (values[voxel]! + tableOffset) << 1;
        if (nextY <= nextX && nextY <= nextZ) {
          if (nextY >= leave) {
            sumFirst += (leave - t) * table[entry]!;
            sumSecond += (leave - t) * table[entry + 1]!;
            break;
          }
          sumFirst += (nextY - t) * table[entry]!;
          sumSecond += (nextY - t) * table[entry + 1]!;
          t = nextY;
          nextY += stepY;
          voxel += moveY;
        } else if (nextX <= nextZ) {
          if (nextX >= leave) {
            sumFirst += (leave - t) * table[entry]!;
            sumSecond += (leave - t) * table[entry + 1]!;
            break;
          }
          sumFirst += (nextX - t) * table[entry]!;
          sumSecond += (nextX - t) * table[entry + 1]!;
          t = nextX;
          nextX += stepX;
          voxel += moveX;
        } else {
          if (nextZ >= leave) {
            sumFirst += (leave - t) * table[entry]!;
            sumSecond += (leave - t) * table[entry + 1]!;
            break;
          }
          sumFirst += (nextZ - t) * table[entry]!;
          sumSecond += (nextZ - t) * table[entry + 1]!;
          t = nextZ;
          nextZ += stepZ;
          const slice = within(iz, 0, lastZ + 1);
          iz += moveZ;
          voxel += (within(iz, 0, lastZ + 1) - slice) * strideZ;
        }
      }
      const length =
        scale *
        Math.hypot(
          toCentre[0] + u * acrossMm[0] + v * downMm[0],
          toCentre[1] + u * acrossMm[1] + v * downMm[1],
          toCentre[2] + u * acrossMm[2] + v * downMm[2],
        );
      first[pixel] = sumFirst * length;
      second[pixel] = sumSecond * length;
    }
  }
}

const times = (direction: Direction, length: number): Direction => [
  direction[0] * length,
  direction[1] * length,
  direction[2] * length,
];

function within(index: number, low: number, high: number): number {
  return index < low ? low : index >= high ? high - 1 : index;
}
