/** Real CTs, and plastimatch (ITK and dcmtk inside) as the second reader and writer of every format. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { alignedDirection, type Volume } from './volume.ts';
import { hasTool, sharedData } from '../dicom/testing/shared.ts';
import { writeCt } from '../dicom/index.ts';
import { openVolume } from './open.ts';
import { misplaced, refusalOf, type Sample, sampleValues, temporaryFolder } from './testing/sampleVolume.ts';

const folder = temporaryFolder();
const totalSegmentator = sharedData('totalsegmentator');
const conformance = sharedData('dicom-conformance');
const visibleHuman = sharedData('vhf-pelvis');
const plastimatch = hasTool('plastimatch');
const gdcm = hasTool('gdcmconv') && hasTool('dcmodify');
const tar = hasTool('tar') && hasTool('xz');

/** Writes what plastimatch makes of a volume: a folder of DICOM, or a file by its extension. */
function converted(input: string, name: string): string {
  const output = join(folder, name);
  const option = name.includes('.') ? '--output-img' : '--output-dicom';
  const { status, stdout } = spawnSync(
    'plastimatch',
    ['convert', '--input', input, option, output, '--output-type', 'short'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stdout);
  return output;
}

/** Largest differences of two volumes: of any value, and of the place of any corner in mm. */
function difference(a: Volume, b: Volume): { value: number; place: number } {
  expect(a.size).toEqual(b.size);
  let value = 0;
  for (let i = 0; i < a.hounsfield.length; i++) {
    value = Math.max(value, Math.abs(a.hounsfield[i]! - b.hounsfield[i]!));
  }
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n & 1, (n >> 1) & 1, n >> 2]);
  const at = (v: Volume, corner: readonly number[], axis: number): number =>
    corner.reduce(
      (sum, end, along) =>
        sum + end * (v.size[along]! - 1) * v.spacing[along]! * v.direction[3 * along + axis]!,
      v.origin[axis]!,
    );
  const places = corners.flatMap((corner) =>
    [0, 1, 2].map((axis) => Math.abs(at(a, corner, axis) - at(b, corner, axis))),
  );
  return { value, place: Math.max(...places) };
}

describe.skipIf(!plastimatch)('as plastimatch writes it', () => {
  it('an oblique volume is one and the same in every format', async () => {
    const [c, s] = [Math.cos(Math.PI / 6), 0.5];
    const sample: Sample = {
      size: [7, 6, 5],
      steps: [
        [0, 0.75 * c, 0.75 * s],
        [0, 1.5 * s, -1.5 * c],
        [2, 0, 0],
      ],
      origin: [-31, 12, -650],
    };
    const header = `ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nTransformMatrix = 0 ${c} ${s} 0 ${s} ${-c} 1 0 0\nOffset = -31 12 -650\nElementSpacing = 0.75 1.5 2\nDimSize = 7 6 5\nElementType = MET_SHORT\nElementDataFile = LOCAL\n`;
    const path = join(folder, 'oblique.mha');
    writeFileSync(
      path,
      Buffer.concat([Buffer.from(header), new Uint8Array(Int16Array.from(sampleValues(sample)).buffer)]),
    );
    expect(misplaced((await openVolume(path)).volume, sample)).toBe('');
    for (const name of ['oblique.nii', 'oblique.nii.gz', 'oblique.nrrd', 'oblique.mhd', 'oblique-dicom']) {
      const { volume } = await openVolume(converted(path, name));
      expect(`${name} ${misplaced(volume, sample)}`).toBe(`${name} `);
    }
  });

  it.skipIf(totalSegmentator === null)('a real CT is one and the same in every format', async () => {
    const nifti = join(totalSegmentator!, 'example_ct.nii.gz');
    const { volume } = await openVolume(nifti);
    expect(volume.size).toEqual([122, 101, 112]);
    expect(volume.direction).toEqual(alignedDirection);
    for (const name of ['real.mha', 'real.nrrd', 'real.nii.gz', 'real-dicom']) {
      const again = await openVolume(converted(nifti, name));
      const { value, place } = difference(volume, again.volume);
      expect(value).toBe(0);
      // Positions are rounded to float32 in NIfTI, to six places in plastimatch's DICOM.
      expect(place).toBeLessThan(1e-4);
    }
  });

  it.skipIf(totalSegmentator === null || !gdcm)('slices in JPEG 2000 are decoded as GDCM does', async () => {
    const slices = join(folder, 'jpeg-2000');
    const plain = join(folder, 'plain');
    unpack(join(totalSegmentator!, 'example_ct_dicom'), slices, plain);
    const { volume } = await openVolume(slices);
    expect(volume.size).toEqual([512, 512, 4]);
    expect(volume.spacing).toEqual([0.9765625, 0.9765625, 2]);
    expect(difference(volume, (await openVolume(plain)).volume)).toEqual({ value: 0, place: 0 });
    const { value, place } = difference(volume, (await openVolume(converted(plain, 'plain.mha'))).volume);
    expect(value).toBe(0);
    expect(place).toBeLessThan(1e-4);
  });
});

