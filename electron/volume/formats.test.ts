import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openVolume } from './open.ts';
import { misplaced, refusalOf, type Sample, sampleValues, temporaryFolder } from './testing/sampleVolume.ts';

const folder = temporaryFolder();
const sample: Sample = {
  size: [5, 4, 3],
  steps: [
    [0.7, 0, 0],
    [0, 0.9, 0],
    [0, 0, 2.5],
  ],
  origin: [-11, 7, -320],
};
let files = 0;
function file(content: Uint8Array | string, extension: string): string {
  const path = join(folder, `${++files}.${extension}`);
  writeFileSync(path, content);
  return path;
}

type Write = (view: DataView, at: number, value: number, little: boolean) => void;
const stored: Readonly<Record<string, { bytes: number; write: Write }>> = {
  int8: { bytes: 1, write: (v, at, x) => v.setInt8(at, x) },
  uint8: { bytes: 1, write: (v, at, x) => v.setUint8(at, x) },
  int16: { bytes: 2, write: (v, at, x, little) => v.setInt16(at, x, little) },
  uint16: { bytes: 2, write: (v, at, x, little) => v.setUint16(at, x, little) },
  int32: { bytes: 4, write: (v, at, x, little) => v.setInt32(at, x, little) },
  uint32: { bytes: 4, write: (v, at, x, little) => v.setUint32(at, x, little) },
  int64: { bytes: 8, write: (v, at, x, little) => v.setBigInt64(at, BigInt(x), little) },
  uint64: { bytes: 8, write: (v, at, x, little) => v.setBigUint64(at, BigInt(x), little) },
  float32: { bytes: 4, write: (v, at, x, little) => v.setFloat32(at, x, little) },
  float64: { bytes: 8, write: (v, at, x, little) => v.setFloat64(at, x, little) },
};
function encoded(values: readonly number[], type: string, little = true): Uint8Array {
  const { bytes, write } = stored[type]!;
  const out = new Uint8Array(bytes * values.length);
  const view = new DataView(out.buffer);
  values.forEach((value, i) => write(view, bytes * i, value, little));
  return out;
}

interface NiftiFields {
  type?: number;
  little?: boolean;
  slope?: number;
  inter?: number;
  dims?: readonly number[];
  pixdim?: readonly number[];
  units?: number;
  sform?: readonly number[];
  quatern?: readonly [b: number, c: number, d: number, x: number, y: number, z: number];
  offset?: number;
}
/** The header of nifti1.h, written field by field. */
function nifti(voxels: Uint8Array, fields: NiftiFields = {}): Uint8Array {
  const { little = true, offset = 352 } = fields;
  const bytes = new Uint8Array(offset + voxels.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, little);
  (fields.dims ?? [3, ...sample.size]).forEach((n, i) => view.setInt16(40 + 2 * i, n, little));
  view.setInt16(70, fields.type ?? 4, little);
  (fields.pixdim ?? [1, 0.7, 0.9, 2.5]).forEach((x, i) => view.setFloat32(76 + 4 * i, x, little));
  view.setFloat32(108, offset, little);
  view.setFloat32(112, fields.slope ?? 0, little);
  view.setFloat32(116, fields.inter ?? 0, little);
  view.setUint8(123, fields.units ?? 2);
  view.setInt16(252, fields.quatern ? 1 : 0, little);
  view.setInt16(254, fields.sform ? 1 : 0, little);
  fields.quatern?.forEach((x, i) => view.setFloat32(256 + 4 * i, x, little));
  fields.sform?.forEach((x, i) => view.setFloat32(280 + 4 * i, x, little));
  bytes.set(new TextEncoder().encode('n+1'), 344);
  bytes.set(voxels, offset);
  return bytes;
}
/** The sample's axes in RAS: left and back are negative. */
const sform = [-0.7, 0, 0, 11, 0, -0.9, 0, -7, 0, 0, 2.5, -320];
const values = sampleValues(sample);

