import { CalcarError } from '../contract/errors.ts';
import type { Millimetres } from '../contract/units.ts';
import type { Volume } from '../volume/volume.ts';
import type { ConeBeamGeometry } from './geometry.ts';
import { pairTable, tissueTable } from './materials.ts';
import type { PairTable } from './materials.ts';
import { prepareVolume } from './preparedVolume.ts';
import type { PreparedVolume } from './preparedVolume.ts';
import { traceBricks } from './bricks.ts';
import { hasRayKernel } from './rayKernel.ts';
import { traceRays } from './siddon.ts';
import { airBelow } from './tissue.ts';
import { traceTrilinear } from './trilinear.ts';

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
  /**
   * 'exact' takes each voxel as constant; 'trilinear' lets tissue run evenly from voxel centre to voxel centre, which is
   * slower and shows no facets where voxels are larger than pixels. Both are integrated without steps. 'exact' where
   * not given.
   */
  readonly interpolation?: 'exact' | 'trilinear';
}

/** A volume that is ready to be projected again and again. */
export interface Projector {
  readonly name: 'cpu' | 'webgpu';
  /** What it runs on, for a person: the number of threads, or the graphics adapter. */
  readonly detail: string;
  /**
   * Line integrals of soft tissue and bone, as `projectMaterials` gives them. Calls are answered one after the other.
   *
   * @throws CalcarError 'invalid-input' for a detector that cannot be, 'compute-crashed' when the computation dies
   * underway (the next call starts afresh), 'cancelled' after `close`.
   */
  project(geometry: ConeBeamGeometry, options?: ProjectionOptions): Promise<LineIntegrals>;
  /** Gives back threads and memory; what is underway is refused as cancelled. */
  close(): Promise<void>;
}

/** How far a continued body reaches beyond its scan: out of any film's field. */
export const continuedMm = 300;
/** More pixels than any detector has, and as many as one array of floats should hold. */
const mostPixels = 2 ** 28;

/**
 * Line integrals of soft tissue and bone through a CT-like volume, by exact path lengths in every voxel
 * (Siddon 1985, in the incremental form of Jacobs et al. 1998), each voxel being constant. The tissues of
 * a voxel are those of `tissueMixture`. Rays end at the detector. Float volumes are rounded to whole HU.
 *
 * @throws CalcarError 'invalid-volume' when sizes, spacing or values do not fit together, 'invalid-input' as
 * `rowsOf`.
 */
export function projectMaterials(
  volume: Volume,
  geometry: ConeBeamGeometry,
  options: ProjectionOptions = {},
): LineIntegrals {
  const { first, end } = rowsOf(geometry, options);
  const rows = end - first;
  const soft = new Float32Array(rows * geometry.columns);
  const bone = new Float32Array(rows * geometry.columns);
  traceMaterials(prepareVolume(volume), geometry, options, soft, bone);
  return { rows, columns: geometry.columns, spacing: geometry.columnSpacing, soft, bone };
}

/**
 * The line integral of one function of HU over millimetres: rows × columns, row-major; nothing beyond
 * the volume and its air. With `plastimatchAttenuation` it is what plastimatch calls a DRR.
 *
 * @throws CalcarError as `projectMaterials`.
 */
export function radiologicalPath(
  volume: Volume,
  geometry: ConeBeamGeometry,
  attenuation: (hounsfield: number) => number,
  interpolation: 'exact' | 'trilinear' = 'exact',
): Float32Array {
  const options = { beyondEnds: 'air', interpolation } as const;
  rowsOf(geometry, options);
  const path = new Float32Array(geometry.rows * geometry.columns);
  const unused = new Float32Array(path.length);
  const table = pairTable((hounsfield) => [attenuation(hounsfield), 0]);
  trace(prepareVolume(volume), geometry, options, table, path, unused);
  return path;
}

/** What plastimatch 1.9.4 integrates after its `-P preprocess`: 0.0022 (1 + HU / 1000) a mm above -800 HU. */
export function plastimatchAttenuation(hounsfield: number): number {
  return hounsfield <= airBelow ? 0 : 0.0022 * (1 + hounsfield / 1000);
}

/** `projectMaterials` into arrays that stand at 0, one entry for every pixel of the rows asked for. */
export function traceMaterials(
  volume: PreparedVolume,
  geometry: ConeBeamGeometry,
  options: ProjectionOptions,
  soft: Float32Array,
  bone: Float32Array,
): void {
  trace(volume, geometry, options, tissueTable, soft, bone);
}

/**
 * The rows that are asked for.
 *
 * @throws CalcarError 'invalid-input' for a detector without place or pixels, or rows that it does not have.
 */
export function rowsOf(geometry: ConeBeamGeometry, { rowRange }: ProjectionOptions): RowRange {
  const { rows, columns, rowSpacing, columnSpacing } = geometry;
  const whole = [rows, columns].every((n) => Number.isInteger(n) && n >= 1) && rows * columns <= mostPixels;
  const places = [...geometry.source, ...geometry.detectorCentre];
  const directions = [...geometry.columnDirection, ...geometry.rowDirection];
  const placed = [...places, ...directions].every(Number.isFinite);
  if (!whole || !placed || !(rowSpacing > 0 && columnSpacing > 0)) {
    throw new CalcarError(
      'invalid-input',
      'The tube or the detector has no usable place, size or pixels. Correct the geometry of the view.',
    );
  }
  const range = rowRange ?? { first: 0, end: rows };
  const { first, end } = range;
  if (!(Number.isInteger(first) && Number.isInteger(end) && first >= 0 && first < end && end <= rows)) {
    throw new CalcarError(
      'invalid-input',
      `The detector has rows 0 to ${String(rows)}; rows ${String(first)} to ${String(end)} cannot be computed.`,
    );
  }
  return range;
}

function trace(
  volume: PreparedVolume,
  geometry: ConeBeamGeometry,
  { rowRange, beyondEnds, interpolation }: ProjectionOptions,
  table: PairTable,
  first: Float32Array,
  second: Float32Array,
): void {
  const work = {
    table,
    firstRow: rowRange?.first ?? 0,
    endRow: rowRange?.end ?? geometry.rows,
    continuedSlices: beyondEnds === 'air' ? 0 : Math.ceil(continuedMm / volume.spacing[2]),
  };
  if (interpolation === 'trilinear') traceTrilinear(volume, geometry, work, first, second);
  else if (hasRayKernel) traceBricks(volume, geometry, work, first, second);
  else traceRays(volume, geometry, work, first, second);
}
