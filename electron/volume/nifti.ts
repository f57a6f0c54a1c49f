import { readHeader, NIFTI1, type NIFTI2 } from 'nifti-reader-js';
import { inflateBeginning, isGzip } from './beginning.ts';
import type { FileGrid } from './grid.ts';
import { shown } from './headerText.ts';
import type { ElementType, RawVolume } from './rawVolume.ts';
import { refuseVolume } from './refuse.ts';

type Header = NIFTI1 | NIFTI2;

/** Sizes of the two headers, which are also the numbers that they begin with. */
const nifti1Bytes = 348;
const nifti2Bytes = 540;

const elementTypes: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [NIFTI1.TYPE_UINT8, 'uint8'],
  [NIFTI1.TYPE_INT8, 'int8'],
  [NIFTI1.TYPE_INT16, 'int16'],
  [NIFTI1.TYPE_UINT16, 'uint16'],
  [NIFTI1.TYPE_INT32, 'int32'],
  [NIFTI1.TYPE_UINT32, 'uint32'],
  [NIFTI1.TYPE_INT64, 'int64'],
  [NIFTI1.TYPE_UINT64, 'uint64'],
  [NIFTI1.TYPE_FLOAT32, 'float32'],
  [NIFTI1.TYPE_FLOAT64, 'float64'],
]);

/**
 * The header of a NIfTI-1 or NIfTI-2 file, plain or gzipped; null where the bytes are of another kind.
 * Orientation comes from the sform, else the qform, else there is none (nifti1.h, methods 3, 2, 1; the order is
 * nibabel's). NIfTI counts x to the right and y to the front: both are turned over for DICOM.
 *
 * @throws CalcarError 'invalid-volume'
 */
export function niftiHeader(path: string, beginning: Uint8Array): RawVolume | null {
  const compressed = isGzip(beginning);
  const bytes = compressed ? inflateBeginning(beginning) : beginning;
  const headerBytes = headerSize(bytes);
  if (headerBytes === null) return null;
  // Without what follows the header, the reader looks for no extensions: they are of no use here.
  const own = new Uint8Array(bytes.subarray(0, headerBytes)).buffer;
  const header = parse(own);
  const type = elementTypes.get(header.datatypeCode);
  if (type === undefined) {
    throw refuseVolume(
      `Its voxels are of a kind that no CT has (NIfTI data type ${header.datatypeCode}).`,
      'Give a CT of one number a voxel.',
    );
  }
  const notes: string[] = [];
  const isScaled = Number.isFinite(header.scl_slope) && header.scl_slope !== 0;
  return {
    grid: gridOf(header, affine(header, new DataView(own), notes)),
    path,
    start: 0,
    compressed,
    skip: Math.max(headerBytes, Math.trunc(header.vox_offset) || 0),
    type,
    bigEndian: !header.littleEndian,
    slope: isScaled ? header.scl_slope : 1,
    intercept: isScaled && Number.isFinite(header.scl_inter) ? header.scl_inter : 0,
    description: shown(header.description),
    notes,
  };
}

/** NIfTI-1 ends its header with 'n+1', NIfTI-2 begins its own with a number and 'n+2'. */
function headerSize(bytes: Uint8Array): number | null {
  const letters = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length >= nifti1Bytes && letters(344) === 'n+1\0') return nifti1Bytes;
  if (bytes.length >= nifti2Bytes && letters(4) === 'n+2\0') return nifti2Bytes;
  return null;
}

function parse(bytes: ArrayBuffer): Header {
  try {
    return readHeader(bytes);
  } catch (cause) {
    throw refuseVolume('Its NIfTI header is damaged.', 'Copy or export it again.', 'invalid-volume', cause);
  }
}

/** Rows of the matrix that takes (i, j, k, 1) to the patient, x to the right and y to the front (RAS). */
function affine(header: Header, bytes: DataView, notes: string[]): number[][] {
  if (header.sform_code > 0) {
    const isFirst = header instanceof NIFTI1;
    const value = (n: number): number =>
      isFirst
        ? bytes.getFloat32(280 + 4 * n, header.littleEndian)
        : bytes.getFloat64(400 + 8 * n, header.littleEndian);
    return [0, 1, 2].map((row) => [0, 1, 2, 3].map((column) => value(4 * row + column)));
  }
  if (header.qform_code > 0) return header.getQformMat();
  notes.push(
    'The file does not say how the patient lies in it; its axes are taken as running to his right, front and head.',
  );
  const [, dx = 0, dy = 0, dz = 0] = header.pixDims;
  return [
    [dx, 0, 0, 0],
    [0, dy, 0, 0],
    [0, 0, dz, 0],
  ];
}

function gridOf(header: Header, rows: readonly (readonly number[])[]): FileGrid {
  const [dimensions = 0, nx = 0, ny = 0, nz = 0, ...more] = header.dims;
  if (dimensions < 3 || more.slice(0, dimensions - 3).some((count) => count > 1)) {
    throw refuseVolume(
      `It has ${dimensions} dimensions; a CT has three.`,
      'Give one volume, without time or channels.',
    );
  }
  const unit = millimetresPerUnit(header);
  const column = (n: number): [number, number, number] => [
    -rows[0]![n]! * unit,
    -rows[1]![n]! * unit,
    rows[2]![n]! * unit,
  ];
  const steps = [column(0), column(1), column(2)] as const;
  const [sx, sy, sz] = steps.map((step) => Math.hypot(...step)) as [number, number, number];
  const axis = (n: 0 | 1 | 2, by: number) =>
    steps[n].map((value) => value / by) as unknown as [number, number, number];
  return {
    size: [nx, ny, nz],
    spacing: [sx, sy, sz],
    origin: column(3),
    axes: [axis(0, sx), axis(1, sy), axis(2, sz)],
  };
}

/** xyzt_units; what says nothing means millimetres. */
function millimetresPerUnit(header: Header): number {
  const code = header.xyzt_units & NIFTI1.SPATIAL_UNITS_MASK;
  if (code === NIFTI1.UNITS_METER) return 1000;
  return code === NIFTI1.UNITS_MICRON ? 0.001 : 1;
}
