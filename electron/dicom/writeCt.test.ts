import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { openCtSlice } from './ctSlice.ts';
import { hasTool } from './testing/shared.ts';
import { writeCt, type WritableCt } from './writeCt.ts';

/** Leaned by asin(0.6) about the left-right axis, so that no direction is mistaken for another. */
const ct: WritableCt = {
  size: [5, 4, 3],
  spacing: [mm(0.75), mm(0.8), mm(1.25)],
  origin: [mm(-1.5), mm(20), mm(-333.3)],
  direction: [1, 0, 0, 0, 0.8, 0.6, 0, -0.6, 0.8],
  hounsfield: Int16Array.from({ length: 60 }, (_, i) => [-1024, -1000, 0, 57, 1800, 32767, -32768][i % 7]!),
  patient: { id: 'SIM-0001', sex: 'F', ageYears: 81 },
  bodyPart: 'PELVIS',
  seriesDescription: 'Simulated CT of the pelvis',
  derivation: 'Parametric phantom, seed 3.',
  software: '0.1.0',
  studyDate: '20260101',
};
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-ct-'));
  for (const { name, bytes } of writeCt(ct)) writeFileSync(join(folder, name), bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a written CT', () => {
  it('opens again slice by slice as what it was, marked as simulated', async () => {
    const slices = await Promise.all([...writeCt(ct)].map(({ bytes }) => openCtSlice(bytes)));
    expect(slices.flatMap(({ hounsfield }) => [...hounsfield])).toEqual([...ct.hounsfield]);
    expect(slices[2]!.header).toMatchObject({
      modality: 'CT',
      rows: 4,
      columns: 5,
      pixelSpacing: [0.8, 0.75],
      orientation: [1, 0, 0, 0, 0.8, 0.6],
      gantryTilt: 0,
      simulated: true,
    });
    // origin + 2 · 1.25 · (0, -0.6, 0.8)
    expect(slices[2]!.header.position).toEqual([-1.5, 18.5, -331.3]);
  });

  it('is the same bytes every time, and other UIDs for other voxels', () => {
    expect([...writeCt(ct)]).toEqual([...writeCt(ct)]);
    const other = { ...ct, hounsfield: ct.hounsfield.map((value) => -1 - value) };
    const [a] = writeCt(ct);
    const [b] = writeCt(other);
    expect(a!.bytes.subarray(132, 320)).not.toEqual(b!.bytes.subarray(132, 320));
  });

  it('is refused where its voxels do not fit its size', () => {
    expect(() => [...writeCt({ ...ct, size: [5, 4, 4] })]).toThrow(/size/);
  });

  it.skipIf(!hasTool('dciodvfy'))('has no error for dciodvfy', () => {
    const { stdout, stderr } = spawnSync('dciodvfy', [join(folder, 'CT-0002.dcm')], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toContain('CTImage');
    expect(`${stdout}${stderr}`).not.toMatch(/Error/);
  });

  it.skipIf(!hasTool('dcmdump'))('is read by dcmtk with its geometry', () => {
    const { stdout } = spawnSync('dcmdump', [join(folder, 'CT-0003.dcm')], { encoding: 'utf8' });
    expect(stdout).toContain(String.raw`[-1.5\18.5\-331.3]`);
    expect(stdout).toContain(String.raw`[1\0\0\0\0.8\0.6]`);
    expect(stdout).toContain('=CTImageStorage');
  });
});
