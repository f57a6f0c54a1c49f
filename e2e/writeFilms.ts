import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mm } from '../electron/contract/units.ts';
import { writeRadiograph } from '../electron/dicom/index.ts';
import { encapsulated, sampleDicom, sampleImage } from '../electron/dicom/testing/sampleDicom.ts';
import type { Sample } from '../electron/dicom/testing/sampleDicom.ts';
import type { LabelledFilm } from '../electron/learning/simulation/simulate.ts';
import { simulateFilms } from '../electron/learning/simulation/simulate.ts';
import { seeded } from '../electron/random/random.ts';
import type { FilmKey } from './films.ts';
import { films } from './films.ts';

/** A simulated pelvis and hip, the hip again with compressed pixels, a chest, a broken file and no film at all. */
export async function writeFilms(folder: string): Promise<void> {
  const put = (film: FilmKey, bytes: Uint8Array) => writeFile(join(folder, films[film].file), bytes);
  const { films: simulated } = simulateFilms(seeded(77).stream('e2e'), {
    style: 'clinic',
    grades: { left: 'none', right: 'III' },
    views: ['pelvis', 'right'],
    resolution: 'coarse',
  });
  const pelvis = dicom(simulated[0]!, 'Pelvis^Paula');
  await put('pelvis', pelvis);
  await put('hip', dicom(simulated[1]!, 'Hip^Henry'));
  await put('compressed', compressed(simulated[1]!));
  await put('chest', chest());
  await put('broken', pelvis.subarray(0, Math.floor(pelvis.length / 2)));
  await put('text', new TextEncoder().encode('The films of Tuesday are on the second disc.'));
}

const patient = (name: string, bodyPart: string): Sample[] => [
  [0x00100010, 'PN', name],
  [0x00100020, 'LO', 'E2E'],
  [0x00180015, 'CS', bodyPart],
];

function dicom({ view, film }: LabelledFilm, name: string): Uint8Array {
  const { exposure, pixelSpacing } = film.parameters;
  return writeRadiograph({
    rows: film.rows,
    columns: film.columns,
    samples: film.pixels,
    bitsStored: 12,
    patient: { name, id: 'E2E', sex: 'F', ageYears: 81 },
    bodyPart: view === 'pelvis' ? 'PELVIS' : 'HIP',
    laterality: view === 'pelvis' ? 'unknown' : view,
    viewPosition: 'AP',
    kilovoltPeak: exposure.tubeVoltage,
    exposure: exposure.charge,
    sourceToDetector: exposure.sourceToImageDistance,
    sourceToPatient: exposure.sourceToObjectDistance,
    imagerPixelSpacing: { rowMm: mm(pixelSpacing), columnMm: mm(pixelSpacing) },
    window: { center: 2048, width: 4096 },
    studyDate: '20261123',
    seriesDescription: 'Simulated for a test',
    derivation: 'Parametric phantom and cone-beam projector, seed 77',
  });
}

function compressed({ film }: LabelledFilm): Uint8Array {
  const { rows, columns, pixels } = film;
  const frame = { rows, columns, pixels, bitsStored: 12 };
  const tags: Sample[] = [
    ...patient('Compressed^Carla', 'HIP'),
    [0x00185101, 'CS', 'AP'],
    [0x00200060, 'CS', 'R'],
    [0x00281050, 'DS', '2048'],
    [0x00281051, 'DS', '4096'],
  ];
  return encapsulated(sampleImage(frame, tags), '1.2.840.10008.1.2.5', [runLengthFrame(pixels)]);
}

/** One RLE frame (PS3.5 G): a segment of high bytes, a segment of low bytes, all of it literal runs. */
function runLengthFrame(samples: Uint16Array): Uint8Array {
  const high = literalRuns(Uint8Array.from(samples, (sample) => sample >> 8));
  const low = literalRuns(Uint8Array.from(samples, (sample) => sample & 255));
  const header = Buffer.alloc(64);
  [2, 64, 64 + high.length].forEach((value, i) => header.writeUInt32LE(value, i * 4));
  return Buffer.concat([header, high, low]);
}

function literalRuns(bytes: Uint8Array): Buffer {
  const runs: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += 128) {
    const run = bytes.subarray(start, start + 128);
    runs.push(Uint8Array.of(run.length - 1), run);
  }
  const whole = Buffer.concat(runs);
  return whole.length % 2 === 0 ? whole : Buffer.concat([whole, Buffer.of(128)]);
}

/** Two dark lungs beside a light spine: an image, and no hip. */
function chest(): Uint8Array {
  const rows = 400;
  const columns = 360;
  const pixels = Uint16Array.from({ length: rows * columns }, (_, i) => {
    const across = Math.abs((i % columns) / columns - 0.5);
    const down = Math.abs(i / columns / rows - 0.45);
    const lung = across > 0.08 && across < 0.36 && down < 0.3;
    return Math.round(lung ? 900 + 400 * down : 2600 - 1500 * across);
  });
  const tags = [...patient('Chest^Charles', 'CHEST'), [0x00185101, 'CS', 'PA']] satisfies Sample[];
  return sampleDicom(sampleImage({ rows, columns, pixels, bitsStored: 12 }, tags));
}
