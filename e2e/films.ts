import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRadiograph } from '../electron/dicom/index.ts';
import { encapsulated, sampleDicom, sampleImage } from '../electron/dicom/testing/sampleDicom.ts';
import type { Sample } from '../electron/dicom/testing/sampleDicom.ts';
import { demoFilm } from '../electron/station/demoFilms.ts';

/** What the folder that is imported holds, by the name that the worklist shows. */
export const films = {
  pelvis: { file: 'pelvis.dcm', name: 'Simulated, Patient 01' },
  hip: { file: 'hip.dcm', name: 'Simulated, Patient 02' },
  compressed: { file: 'compressed.dcm', name: 'Compressed, Carla' },
  chest: { file: 'chest.dcm', name: 'Chest, Charles' },
  broken: { file: 'broken.dcm', name: 'broken.dcm' },
  text: { file: 'notes.txt', name: 'notes.txt' },
} as const;

export type FilmKey = keyof typeof films;

export const filmsFolder = () => process.env['CALCAR_E2E_FILMS'] ?? '';
export const filmPath = (film: FilmKey) => join(filmsFolder(), films[film].file);

/** A simulated pelvis and hip, the hip again with compressed pixels, a chest, a broken file and no film at all. */
export async function writeFilms(folder: string): Promise<void> {
  const put = (film: FilmKey, bytes: Uint8Array) => writeFile(join(folder, films[film].file), bytes);
  const pelvis = demoFilm(0).bytes;
  const hip = demoFilm(1).bytes;
  await put('pelvis', pelvis);
  await put('hip', hip);
  await put('compressed', await compressed(hip));
  await put('chest', chest());
  await put('broken', pelvis.subarray(0, Math.floor(pelvis.length / 2)));
  await put('text', new TextEncoder().encode('The films of Tuesday are on the second disc.'));
}

const patient = (name: string, bodyPart: string): Sample[] => [
  [0x00100010, 'PN', name],
  [0x00100020, 'LO', 'E2E'],
  [0x00180015, 'CS', bodyPart],
];

async function compressed(film: Uint8Array): Promise<Uint8Array> {
  const { description, samples } = await openRadiograph(film, 'hip.dcm');
  const { rows, columns } = description;
  const frame = { rows, columns, pixels: samples, bitsStored: 12 };
  const tags: Sample[] = [
    ...patient('Compressed^Carla', 'HIP'),
    [0x00185101, 'CS', 'AP'],
    [0x00200060, 'CS', 'R'],
    [0x00281050, 'DS', '2048'],
    [0x00281051, 'DS', '4096'],
  ];
  return encapsulated(sampleImage(frame, tags), '1.2.840.10008.1.2.5', [runLengthFrame(samples)]);
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
