import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Voi } from '../contract/film.ts';
import { applyVoi, renderDisplay, thumbnail } from './display.ts';
import { openRadiograph } from './open.ts';
import { sampleDicom, sampleImage, type Sample } from './testing/sampleDicom.ts';
import { hasTool, sharedData } from './testing/shared.ts';

const window = (
  center: number,
  width: number,
  shape: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID' = 'LINEAR',
): Voi => ({
  kind: 'window',
  function: shape,
  center,
  width,
  explanation: null,
});

describe('windows', () => {
  // The note to PS3.3 C.11.2.1.2.1 spells these four out.
  it('LINEAR is as the standard’s examples', () => {
    const grey = (center: number, width: number, value: number) =>
      255 * applyVoi(window(center, width), value);
    for (const x of [1, 1000, 2048, 4095]) {
      expect(grey(2048, 4096, x)).toBeCloseTo(((x - 2047.5) / 4095 + 0.5) * 255, 9);
    }
    expect(grey(2048, 4096, 0)).toBe(0);
    expect(grey(2048, 4096, 4096)).toBe(255);
    expect([2047, 2048].map((x) => grey(2048, 1, x))).toEqual([0, 255]);
    expect([-50, 50].map((x) => grey(0, 100, x))).toEqual([0, 255]);
    expect(grey(0, 100, 10)).toBeCloseTo((10.5 / 99 + 0.5) * 255, 9);
    expect([-1, 0].map((x) => grey(0, 1, x))).toEqual([0, 255]);
  });
  it('LINEAR_EXACT has its middle at the centre and its ends half a width away', () => {
    const exact = (value: number) => applyVoi(window(10, 4, 'LINEAR_EXACT'), value);
    expect([8, 9, 10, 11, 12, 13].map(exact)).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
  });
  it('SIGMOID is a logistic curve with slope 1/width at its centre', () => {
    const curve = (value: number) => applyVoi(window(10, 4, 'SIGMOID'), value);
    expect(curve(10)).toBe(0.5);
    expect(curve(14)).toBeCloseTo(1 / (1 + Math.exp(-4)), 12);
    expect((curve(10.001) - curve(9.999)) / 0.002).toBeCloseTo(1 / 4, 6);
  });
});

const ramp = Uint16Array.from({ length: 4096 }, (_, i) => i);
const rampFrame = { rows: 64, columns: 64, bitsStored: 12, pixels: ramp };
const narrow: Sample[] = [
  [0x00281050, 'DS', '2000\\1000'],
  [0x00281051, 'DS', '1500\\300'],
  [0x00281055, 'LO', 'Normal\\Bone'],
];
const rootLut: Sample[] = [
  [0x00283002, 'US', [1000, 500, 12]],
  [0x00283003, 'LO', 'Root'],
  [0x00283006, 'OW', ramp.slice(0, 1000).map((_, i) => Math.round(4095 * Math.sqrt(i / 999)))],
];

describe('what a file proposes', () => {
  const vois = async (...more: Sample[]) =>
    (await openRadiograph(sampleDicom(sampleImage(rampFrame, more)), '')).description.vois;

  it('is every window with its explanation, in the order of the file', async () => {
    expect(await vois(...narrow)).toEqual([
      { ...window(2000, 1500), explanation: 'Normal' },
      { ...window(1000, 300), explanation: 'Bone' },
    ]);
  });
  it('is a table before a window', async () => {
    const [first, second] = await vois(...narrow, [0x00283010, 'SQ', [rootLut]]);
    expect(first).toMatchObject({ kind: 'lut', first: 500, explanation: 'Root' });
    expect(second).toMatchObject({ kind: 'window', explanation: 'Normal' });
  });
  it('leaves out a window without width, and is made from the pixels where nothing is left', async () => {
    const [made] = await vois([0x00281050, 'DS', '40'], [0x00281051, 'DS', '0']);
    // 0.5 % and 99.5 % of 4096 evenly spread values.
    expect(made).toMatchObject({ function: 'LINEAR_EXACT', center: 2047.5, width: 4075 - 20 });
  });
});