describe('NIfTI', () => {
  it.each([
    [4, 'int16', 0],
    [8, 'int32', 0],
    [16, 'float32', 0],
    [64, 'float64', 0],
    [512, 'uint16', -1024],
    [768, 'uint32', -1024],
    [1024, 'int64', 0],
    [1280, 'uint64', -1024],
  ])('of data type %i (%s), either byte order, is read in place', async (type, name, inter) => {
    const shifted = values.map((value) => value - inter);
    for (const little of [true, false]) {
      const bytes = nifti(encoded(shifted, name, little), { type, little, slope: 1, inter, sform });
      const { volume, source } = await openVolume(file(bytes, 'nii'));
      expect(misplaced(volume, sample)).toBe('');
      expect(volume.hounsfield).toBeInstanceOf(Int16Array);
      expect(volume.hounsfield.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(source).toMatchObject({ format: 'nifti', files: 1, notes: [] });
    }
  });

  it('scales bytes by slope and intercept', async () => {
    const bytes = values.map((_, i) => i);
    for (const [type, name] of [
      [2, 'uint8'],
      [256, 'int8'],
    ] as const) {
      const path = file(nifti(encoded(bytes, name), { type, slope: 20, inter: -1000, sform }), 'nii');
      const { volume } = await openVolume(path);
      expect([...volume.hounsfield]).toEqual(bytes.map((x) => 20 * x - 1000));
    }
  });

  it('keeps values that are not whole as 32-bit floats', async () => {
    const halves = values.map((value, i) => (i === 40 ? value + 0.5 : value));
    const path = file(nifti(encoded(halves, 'float32'), { type: 16, sform }), 'nii');
    const { volume } = await openVolume(path);
    expect(volume.hounsfield).toBeInstanceOf(Float32Array);
    expect([...volume.hounsfield]).toEqual(halves);
    expect(volume.hounsfield.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('is read gzipped, and with extensions before the voxels', async () => {
    const bytes = nifti(encoded(values, 'int16'), { sform, offset: 416 });
    bytes[348] = 1;
    expect(misplaced((await openVolume(file(gzipSync(bytes), 'nii.gz'))).volume, sample)).toBe('');
  });

  it('turns by the quaternion where there is no sform, and prefers the sform', async () => {
    // nifti1.h: [a, b, c, d] = [0, 0, 0, 1] turns x and y over, from RAS to LPS.
    const quatern = [0, 0, 1, 11, -7, -320] as const;
    const voxels = encoded(values, 'int16');
    expect(misplaced((await openVolume(file(nifti(voxels, { quatern }), 'nii'))).volume, sample)).toBe('');
    const both = nifti(voxels, { quatern: [0, 0, 0, 0, 0, 0], sform });
    expect(misplaced((await openVolume(file(both, 'nii'))).volume, sample)).toBe('');
    // qfac = -1 turns the third axis over.
    const mirrored = nifti(voxels, { quatern, pixdim: [-1, 0.7, 0.9, 2.5] });
    const down: Sample = { ...sample, steps: [sample.steps[0], sample.steps[1], [0, 0, -2.5]] };
    expect(misplaced((await openVolume(file(mirrored, 'nii'))).volume, down)).toBe('');
  });

  it('says so where there is no orientation', async () => {
    const { volume, source } = await openVolume(file(nifti(encoded(values, 'int16')), 'nii'));
    expect(source.notes.join()).toMatch(/does not say how the patient lies/);
    expect(volume.spacing).toEqual([0.7, 0.9, 2.5].map(Math.fround));
  });

  it('reads metres', async () => {
    const metres = sform.map((x) => x / 1000);
    const { volume } = await openVolume(
      file(nifti(encoded(values, 'int16'), { sform: metres, units: 1 }), 'nii'),
    );
    expect(misplaced(volume, sample)).toBe('');
  });
});

const mha = (extra: string, data = 'LOCAL') =>
  `ObjectType = Image\nNDims = 3\nBinaryData = True\n${extra}DimSize = 5 4 3\nElementSpacing = 0.7 0.9 2.5\nOffset = -11 7 -320\nElementDataFile = ${data}\n`;
const join2 = (header: string, voxels: Uint8Array) => Buffer.concat([Buffer.from(header), voxels]);

describe('MetaImage', () => {
  it.each([
    ['MET_SHORT', 'int16'],
    ['MET_INT', 'int32'],
    ['MET_LONG_LONG', 'int64'],
    ['MET_FLOAT', 'float32'],
    ['MET_DOUBLE', 'float64'],
  ])('of %s, either byte order, plain and compressed, is read in place', async (type, name) => {
    for (const little of [true, false]) {
      const order = `BinaryDataByteOrderMSB = ${little ? 'False' : 'True'}\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nElementType = ${type}\n`;
      const voxels = encoded(values, name, little);
      const plain = await openVolume(file(join2(mha(order), voxels), 'mha'));
      const small = await openVolume(
        file(join2(mha(`CompressedData = True\n${order}`), deflateSync(voxels)), 'mha'),
      );
      for (const { volume, source } of [plain, small]) {
        expect(misplaced(volume, sample)).toBe('');
        expect(source).toMatchObject({ format: 'metaimage', files: 1, notes: [] });
      }
    }
  });

  it('is read from a data file beside it, from its end where the header says -1', async () => {
    writeFileSync(join(folder, 'beside.raw'), encoded(values, 'int16'));
    const beside = await openVolume(file(mha('ElementType = MET_SHORT\n', 'beside.raw'), 'mhd'));
    expect(misplaced(beside.volume, sample)).toBe('');
    expect(beside.source.files).toBe(2);
    const padded = join2(
      mha('HeaderSize = -1\nElementType = MET_SHORT\n'),
      Buffer.concat([Buffer.alloc(77), encoded(values, 'int16')]),
    );
    expect(misplaced((await openVolume(file(padded, 'mha'))).volume, sample)).toBe('');
  });

  it.each([
    ['an absolute path', '/etc/hostname'],
    ['a path upwards', '../secret.raw'],
    ['a list', 'LIST'],
    ['a pattern', 'slice%03d.raw 1 3 1'],
  ])('that names its voxels by %s is refused', async (_, name) => {
    const { kind } = await refusalOf(file(mha('ElementType = MET_SHORT\n', name), 'mhd'));
    expect(kind).toBe('invalid-volume');
  });
});

const nrrd = (space: string, directions: string, origin: string, extra: string) =>
  `NRRD0004\n# comment\ntype: short\ndimension: 3\nspace: ${space}\nsizes: 5 4 3\nspace directions: ${directions}\nkinds: domain domain domain\nendian: little\nspace origin: ${origin}\nkey:=value\n${extra}`;

describe('NRRD', () => {
  it.each([
    ['left-posterior-superior', '(0.7,0,0) (0,0.9,0) (0,0,2.5)', '(-11,7,-320)'],
    ['RAS', '(-0.7,0,0) (0,-0.9,0) (0,0,2.5)', '(11,-7,-320)'],
    ['left-anterior-superior', '(0.7,0,0) (0,-0.9,0) (0,0,2.5)', '(-11,-7,-320)'],
  ])('in %s is read in place, raw and gzipped, attached and detached', async (space, directions, origin) => {
    const voxels = encoded(values, 'int16');
    const header = (extra: string) => nrrd(space, directions, origin, extra);
    writeFileSync(join(folder, 'detached.raw.gz'), gzipSync(voxels));
    writeFileSync(join(folder, 'detached.raw'), voxels);
    for (const path of [
      file(join2(header('encoding: raw\n\n'), voxels), 'nrrd'),
      file(join2(header('encoding: gzip\n\n'), gzipSync(voxels)), 'nrrd'),
      file(header('encoding: gzip\ndata file: detached.raw.gz\n'), 'nhdr'),
      file(header('encoding: raw\ndata file: ./detached.raw\n'), 'nhdr'),
      file(
        join2(header('encoding: raw\nbyte skip: -1\n\n'), Buffer.concat([Buffer.alloc(9), voxels])),
        'nrrd',
      ),
    ]) {
      const { volume, source } = await openVolume(path);
      expect(misplaced(volume, sample)).toBe('');
      expect(source.format).toBe('nrrd');
    }
  });

  it.each([
    ['text', nrrd('LPS', '(1,0,0) (0,1,0) (0,0,1)', '(0,0,0)', 'encoding: ascii\n\n')],
    ['a scanner space', nrrd('scanner-xyz', '(1,0,0) (0,1,0) (0,0,1)', '(0,0,0)', 'encoding: raw\n\n')],
    [
      'centimetres',
      nrrd('LPS', '(1,0,0) (0,1,0) (0,0,1)', '(0,0,0)', 'encoding: raw\nspace units: "cm" "cm" "cm"\n\n'),
    ],
    ['shear', nrrd('LPS', '(1,0,0) (0.2,1,0) (0,0,1)', '(0,0,0)', 'encoding: raw\n\n')],
    ['no vectors', nrrd('LPS', 'none none none', '(0,0,0)', 'encoding: raw\n\n')],
  ])('with %s is refused', async (_, header) => {
    const { kind } = await refusalOf(file(join2(header, encoded(values, 'int16')), 'nrrd'));
    expect(kind).toBe('invalid-volume');
  });
});

describe('any order of axes', () => {
  const root = Math.SQRT1_2;
  const orders: Sample['steps'][] = [
    [
      [0, 0, 1.1],
      [-0.7, 0, 0],
      [0, 0.9, 0],
    ],
    [
      [0, -0.9, 0],
      [0, 0, -1.1],
      [0.7, 0, 0],
    ],
    [
      [-0.7, 0, 0],
      [0, -0.9, 0],
      [0, 0, -1.1],
    ],
    // Tilted by 30 degrees about the left-right axis, sagittal slices.
    [
      [0, 0.9 * Math.cos(Math.PI / 6), 0.9 * 0.5],
      [0, 1.1 * 0.5, -1.1 * Math.cos(Math.PI / 6)],
      [0.7, 0, 0],
    ],
    [
      [0.7 * root, 0.7 * root, 0],
      [-0.9 * root, 0.9 * root, 0],
      [0, 0, 1.1],
    ],
  ];
  it.each(orders.map((steps, n) => [n, steps] as const))('%i becomes left, back, head', async (_, steps) => {
    const turned: Sample = { ...sample, steps };
    const directions = steps.map((step) => `(${step.join(',')})`).join(' ');
    const header = nrrd('LPS', directions, '(-11,7,-320)', 'encoding: raw\n\n');
    const { volume } = await openVolume(file(join2(header, encoded(values, 'int16')), 'nrrd'));
    expect(misplaced(volume, turned)).toBe('');
    const d = volume.direction;
    expect(Math.min(d[0], d[4], d[8])).toBeGreaterThan(0.5);
  });
});

describe('is refused, typed and before anything is allocated:', () => {
  const voxels = encoded(values, 'int16');
  const huge = { dims: [3, 4097, 2, 2], sform };
  it.each([
    ['gigantic side', nifti(voxels, huge), 'too-large'],
    ['gigantic volume', nifti(voxels, { dims: [3, 4096, 4096, 4096], sform }), 'too-large'],
    ['more voxels than the file can hold', nifti(voxels, { dims: [3, 500, 500, 500], sform }), 'truncated'],
    [
      'more than its gzip can hold',
      gzipSync(nifti(voxels, { dims: [3, 1000, 1000, 1000], sform })),
      'truncated',
    ],
    ['broken off by one voxel', nifti(voxels.subarray(0, -2), { sform }), 'truncated'],
    ['broken-off gzip', gzipSync(nifti(voxels, { sform })).subarray(0, -20), 'truncated'],
    ['negative dimension', nifti(voxels, { dims: [3, 5, -4, 3], sform }), 'invalid-volume'],
    ['single slice', nifti(voxels, { dims: [3, 5, 4, 1], sform }), 'invalid-volume'],
    ['two dimensions', nifti(voxels, { dims: [2, 5, 4, 3], sform }), 'invalid-volume'],
    ['time', nifti(voxels, { dims: [4, 5, 4, 1, 3], sform }), 'invalid-volume'],
    ['colour', nifti(voxels, { type: 128, sform }), 'invalid-volume'],
    ['zero spacing', nifti(voxels, { pixdim: [1, 0.7, 0, 2.5] }), 'invalid-volume'],
    ['spacing that is no number', nifti(voxels, { pixdim: [1, 0.7, Number.NaN, 2.5] }), 'invalid-volume'],
    ['sform of zeros', nifti(voxels, { sform: new Array<number>(12).fill(0) }), 'invalid-volume'],
    ['NaN', nifti(encoded(values.with(7, Number.NaN), 'float32'), { type: 16, sform }), 'invalid-volume'],
    ['infinity', nifti(encoded(values.with(7, Infinity), 'float32'), { type: 16, sform }), 'invalid-volume'],
    [
      'value out of range',
      nifti(encoded(values.with(7, 32768), 'float32'), { type: 16, sform }),
      'invalid-volume',
    ],
    [
      'air only',
      nifti(
        encoded(
          values.map((v) => v - 1000),
          'int16',
        ),
        { sform },
      ),
      'invalid-volume',
    ],
    [
      'one value only',
      nifti(
        encoded(
          values.map(() => 40),
          'int16',
        ),
        { sform },
      ),
      'invalid-volume',
    ],
    ['something else', new TextEncoder().encode('not a volume at all'), 'invalid-volume'],
    ['nothing', new Uint8Array(0), 'invalid-volume'],
  ])('%s', async (_, bytes, kind) => {
    const refusal = await refusalOf(file(bytes, 'nii'));
    expect(refusal.kind).toBe(kind);
    expect(refusal.sentence).toMatch(/The volume was not opened\. [A-Z].+\.$/);
    expect(refusal.sentence).not.toContain(folder);
  });

  it('damaged gzip', async () => {
    const noise = Array.from({ length: 30 ** 3 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 22) - 500);
    const bytes = gzipSync(nifti(encoded(noise, 'int16'), { dims: [3, 30, 30, 30], sform }));
    // The checksum stands in the last eight bytes.
    bytes[bytes.length - 6] = bytes[bytes.length - 6]! ^ 0xff;
    // More than the piece from which the header is taken.
    expect(bytes.length).toBeGreaterThan(4096);
    expect((await refusalOf(file(bytes, 'nii.gz'))).kind).toBe('corrupt-pixels');
  });

  it('what is not there, and what may be stopped', async () => {
    expect((await refusalOf(join(folder, 'absent.nii'))).kind).toBe('not-found');
    const path = file(nifti(voxels, { sform }), 'nii');
    await expect(openVolume(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});
