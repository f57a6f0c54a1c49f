import type { ConeBeamGeometry, Direction } from './geometry.ts';
import { cross, dot } from './geometry.ts';
import type { PreparedVolume } from './preparedVolume.ts';
import { rayKernel } from './rayKernel.ts';
import type { Trace } from './siddon.ts';
import { difference, inVoxels, pointInVoxels, times } from './voxelFrame.ts';

/**
 * The walk of `siddon.ts` in bricks: a piece of the volume that fits the processor's cache is copied once and traced by
 * all rays that meet it, so that rays wait for no memory. Bricks are the same whatever rows are asked for, and so are the
 * sums. What a ray costs is then the additions in `rayKernel.wat.ts`.
 */

/** Voxels of a brick along the beam; the axis of lower number across it is not cut, and the third is cut by the bytes. */
const layersInBrick = 256;
const brickBytes = 2 ** 22;
/** Rows traced at a time have at most this many pixels, which bounds the memory of their sums. */
const pixelsAtOnce = 2 ** 17;

type Axis = 0 | 1 | 2;
type Range = readonly [low: number, high: number];
type Box = readonly [Range, Range, Range];

/** As `traceRays`. */
export function traceBricks(
  volume: PreparedVolume,
  geometry: ConeBeamGeometry,
  trace: Trace,
  first: Float32Array,
  second: Float32Array,
): void {
  const { firstRow, endRow } = trace;
  const atOnce = Math.max(1, Math.floor(pixelsAtOnce / geometry.columns));
  for (let row = firstRow; row < endRow; row += atOnce) {
    const end = Math.min(row + atOnce, endRow);
    const from = (row - firstRow) * geometry.columns;
    const to = (end - firstRow) * geometry.columns;
    const some = { ...trace, firstRow: row, endRow: end };
    traceSome(volume, geometry, some, first.subarray(from, to), second.subarray(from, to));
  }
}

function traceSome(
  volume: PreparedVolume,
  geometry: ConeBeamGeometry,
  { table, firstRow, endRow, continuedSlices }: Trace,
  first: Float32Array,
  second: Float32Array,
): void {
  const { extent, size } = volume;
  if (extent === null) return;
  const { columns } = geometry;
  const toCentreMm = difference(geometry.detectorCentre, geometry.source);
  const acrossMm = times(geometry.columnDirection, geometry.columnSpacing);
  const downMm = times(geometry.rowDirection, geometry.rowSpacing);
  const view: View = {
    geometry,
    source: pointInVoxels(volume, geometry.source),
    toCentre: inVoxels(volume, toCentreMm),
    across: inVoxels(volume, acrossMm),
    down: inVoxels(volume, downMm),
  };
  const [slicesLow, slicesHigh] = extent[2];
  const body: Box = [
    extent[0],
    extent[1],
    [
      slicesLow === 0 ? -continuedSlices : slicesLow,
      slicesHigh === size[2] ? slicesHigh + continuedSlices : slicesHigh,
    ],
  ];
  const [x, y, z] = rolesOf(view.toCentre);
  const cut: [number, number, number] = [0, 0, 0];
  cut[x] = body[x][1] - body[x][0];
  cut[y] = Math.min(layersInBrick, body[y][1] - body[y][0]);
  // An odd number of 64-byte lines from row to row spreads a ray's voxels over the whole cache.
  cut[z] = Math.max(1, Math.floor(brickBytes / (2 * cut[x] * cut[y])));
  cut[z] = Math.min(cut[z], body[z][1] - body[z][0]);
  const strides = [1, 32 * (Math.ceil(cut[0] / 32) | 1), 0] as [number, number, number];
  strides[2] = strides[1] * cut[1];
  const kernel = rayKernel(table, 2 * first.length, strides[2] * cut[2] + strides[1], size[0] * cut[1]);

  for (const brick of bricksOf(body, cut, [z, y])) {
    const shadow = shadowOf(view, brick);
    const rowLow = Math.max(firstRow, shadow.rows[0]);
    const rowHigh = Math.min(endRow, shadow.rows[1]);
    const [columnLow, columnHigh] = shadow.columns;
    if (rowHigh <= rowLow || columnHigh <= columnLow) continue;
    copyBrick(volume, brick, strides, kernel.staging, kernel.brick);
    const n = brick.map(([low, high]) => high - low);
    const s = view.source.map((value, axis) => value - brick[axis as Axis][0]);
    for (let row = rowLow; row < rowHigh; row++) {
      const v = row + 0.5 - geometry.rows / 2;
      const to = view.toCentre.map((value, axis) => value + v * view.down[axis as Axis]);
      kernel.traceRow(
        kernel.brickAt,
        ...([2 * strides[x], 2 * strides[y], 2 * strides[z]] as const),
        ...([n[x]!, n[y]!, n[z]!] as const),
        ...([s[x]!, s[y]!, s[z]!] as const),
        ...([to[x]!, to[y]!, to[z]!] as const),
        ...([view.across[x], view.across[y], view.across[z]] as const),
        columnLow + 0.5 - columns / 2,
        kernel.sumsAt + 16 * ((row - firstRow) * columns + columnLow),
        columnHigh - columnLow,
      );
    }
  }

  for (let row = firstRow, pixel = 0; row < endRow; row++) {
    const v = row + 0.5 - geometry.rows / 2;
    const [a, b, c] = [0, 1, 2].map((axis) => toCentreMm[axis as Axis] + v * downMm[axis as Axis]) as [
      number,
      number,
      number,
    ];
    for (let column = 0; column < columns; column++, pixel++) {
      const u = column + 0.5 - columns / 2;
      const [dx, dy, dz] = [a + u * acrossMm[0], b + u * acrossMm[1], c + u * acrossMm[2]];
      const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
      first[pixel] = kernel.sums[2 * pixel]! * length;
      second[pixel] = kernel.sums[2 * pixel + 1]! * length;
    }
  }
}

