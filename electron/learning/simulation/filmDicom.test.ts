import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDicom } from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import { degrees, mm } from '../../contract/units.ts';
import { openRadiograph } from '../../dicom/index.ts';
import { hasTool } from '../../dicom/testing/shared.ts';
import { sampleExposure, sampleLook } from '../../drr/exposure.ts';
import { exposeFilm } from '../../drr/film.ts';
import { anteroposterior } from '../../drr/geometry.ts';
import { seeded } from '../../random/random.ts';
import { filmToDicom, type FilmAbout } from './filmDicom.ts';

const exposure = {
  ...sampleExposure(seeded(3), 'clinic'),
  collimation: { left: mm(8), right: mm(0), top: mm(4), bottom: mm(12) },
  grid: true,
  detector: 'storage-phosphor' as const,
};
const geometry = anteroposterior({
  isocentre: [mm(0), mm(0), mm(0)],
  sourceToImageDistance: exposure.sourceToImageDistance,
  sourceToObjectDistance: exposure.sourceToObjectDistance,
  rows: 80,
  columns: 60,
  spacing: mm(0.4),
  craniocaudalAngle: degrees(7),
  axialAngle: degrees(-4),
  detectorRoll: degrees(5),
  detectorShift: [mm(12), mm(-3)],
});
const film = exposeFilm(
  {
    rows: 80,
    columns: 60,
    spacing: mm(0.4),
    soft: new Float32Array(4800).fill(15),
    bone: new Float32Array(4800).fill(2),
  },
  exposure,
  sampleLook(seeded(4), 'clinic'),
  seeded(5),
);
const about: FilmAbout = {
  geometry,
  patient: { id: 'SIM-0042', sex: 'F', ageYears: 83 },
  view: 'left',
  source: { kind: 'phantom', seed: 42, parameters: { neckShaftAngle: 127.5, note: 'a\\b, ä' } },
  software: '0.1.0',
  studyDate: '20260101',
};

function written(bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'calcar-film-')), 'film.dcm');
  writeFileSync(path, bytes);
  return path;
}

/** dcmdump's value of one element, without its brackets. */
function dumped(path: string, tag: string): string {
  const { stdout } = spawnSync('dcmdump', ['+L', '+P', tag, path], { encoding: 'utf8' });
  return /\[(.*)\]/s.exec(stdout)?.[1] ?? stdout;
}

describe('filmToDicom', () => {
  it('writes the film as it is, the same bytes every time', async () => {
    const bytes = filmToDicom(film, about);
    expect(filmToDicom(film, about)).toEqual(bytes);
    const { samples, description } = await openRadiograph(bytes, 'film.dcm');
    expect(samples).toEqual(film.pixels);
    expect(description).toMatchObject({
      simulated: true,
      modality: 'DX',
      view: 'AP',
      laterality: 'left',
      bodyPart: 'HIP',
      patient: { id: 'SIM-0042', sex: 'F', ageYears: 83 },
      spacing: { source: 'detector', rowMm: 0.4, columnMm: 0.4 },
    });
  });

  it.skipIf(!hasTool('dcmdump'))('says to dcmdump how it was taken', () => {
    const path = written(filmToDicom(film, about));
    const number = (tag: string) => Number(dumped(path, tag));
    expect(number('0018,0060')).toBeCloseTo(exposure.tubeVoltage, 6);
    expect(number('0018,1110')).toBeCloseTo(exposure.sourceToImageDistance, 6);
    expect(number('0018,1111')).toBeCloseTo(exposure.sourceToObjectDistance, 6);
    expect(number('0018,1114')).toBeCloseTo(
      exposure.sourceToImageDistance / exposure.sourceToObjectDistance,
      6,
    );
    expect(number('0018,1153')).toBe(Math.round(exposure.charge * 1000));
    // The detector stands behind the patient (180), 4 degrees to his right and 7 toward his head.
    expect(number('0018,1510')).toBeCloseTo(-176, 6);
    expect(number('0018,1511')).toBeCloseTo(7, 6);
    expect(dumped(path, '0020,0020')).toBe('L\\F');
    expect(dumped(path, '0018,1166')).toBe('PARALLEL');
    expect(dumped(path, '0018,7004')).toBe('STORAGE');
    expect(number('0018,7052')).toBeCloseTo(exposure.filtration, 6);
    expect(['0018,1702', '0018,1704', '0018,1706', '0018,1708'].map(number)).toEqual([21, 60, 11, 50]);
    expect(dumped(path, '0008,2111')).toMatch(/^Simulated radiograph, not a patient\. .*seed 42/);
    expect(dumped(path, '0008,0008')).toMatch(/^DERIVED/);
    expect(dumped(path, '0028,1040')).toBe('LOG');
    expect(dumped(path, '0018,1020')).toBe('0.1.0');
    expect(dumped(path, '0019,0010')).toBe('CALCAR');
  });

  it('records everything that made the film in the file itself', () => {
    const bytes = filmToDicom(film, about);
    const element = parseDicom(bytes).elements['x00191001']!;
    const record = Buffer.from(bytes.buffer, bytes.byteOffset + element.dataOffset, element.length);
    expect(JSON.parse(record.toString('utf8'))).toEqual({
      simulated: true,
      software: '0.1.0',
      view: 'left',
      source: about.source,
      geometry,
      ...film.parameters,
    });
  });

  it.skipIf(!hasTool('dcmdump'))(
    'puts the films of one patient into one study, and no two films into one instance',
    () => {
      const uid = (bytes: Uint8Array, tag: string) => dumped(written(bytes), tag);
      const one = filmToDicom(film, about);
      const other = filmToDicom(film, { ...about, view: 'pelvis' });
      expect(uid(one, '0020,000d')).toBe(uid(other, '0020,000d'));
      expect(uid(one, '0020,000e')).not.toBe(uid(other, '0020,000e'));
      expect(uid(one, '0008,0018')).not.toBe(uid(other, '0008,0018'));
    },
  );

  const volume: FilmAbout = {
    ...about,
    view: 'pelvis',
    patient: { id: 'SIM-7', sex: null, ageYears: null },
    source: { kind: 'volume', name: 'pelvis CT', sha256: 'ab'.repeat(32), parameters: null },
  };
  it.skipIf(!hasTool('dciodvfy')).each([
    ['a hip', film, about],
    ['a pelvis from a CT', film, volume],
  ])('of %s has no error for dciodvfy', (_, one, what) => {
    const { stdout, stderr } = spawnSync('dciodvfy', [written(filmToDicom(one, what))], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toContain('DXImageForPresentation');
    expect(`${stdout}${stderr}`).not.toMatch(/Error/);
  });
});
