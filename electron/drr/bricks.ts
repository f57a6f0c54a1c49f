import type { ConeBeamGeometry, Direction } from './geometry.ts';
import type { PreparedVolume } from './preparedVolume.ts';
import { rayKernel } from './rayKernel.ts';
import type { RayKernel } from './rayKernel.ts';
import { traceRays } from './siddon.ts';
import type { Trace } from './siddon.ts';
import { difference, inVoxels, pointInVoxels, times } from './voxelFrame.ts';

/**
 * The path integrals of `siddon.ts` from sums along the beam: `rayKernel.wat.ts` adds the voxels of a brick up, column
 * by column, and a ray asks those sums only where it passes from column to column. A radiograph's rays run along one
 * axis of the volume, so that they do so every ten voxels or more rarely.
 *
 * A brick is as wide as the body and so many layers deep; of its slices only those are added up that the rays meet which
 * are traced at the time. All sums are the same whatever pixels are asked for, and so is every result.
 */

/** Layers of a brick along the beam at most, and at least where rays are so oblique that they meet many slices. */
const mostLayers = 64;
const leastLayers = 8;
/** Bytes of a brick's sums. */
const brickBytes = 2 ** 22;
/** Rows traced at a time have at most this many pixels, which bounds the memory of their integrals. */
const pixelsAtOnce = 2 ** 16;
/** Voxels across the beam's axis for one along it, beyond which sums serve no more and `siddon.ts` is as good. */
const mostSlope = 3;

type Axis = 0 | 1 | 2;
type Triple = readonly [number, number, number];
type Range = readonly [low: number, high: number];

/** A view in the body's voxels, whole numbers being faces and 0 the body's low end; in the order of the roles. */
interface View {
  readonly geometry: ConeBeamGeometry;
  /** The axis that the beam follows is y; x is the one of the other two whose voxels lie closer in memory. */
  readonly roles: readonly [x: Axis, y: Axis, z: Axis];
  /** Where the body begins in the volume, and its voxels. */
  readonly low: Triple;
  readonly count: Triple;
  readonly source: Triple;
  readonly toCentre: Triple;
  readonly across: Triple;
  readonly down: Triple;
}

/** Pixels of the detector. */
interface Tile {
  readonly rows: Range;
  readonly columns: Range;
}

function viewOf(volume: PreparedVolume, geometry: ConeBeamGeometry, continuedSlices: number): View | null {
  const { extent, size } = volume;
  if (extent === null) return null;
  const beam = inVoxels(volume, difference(geometry.detectorCentre, geometry.source));
  const roles = rolesOf(beam);
  const inOrder = (v: Direction): Triple => [v[roles[0]], v[roles[1]], v[roles[2]]];
  const [firstSlice, endSlice] = extent[2];
  const low: Direction = [extent[0][0], extent[1][0], firstSlice === 0 ? -continuedSlices : firstSlice];
  const high: Direction = [
    extent[0][1],
    extent[1][1],
    endSlice === size[2] ? endSlice + continuedSlices : endSlice,
  ];
  return {
    geometry,
    roles,
    low: inOrder(low),
    count: inOrder(difference(high, low)),
    source: inOrder(difference(pointInVoxels(volume, geometry.source), low)),
    toCentre: inOrder(beam),
    across: inOrder(inVoxels(volume, times(geometry.columnDirection, geometry.columnSpacing))),
    down: inOrder(inVoxels(volume, times(geometry.rowDirection, geometry.rowSpacing))),
  };
}

function rolesOf(beam: Direction): View['roles'] {
  const [i, j, k] = beam.map(Math.abs) as [number, number, number];
  if (k > i && k > j) return [0, 2, 1];
  return i > j ? [1, 0, 2] : [0, 1, 2];
}