/**
 * Four slices, as they are and uncompressed. The files were stripped of the identifiers that GDCM wants, so they
 * get new ones.
 */
function unpack(from: string, copies: string, plain: string): void {
  mkdirSync(copies);
  mkdirSync(plain);
  for (const [n, name] of readdirSync(from).sort().slice(0, 4).entries()) {
    const path = join(copies, name);
    copyFileSync(join(from, name), path);
    chmodSync(path, 0o600);
    const uids = [
      '(0008,0016)=1.2.840.10008.5.1.4.1.1.2',
      `(0008,0018)=1.2.3.${n + 1}`,
      '(0020,000d)=1.2.4',
      '(0020,000e)=1.2.5',
    ];
    spawnSync('dcmodify', ['-nb', ...uids.flatMap((uid) => ['-i', uid]), path]);
    spawnSync('gdcmconv', ['--raw', path, join(plain, name)]);
  }
}

describe.skipIf(visibleHuman === null || !tar)('the Visible Human pelvis', () => {
  it('opens as 150 slices, equal to what plastimatch reads', async () => {
    const series = join(folder, 'visible-human');
    mkdirSync(series);
    spawnSync('tar', ['xf', join(visibleHuman!, 'vhf-pelvis.tar.xz'), '-C', series]);
    const { volume, source } = await openVolume(series);
    expect(volume).toMatchObject({
      size: [512, 512, 150],
      spacing: [1, 1, 1],
      origin: [0, 0, 900],
      direction: alignedDirection,
    });
    expect(source).toMatchObject({ files: 150, description: 'Resampled to 1mm voxels', simulated: false });
    if (!plastimatch) return;
    const { volume: again } = await openVolume(converted(series, 'visible-human.mha'));
    expect(difference(volume, again)).toEqual({ value: 0, place: 0 });
  });
});

describe.skipIf(conformance === null)('pieces of series from pydicom', () => {
  const discs = join(conformance ?? '', 'pydicom', 'test_files', 'dicomdirtests');
  it('open where they are whole', async () => {
    const { volume } = await openVolume(join(discs, '98892001', 'CT5N'));
    expect(volume.size).toEqual([16, 16, 5]);
    expect(volume.spacing[2]).toBeCloseTo(2.5, 9);
    expect(volume.origin[2]).toBeCloseTo(-1.2375, 9);
  });

  it.each([
    [join('98892001', 'CT2N'), /2 files were left out: localizer/],
    [join('77654033', 'CT2'), /slices are missing/],
    [join('98892003', 'MR1'), /3 files were left out: picture of another kind \(MR\)/],
  ])('are refused where they are not: %s', async (folder, words) => {
    const { sentence } = await refusalOf(join(discs, folder));
    expect(sentence).toMatch(words);
  });
});

it('a written CT opens as the volume that it was', async () => {
  const sample: Sample = {
    size: [9, 8, 7],
    steps: [
      [0.75, 0, 0],
      [0, 0.8, 0.6],
      [0, -0.6, 0.8],
    ],
    origin: [-31, 12, -650],
  };
  const series = join(folder, 'written');
  mkdirSync(series);
  const files = writeCt({
    size: sample.size,
    spacing: [mm(0.75), mm(1), mm(1)],
    origin: [mm(-31), mm(12), mm(-650)],
    direction: [1, 0, 0, 0, 0.8, 0.6, 0, -0.6, 0.8],
    hounsfield: Int16Array.from(sampleValues(sample)),
    patient: { id: 'SIM-1', sex: null, ageYears: null },
    bodyPart: 'PELVIS',
    seriesDescription: 'Simulated CT',
    derivation: 'Parametric phantom.',
    software: '0.1.0',
    studyDate: '20260101',
  });
  for (const { name, bytes } of files) writeFileSync(join(series, name), bytes);
  const { volume, source } = await openVolume(series);
  expect(misplaced(volume, sample)).toBe('');
  expect(source).toMatchObject({ simulated: true, files: 7 });
  if (!plastimatch) return;
  expect(misplaced((await openVolume(converted(series, 'written.nrrd'))).volume, sample)).toBe('');
});
