import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kilovoltPeak, milliampereSeconds, mm } from '../contract/units.ts';
import { decimalString } from './encode.ts';
import { openRadiograph } from './open.ts';
import { hasTool } from './testing/shared.ts';
import { writeRadiograph, type WritableRadiograph } from './write.ts';

const film: WritableRadiograph = {
  rows: 5,
  columns: 7,
  samples: Uint16Array.from({ length: 35 }, (_, i) => 117 * i),
  bitsStored: 12,
  patient: { name: 'Müller^Änne', id: 'SIM-0001', sex: 'F', ageYears: 81 },
  bodyPart: 'HIP',
  laterality: 'left',
  viewPosition: 'AP',
  kilovoltPeak: kilovoltPeak(75),
  exposure: milliampereSeconds(16.25),
  sourceToDetector: mm(1150),
  sourceToPatient: mm(1000),
  imagerPixelSpacing: { rowMm: mm(0.148), columnMm: mm(0.148) },
  window: { center: 2048, width: 4096 },
  studyDate: '20260101',
  seriesDescription: 'AP hip, simulated',
  derivation: 'Parametric phantom, seed 3.',
};
const pelvis: WritableRadiograph = {
  ...film,
  bodyPart: 'PELVIS',
  laterality: 'unknown',
  patient: { ...film.patient, sex: null, ageYears: null },
  bitsStored: 16,
};

describe('a written film', () => {
  it('opens again as what it was, marked as simulated', async () => {
    const { description, samples } = await openRadiograph(writeRadiograph(film), 'film.dcm');
    expect(samples).toEqual(film.samples);
    expect(description).toMatchObject({
      rows: 5,
      columns: 7,
      patient: { name: 'Müller, Änne', id: 'SIM-0001', sex: 'F', ageYears: 81 },
      studyDate: '2026-01-01',
      modality: 'DX',
      bodyPart: 'HIP',
      view: 'AP',
      laterality: 'left',
      lossy: false,
      simulated: true,
      spacing: { source: 'detector', rowMm: 0.148, columnMm: 0.148 },
      invertedPhotometric: false,
      vois: [{ kind: 'window', function: 'LINEAR', center: 2048, width: 4096 }],
      slope: 1,
      intercept: 0,
    });
  });

  it('is the same bytes every time, and other bytes for another seed', () => {
    expect(writeRadiograph(film)).toEqual(writeRadiograph(film));
    expect(writeRadiograph({ ...film, derivation: 'Parametric phantom, seed 4.' })).not.toEqual(
      writeRadiograph(film),
    );
  });

  it('is refused where its values do not fit its bits or its size', () => {
    expect(() => writeRadiograph({ ...film, bitsStored: 10 })).toThrow(/bits/);
    expect(() => writeRadiograph({ ...film, rows: 6 })).toThrow(/size/);
  });

  it.skipIf(!hasTool('dciodvfy')).each([
    ['one hip', film],
    ['a pelvis', pelvis],
  ])('of %s has no error for dciodvfy', (_, one) => {
    const path = join(mkdtempSync(join(tmpdir(), 'calcar-write-')), 'film.dcm');
    writeFileSync(path, writeRadiograph(one));
    const { stderr, stdout } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toContain('DXImageForPresentation');
    expect(`${stdout}${stderr}`).not.toMatch(/Error/);
  });
});

describe('decimal strings', () => {
  it('have at most 16 characters and keep their value', () => {
    for (const value of [1 / 3, -1 / 3, 1.15, 1150, 0.148, 1e-7 / 3, -123456789.1234567, 2 / 3e20]) {
      const written = decimalString(value);
      expect(written.length).toBeLessThanOrEqual(16);
      expect(Math.abs(Number(written) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-8);
    }
  });
});