describe('display', () => {
  it('shows the smallest value of MONOCHROME1 white, and invert turns over', async () => {
    const open = (photometric: string) =>
      openRadiograph(sampleDicom(sampleImage({ ...rampFrame, photometric }, narrow)), '');
    const [one, two] = [await open('MONOCHROME1'), await open('MONOCHROME2')];
    expect(renderDisplay(one)[0]).toBe(255);
    expect(renderDisplay(two)[0]).toBe(0);
    expect(renderDisplay(one, undefined, { invert: true })).toEqual(renderDisplay(two));
    expect(renderDisplay(two, window(1000, 300))[1000]).toBe(Math.round(255 * (0.5 / 299 + 0.5)));
  });

  it('has a thumbnail that keeps the mean and the shape', async () => {
    const opened = await openRadiograph(
      sampleDicom(
        sampleImage({ rows: 6, columns: 9, pixels: Uint8Array.from({ length: 54 }, (_, i) => 4 * i) }),
      ),
      '',
    );
    const full = renderDisplay(opened, window(128, 256));
    opened.description.vois[0] = window(128, 256);
    const small = thumbnail(opened, 3);
    const mean = (greys: Uint8Array) => greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
    expect([small.rows, small.columns]).toEqual([2, 3]);
    expect(Math.abs(mean(small.greys) - mean(full))).toBeLessThan(0.5);
    expect(thumbnail(opened, 96)).toEqual({ rows: 6, columns: 9, greys: full });
  });
});

const readPgm = (bytes: Buffer) =>
  bytes.subarray(/^P5\s+(?:#.*\n)?\d+\s+\d+\s+\d+\s/.exec(bytes.toString('latin1', 0, 200))![0].length);

describe.skipIf(!hasTool('dcm2pnm'))('within one grey of dcmtk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'calcar-display-'));
  const dcmtk = (path: string, ...options: string[]) =>
    readPgm(execFileSync('dcm2pnm', [...options, '-O', '+op', path], { maxBuffer: 2 ** 30 }));
  const largest = (a: Uint8Array, b: Uint8Array) =>
    a.reduce((most, grey, i) => Math.max(most, Math.abs(grey - b[i]!)), a.length === b.length ? 0 : 255);

  it.each<[string, Parameters<typeof sampleImage>, string[]]>([
    ['a window', [rampFrame, narrow], ['+Wi', '1']],
    ['MONOCHROME1', [{ ...rampFrame, photometric: 'MONOCHROME1' }, narrow], ['+Wi', '1']],
    ['a sigmoid', [rampFrame, [...narrow, [0x00281056, 'CS', 'SIGMOID']]], ['+Wi', '1', '+Wfs']],
    ['a table', [rampFrame, [[0x00283010, 'SQ', [rootLut]]]], ['+Wl', '1']],
    [
      'signed values with rescale',
      [
        { ...rampFrame, signed: true },
        [
          [0x00281050, 'DS', '-1000'],
          [0x00281051, 'DS', '2000'],
          [0x00281052, 'DS', '-1024'],
          [0x00281053, 'DS', '2'],
        ],
      ],
      ['+Wi', '1'],
    ],
    [
      'a Modality LUT',
      [
        rampFrame,
        [
          [0x00281050, 'DS', '500'],
          [0x00281051, 'DS', '1000'],
          [
            0x00283000,
            'SQ',
            [
              [
                [0x00283002, 'US', [4096, 0, 10]],
                [0x00283004, 'LO', 'US'],
                [0x00283006, 'OW', ramp.map((i) => 1023 - (i >> 2))],
              ],
            ],
          ],
        ],
      ],
      ['+Wi', '1'],
    ],
  ])('%s', async (_, image, options) => {
    const path = join(folder, 'case.dcm');
    writeFileSync(path, sampleDicom(sampleImage(...image)));
    const opened = await openRadiograph(readFileSync(path), 'case.dcm');
    expect(largest(renderDisplay(opened), dcmtk(path, ...options))).toBeLessThanOrEqual(1);
  });

  const real = [
    ['nema-wg04', 'REF/RG2_UNC'],
    ['nema-wg04', 'REF/RG3_UNC'],
    ['dicom-conformance', 'cornerstone3D/CTImage.dcm'],
    ['dicom-conformance', 'pydicom/test_files/examples_overlay.dcm'],
  ].flatMap(([folderName, file]) => {
    const found = sharedData(folderName!);
    return found === null ? [] : [[basename(file!), join(found, file!)] as const];
  });
  it.skipIf(real.length === 0).each(real)('%s', async (_, path) => {
    const opened = await openRadiograph(readFileSync(path), '');
    expect(largest(renderDisplay(opened), dcmtk(path, '+Wi', '1'))).toBeLessThanOrEqual(1);
  });
});