/** From the source to the four corners of some pixels; what is linear over the detector is bounded by them. */
function corners({ geometry, toCentre, across, down }: View, { rows, columns }: Tile): readonly Triple[] {
  return [rows[0] + 0.5, rows[1] - 0.5].flatMap((row) =>
    [columns[0] + 0.5, columns[1] - 0.5].map((column): Triple => {
      const [u, v] = [column - geometry.columns / 2, row - geometry.rows / 2];
      const at = (axis: Axis): number => toCentre[axis] + u * across[axis] + v * down[axis];
      return [at(0), at(1), at(2)];
    }),
  );
}

/** The most voxels along x or z that a ray goes for one along the beam; infinite where some do not follow it. */
function steepest(view: View): number {
  const whole = { rows: [0, view.geometry.rows], columns: [0, view.geometry.columns] } as const;
  return Math.max(
    ...corners(view, whole).map(([x, y, z]) => {
      const forward = y * Math.sign(view.toCentre[1]);
      return forward > 0 ? Math.max(Math.abs(x), Math.abs(z)) / forward : Infinity;
    }),
  );
}

/** As `traceRays`. */
export function traceBricks(
  volume: PreparedVolume,
  geometry: ConeBeamGeometry,
  trace: Trace,
  first: Float32Array,
  second: Float32Array,
): void {
  const view = viewOf(volume, geometry, trace.continuedSlices);
  if (view === null) return;
  if (steepest(view) > mostSlope) {
    traceRays(volume, geometry, trace, first, second);
    return;
  }
  const { firstRow, endRow } = trace;
  const atOnce = Math.max(1, Math.floor(pixelsAtOnce / geometry.columns));
  for (let row = firstRow; row < endRow; row += atOnce) {
    const end = Math.min(row + atOnce, endRow);
    const from = (row - firstRow) * geometry.columns;
    const to = (end - firstRow) * geometry.columns;
    const rows = [row, end] as const;
    traceRows(volume, view, trace, rows, first.subarray(from, to), second.subarray(from, to));
  }
}

function traceRows(
  volume: PreparedVolume,
  view: View,
  { table }: Trace,
  rows: Range,
  first: Float32Array,
  second: Float32Array,
): void {
  const { geometry, count, source, toCentre, across, down, roles } = view;
  const { columns } = geometry;
  const slope = steepest(view);
  const depth = Math.min(count[1], mostLayers);
  const layersOf = (layers: number) => {
    const sliceBytes = 8 * (layers + 1) * count[0];
    const slicesOfRay = Math.ceil(layers * slope) + 2;
    const slices = Math.min(Math.max(Math.floor(brickBytes / sliceBytes), slicesOfRay), count[2]);
    return { layers, sliceBytes, slicesOfRay, slices };
  };
  let brick = layersOf(depth);
  // A ray's own slices are added up again for every few rows: bricks are thin where they are many.
  while (brick.layers / 2 >= leastLayers && 2 * brick.slicesOfRay > brick.slices && brick.slices < count[2]) {
    brick = layersOf(Math.floor(brick.layers / 2));
  }
  const { layers, sliceBytes, slices } = brick;
  const staged = volume.size[0] * (roles[1] === 0 ? volume.size[1] : layers + 3);
  const kernel = rayKernel(table, volume.densest, mostLayers, {
    integrals: 16 * (first.length + 1),
    voxels: 2 * (staged + 3),
    sums: sliceBytes * slices + 24,
  });

  for (let lowY = 0; lowY < count[1]; lowY += layers) {
    const highY = Math.min(lowY + layers, count[1]);
    for (const { tile, range } of tilesOf(view, [lowY, highY], { rows, columns: [0, columns] }, slices)) {
      const [lowZ, highZ] = range;
      const bytes = 8 * (highY - lowY + 1);
      for (let z = lowZ; z < highZ; z++) {
        const voxels = copySlice(volume, view, [lowY, highY], z, kernel);
        const sums = kernel.at.sums + (z - lowZ) * bytes * count[0];
        kernel.sumColumns(voxels.at, voxels.strideX, voxels.strideY, count[0], highY - lowY, sums);
      }
      for (let row = tile.rows[0]; row < tile.rows[1]; row++) {
        const v = row + 0.5 - geometry.rows / 2;
        const to = (axis: Axis): number => toCentre[axis] + v * down[axis];
        kernel.traceRow(
          ...([kernel.at.sums - lowZ * bytes * count[0], bytes, bytes * count[0]] as const),
          ...([count[0], lowY, highY, count[2], lowZ, highZ - 1] as const),
          ...source,
          ...([to(0), to(1), to(2)] as const),
          ...across,
          tile.columns[0] + 0.5 - columns / 2,
          tile.columns[1] + 0.5 - columns / 2,
          kernel.at.integrals + 16 * ((row - rows[0]) * columns + tile.columns[0]),
        );
      }
    }
  }
  inMillimetres(geometry, rows, kernel, first, second);
}

