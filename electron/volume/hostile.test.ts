/** Whatever is in a file, it opens or is refused with a reason; nothing crashes, hangs or takes memory by claiming. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { CalcarError } from '../contract/errors.ts';
import { mm } from '../contract/units.ts';
import { writeCt } from '../dicom/index.ts';
import { openVolume } from './open.ts';
import { temporaryFolder } from './testing/sampleVolume.ts';

const folder = temporaryFolder();
const voxels = Int16Array.from({ length: 60 }, (_, i) => 17 * i - 400);
const voxelBytes = new Uint8Array(voxels.buffer);
const text = (header: string) => Buffer.concat([Buffer.from(header), voxelBytes]);
const metaImage = text(
  'ObjectType = Image\nNDims = 3\nBinaryData = True\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = -11 7 -320\nElementSpacing = 0.7 0.9 2.5\nDimSize = 5 4 3\nElementType = MET_SHORT\nElementDataFile = LOCAL\n',
);
const nrrd = text(
  'NRRD0004\ntype: short\ndimension: 3\nspace: LPS\nsizes: 5 4 3\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nendian: little\nencoding: raw\nspace origin: (0,0,0)\n\n',
);
function nifti(): Uint8Array {
  const bytes = new Uint8Array(352 + voxelBytes.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  [3, 5, 4, 3, 1].forEach((n, i) => view.setInt16(40 + 2 * i, n, true));
  view.setInt16(70, 4, true);
  [1, 1, 1, 1].forEach((n, i) => view.setFloat32(76 + 4 * i, n, true));
  view.setFloat32(108, 352, true);
  bytes.set(Buffer.from('n+1'), 344);
  bytes.set(voxelBytes, 352);
  return bytes;
}
const slices = [
  ...writeCt({
    size: [5, 4, 3],
    spacing: [mm(0.7), mm(0.9), mm(2.5)],
    origin: [mm(0), mm(0), mm(0)],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    hounsfield: voxels,
    patient: { id: 'SIM-1', sex: null, ageYears: null },
    bodyPart: 'PELVIS',
    seriesDescription: 'Simulated CT',
    derivation: 'Parametric phantom.',
    software: '0.1.0',
    studyDate: '20260101',
  }),
];

/** Numbers that follow one another like chance, the same every time (Numerical Recipes' generator). */
function* chance(): Generator<number> {
  for (let state = 7; ;) yield (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Some bytes changed; mostly those of the header. */
function damaged(bytes: Uint8Array, random: Generator<number, never>): Uint8Array {
  const next = () => random.next().value;
  const copy = Uint8Array.from(bytes);
  for (let n = 1 + Math.floor(4 * next()); n > 0; n--) {
    const value = next() < 0.5 ? Math.floor(256 * next()) : 0x30 + Math.floor(10 * next());
    copy[Math.floor(copy.length * next())] = value;
  }
  return next() < 0.2 ? copy.subarray(0, Math.floor(copy.length * next())) : copy;
}

async function outcome(path: string): Promise<'opened' | 'refused'> {
  try {
    const { volume } = await openVolume(path);
    const [nx, ny, nz] = volume.size;
    expect(volume.hounsfield.length).toBe(nx * ny * nz);
    expect([...volume.spacing, ...volume.origin, ...volume.direction].every(Number.isFinite)).toBe(true);
    return 'opened';
  } catch (error) {
    if (!(error instanceof CalcarError)) throw error;
    expect(error.message).not.toContain(folder);
    return 'refused';
  }
}

it.each([
  ['MetaImage', 'mha', metaImage],
  ['NRRD', 'nrrd', nrrd],
  ['NIfTI', 'nii', nifti()],
  ['gzipped NIfTI', 'nii.gz', gzipSync(nifti())],
])('damaged %s', async (_, extension, bytes) => {
  const random = chance() as Generator<number, never>;
  const path = join(folder, `whole.${extension}`);
  writeFileSync(path, bytes);
  expect(await outcome(path)).toBe('opened');
  const seen = new Set<string>();
  for (let n = 0; n < 150; n++) {
    const damagedPath = join(folder, `damaged.${extension}`);
    writeFileSync(damagedPath, damaged(bytes, random));
    seen.add(await outcome(damagedPath));
  }
  expect([...seen].sort()).toEqual(['opened', 'refused']);
});

it('damaged series', async () => {
  const random = chance() as Generator<number, never>;
  const series = join(folder, 'series');
  mkdirSync(series);
  for (const { name, bytes } of slices) writeFileSync(join(series, name), bytes);
  expect(await outcome(series)).toBe('opened');
  const seen = new Set<string>();
  const { name, bytes } = slices[1]!;
  for (let n = 0; n < 150; n++) {
    writeFileSync(join(series, name), damaged(bytes.slice(), random));
    seen.add(await outcome(series));
  }
  expect([...seen].sort()).toEqual(['opened', 'refused']);
});
