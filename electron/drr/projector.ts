import { CalcarError } from '../contract/errors.ts';
import type { Millimetres } from '../contract/units.ts';
import type { Volume } from '../volume/volume.ts';
import type { ConeBeamGeometry } from './geometry.ts';
import { traceRays } from './siddon.ts';
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

const tableOffset = 32768;
/** How far a continued body reaches beyond its scan: out of any film's field. */
const continuedMm = 300;

function pairTable(pair: (hounsfield: number) => readonly [number, number]): Float64Array {
  const table = new Float64Array(2 * 65536);
  for (let hounsfield = -tableOffset; hounsfield < tableOffset; hounsfield++) {
    const [first, second] = pair(hounsfield);
    table[2 * (hounsfield + tableOffset)] = first;
    table[2 * (hounsfield + tableOffset) + 1] = second;
  }
  return table;
}

/** g/cm² of soft tissue and of bone per mm: a tenth of g/cm³. */
const tissueTable = pairTable((hounsfield) => {
  const { soft, bone } = tissueMixture(hounsfield);
  return [soft / 10, bone / 10];
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
  trace(volume, geometry, options, tissueTable, soft, bone);
  return { rows, columns: geometry.columns, spacing: geometry.columnSpacing, soft, bone };
}

/**
 * The line integral of one function of HU over millimetres: rows × columns, row-major; nothing beyond
 * the volume and its air. With `plastimatchAttenuation` it is what plastimatch calls a DRR.
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
  trace(volume, geometry, { beyondEnds: 'air' }, table, path, unused);
  return path;
}

/** What plastimatch 1.9.4 integrates after its `-P preprocess`: 0.0022 (1 + HU / 1000) a mm above -800 HU. */
export function plastimatchAttenuation(hounsfield: number): number {
  return hounsfield <= airBelow ? 0 : 0.0022 * (1 + hounsfield / 1000);
}

function trace(
  volume: Volume,
  geometry: ConeBeamGeometry,
  { rowRange, beyondEnds }: ProjectionOptions,
  table: Float64Array,
  first: Float32Array,
  second: Float32Array,
): void {
  checkVolume(volume);
  const work = {
    hounsfield: wholeHounsfield(volume.hounsfield),
    table,
    firstRow: rowRange?.first ?? 0,
    endRow: rowRange?.end ?? geometry.rows,
    continuedSlices: beyondEnds === 'air' ? 0 : Math.ceil(continuedMm / volume.spacing[2]),
  };
  traceRays(volume, geometry, work, first, second);
}

/** HU as 16-bit integers, so that the ray loop sees one kind of array and a table can answer it. */
function wholeHounsfield(values: Volume['hounsfield']): Int16Array {
  if (values instanceof Int16Array) return values;
  const whole = new Int16Array(values.length);
  for (let n = 0; n < values.length; n++) {
    const value = Math.round(values[n]!);
    if (Number.isNaN(value)) {
      throw new CalcarError(
        'invalid-volume',
        'The CT volume holds values that are not numbers. It cannot be projected; load the scan again.',
      );
    }
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