/** From integrals over the share of the way to the detector to those over millimetres. */
function inMillimetres(
  geometry: ConeBeamGeometry,
  rows: Range,
  { integrals, units }: RayKernel,
  first: Float32Array,
  second: Float32Array,
): void {
  const toCentre = difference(geometry.detectorCentre, geometry.source);
  const down = times(geometry.rowDirection, geometry.rowSpacing);
  const [acrossX, acrossY, acrossZ] = times(geometry.columnDirection, geometry.columnSpacing);
  const [firstUnit, secondUnit] = units;
  for (let row = rows[0], pixel = 0; row < rows[1]; row++) {
    const v = row + 0.5 - geometry.rows / 2;
    const a = toCentre[0] + v * down[0];
    const b = toCentre[1] + v * down[1];
    const c = toCentre[2] + v * down[2];
    for (let column = 0; column < geometry.columns; column++, pixel++) {
      const u = column + 0.5 - geometry.columns / 2;
      const dx = a + u * acrossX;
      const dy = b + u * acrossY;
      const dz = c + u * acrossZ;
      const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
      first[pixel] = integrals[2 * pixel]! * firstUnit * length;
      second[pixel] = integrals[2 * pixel + 1]! * secondUnit * length;
    }
  }
}

/** The pixels whose rays meet some layers, in tiles whose rays meet no more than so many slices there. */
function* tilesOf(
  view: View,
  layers: Range,
  { rows, columns }: Tile,
  slices: number,
): Generator<{ tile: Tile; range: Range }> {
  for (let row = rows[0]; row < rows[1];) {
    const tileTo = (end: number) => {
      const tile: Tile = { rows: [row, end], columns };
      return { tile, range: slicesOf(view, layers, tile) };
    };
    const fits = ({ range }: { range: Range }): boolean => range[1] - range[0] <= slices;
    let some = tileTo(rows[1]);
    // Half as many until they fit, then as many more as do.
    while (!fits(some) && some.tile.rows[1] > row + 1) some = tileTo((row + some.tile.rows[1]) >> 1);
    if (!fits(some) && columns[1] - columns[0] > 1) {
      const middle = (columns[0] + columns[1]) >> 1;
      yield* tilesOf(view, layers, { rows: [row, rows[1]], columns: [columns[0], middle] }, slices);
      yield* tilesOf(view, layers, { rows: [row, rows[1]], columns: [middle, columns[1]] }, slices);
      return;
    }
    for (let step = (some.tile.rows[1] - row) >> 1; step > 0; step >>= 1) {
      const more = some.tile.rows[1] + step <= rows[1] ? tileTo(some.tile.rows[1] + step) : some;
      if (fits(more)) some = more;
    }
    const { tile, range } = some;
    const met = columnsMeeting(view, layers, tile);
    if (range[1] > range[0] && met[1] > met[0]) yield { tile: { rows: tile.rows, columns: met }, range };
    row = tile.rows[1];
  }
}

