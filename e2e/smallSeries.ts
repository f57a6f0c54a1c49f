import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mm } from '../electron/contract/units.ts';
import { writeCt } from '../electron/dicom/writeCt.ts';

/** A body without hips, 24 coarse slices of it, as a DICOM series. Returns the names of its files in slice order. */
export async function writeSmallSeries(folder: string): Promise<string[]> {
  const size = [64, 48, 24] as const;
  const hounsfield = Int16Array.from({ length: size[0] * size[1] * size[2] }, (_, n) => {
    const x = (n % size[0]) - 31.5;
    const y = (Math.floor(n / size[0]) % size[1]) - 23.5;
    if (Math.hypot(x, y - 8) < 5) return 700;
    return Math.hypot(x / 28, y / 18) < 1 ? 30 : -1000;
  });
  const files = writeCt({
    size,
    spacing: [mm(5), mm(5), mm(8)],
    origin: [mm(-157.5), mm(-117.5), mm(-92)],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    hounsfield,
    patient: { id: 'SERIES-1', sex: null, ageYears: null },
    bodyPart: 'PELVIS',
    seriesDescription: 'A body without hips',
    derivation: 'Cylinders of water and bone for a test.',
    software: 'test',
    studyDate: '20261123',
  });
  const names: string[] = [];
  for (const { name, bytes } of files) {
    await writeFile(join(folder, name), bytes);
    names.push(name);
  }
  return names;
}