/** A view in the volume's voxels, whole numbers being faces. */
interface View {
  readonly geometry: ConeBeamGeometry;
  readonly source: Direction;
  readonly toCentre: Direction;
  readonly across: Direction;
  readonly down: Direction;
}

/** The axis that the beam follows is y; x is the one of the other two whose voxels lie closer in memory. */
function rolesOf(beam: Direction): readonly [x: Axis, y: Axis, z: Axis] {
  const [i, j, k] = beam.map(Math.abs) as [number, number, number];
  if (k > i && k > j) return [0, 2, 1];
  return i > j ? [1, 0, 2] : [0, 1, 2];
}

/** The body cut from its low end on along two axes, `first` the slower. */
function* bricksOf(body: Box, cut: readonly [number, number, number], [outer, inner]: readonly [Axis, Axis]) {
  const pieces = (axis: Axis): Range[] => {
    const [low, high] = body[axis];
    return Array.from({ length: Math.ceil((high - low) / cut[axis]) }, (_, n) => [
      low + n * cut[axis],
      Math.min(low + (n + 1) * cut[axis], high),
    ]);
  };
  for (const a of pieces(outer)) {
    for (const b of pieces(inner)) {
      const brick: [Range, Range, Range] = [body[0], body[1], body[2]];
      brick[outer] = a;
      brick[inner] = b;
      yield brick as Box;
    }
  }
}

/** Rows and columns whose rays can meet the brick: all, where the brick reaches behind the source. */
function shadowOf(view: View, brick: Box): { rows: Range; columns: Range } {
  const { geometry, source, toCentre, across, down } = view;
  const normal = cross(across, down);
  const depth = dot(toCentre, normal);
  let [top, bottom, left, right] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const x of brick[0]) {
    for (const y of brick[1]) {
      for (const z of brick[2]) {
        const ray = difference([x, y, z], source);
        const share = dot(ray, normal) / depth;
        if (!(share > 0)) {
          return { rows: [0, geometry.rows], columns: [0, geometry.columns] };
        }
        const hit = difference(times(ray, 1 / share), toCentre);
        const column = dot(cross(hit, down), normal) / dot(normal, normal) + geometry.columns / 2 - 0.5;
        const row = dot(cross(across, hit), normal) / dot(normal, normal) + geometry.rows / 2 - 0.5;
        left = Math.min(left, column);
        right = Math.max(right, column);
        top = Math.min(top, row);
        bottom = Math.max(bottom, row);
      }
    }
  }
  // Wider by far more than the rounding of these lines.
  const range = (low: number, high: number, count: number): Range => [
    Math.max(0, Math.ceil(low - 1e-6)),
    Math.min(count, Math.floor(high + 1e-6) + 1),
  ];
  return { rows: range(top, bottom, geometry.rows), columns: range(left, right, geometry.columns) };
}

/**
 * A slice's rows lie together in the volume: they are fetched in one copy, which is many times faster than one for each
 * where memory is shared, and spread from there.
 */
function copyBrick(
  { hounsfield, size }: PreparedVolume,
  [[lowI, highI], [lowJ, highJ], [lowK, highK]]: Box,
  [, strideJ, strideK]: readonly [number, number, number],
  staging: Int16Array,
  into: Int16Array,
): void {
  const nx = size[0];
  for (let k = lowK; k < highK; k++) {
    // Beyond its ends a body goes on as its last slice.
    const slice = nx * size[1] * Math.max(0, Math.min(size[2] - 1, k));
    staging.set(hounsfield.subarray(slice + lowJ * nx, slice + highJ * nx));
    for (let j = 0; j < highJ - lowJ; j++) {
      const row = staging.subarray(j * nx + lowI, j * nx + highI);
      into.set(row, j * strideJ + (k - lowK) * strideK);
    }
  }
}