/** The slices that a tile's rays meet within some layers. */
function slicesOf(view: View, layers: Range, tile: Tile): Range {
  const { source, count } = view;
  const rays = corners(view, tile);
  const shares = rays.map(([, y]) => layers.map((face) => (face - source[1]) / y));
  const all = shares.flat();
  const low = Math.min(...all);
  const high = Math.max(...all);
  // Between source and detector all is bounded by the corners; where a ray ends within the layers, loosely.
  const z = rays.flatMap(([, , dz], n) =>
    (low >= 0 && high <= 1
      ? shares[n]!
      : [Math.min(Math.max(low, 0), 1), Math.max(Math.min(high, 1), 0)]
    ).map((t) => source[2] + t * dz),
  );
  // Wider by far more than the rounding of these lines.
  return [
    Math.max(0, Math.floor(Math.min(...z) - 1e-6)),
    Math.min(count[2], Math.floor(Math.max(...z) + 1e-6) + 1),
  ];
}

/** The columns of a tile whose rays can meet the body's sides within some layers; all, where that is not plain. */
function columnsMeeting(view: View, layers: Range, { rows, columns }: Tile): Range {
  const { geometry, source, toCentre, across, down, count } = view;
  // Where a ray of a row is at a side x and a face y at once, its u is the root of a linear equation.
  const edges = layers.flatMap((face) =>
    [0, count[0]].map((side) => {
      const [x, y] = [side - source[0], face - source[1]];
      return { x, y, slope: x * across[1] - y * across[0] };
    }),
  );
  const isAhead = edges.every(({ y }) => y * toCentre[1] > 0);
  const isMonotone = edges.every(({ slope }) => slope > 0) || edges.every(({ slope }) => slope < 0);
  if (!isAhead || !isMonotone) return columns;
  const met = [rows[0] + 0.5, rows[1] - 0.5].flatMap((row) => {
    const v = row - geometry.rows / 2;
    const [dx, dy] = [toCentre[0] + v * down[0], toCentre[1] + v * down[1]];
    return edges.map(({ x, y, slope }) => (y * dx - x * dy) / slope + geometry.columns / 2 - 0.5);
  });
  // Wider by far more than the rounding of these lines.
  const [low, high] = [Math.ceil(Math.min(...met) - 1e-6), Math.floor(Math.max(...met) + 1e-6) + 1];
  return [Math.max(columns[0], low), Math.min(columns[1], high)];
}

/**
 * Fetches one slice's voxels of some layers for the kernel: in one copy where they lie together, which is many times
 * faster than one for each row where memory is shared.
 */
function copySlice(
  { hounsfield, size }: PreparedVolume,
  { roles, low }: View,
  [lowY, highY]: Range,
  z: number,
  { at, voxels }: RayKernel,
): { at: number; strideX: number; strideY: number } {
  const [nx, ny, nz] = size;
  // Beyond its ends a body goes on as its last slice.
  const sliceAt = (k: number): number => nx * ny * Math.max(0, Math.min(nz - 1, k));
  if (roles[1] === 2) {
    const row = nx * (low[2] + z);
    for (let y = lowY; y < highY; y++) {
      const begin = sliceAt(low[1] + y) + row;
      voxels.set(hounsfield.subarray(begin, begin + nx), (y - lowY) * nx);
    }
    return { at: at.voxels + 2 * low[0], strideX: 2, strideY: 2 * nx };
  }
  const slice = sliceAt(low[2] + z);
  if (roles[1] === 1) {
    voxels.set(hounsfield.subarray(slice + (low[1] + lowY) * nx, slice + (low[1] + highY) * nx));
    return { at: at.voxels + 2 * low[0], strideX: 2, strideY: 2 * nx };
  }
  voxels.set(hounsfield.subarray(slice, slice + nx * ny));
  return { at: at.voxels + 2 * (low[0] * nx + low[1] + lowY), strideX: 2 * nx, strideY: 2 };
}
