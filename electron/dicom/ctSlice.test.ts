import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CalcarError } from '../contract/errors.ts';
import { openCtSlice, readCtHeader } from './ctSlice.ts';
import { sampleDicom, type Sample } from './testing/sampleDicom.ts';
import { sharedData } from './testing/shared.ts';

const conformance = sharedData('dicom-conformance');

/** Pixels of 2 × 2 with the elements that a slice must have. */
const elements: readonly Sample[] = [
  [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
  [0x00080060, 'CS', 'CT'],
  [0x00280002, 'US', 1],
  [0x00280004, 'CS', 'MONOCHROME2'],
  [0x00280010, 'US', 2],
  [0x00280011, 'US', 2],
  [0x00280100, 'US', 16],
  [0x00280101, 'US', 12],
  [0x00280102, 'US', 11],
  [0x00280103, 'US', 1],
  [0x00280120, 'US', 0xf800],
  [0x00281052, 'DS', '-24'],
  [0x00281053, 'DS', '2'],
  // -2048 (padding), -1, 0, 2047 in twelve bits; what stands above them is an old overlay.
  [0x7fe00010, 'OW', Uint16Array.of(0xf800, 0x0fff, 0xa000, 0x07ff)],
];

/** It may succeed; when it fails, it says why. */
async function expectReason(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    expect(error).toBeInstanceOf(CalcarError);
  }
}

describe('a slice of a CT', () => {
  it('is what the standard says of stored bits, sign, rescale and padding', async () => {
    const { hounsfield } = await openCtSlice(sampleDicom(elements));
    expect(hounsfield).toEqual(Int16Array.of(-1000, -26, -24, 4070));
  });

  it('is refused with a reason where a value is beyond Hounsfield units', async () => {
    const steep = elements.map((one): Sample => (one[0] === 0x00281053 ? [0x00281053, 'DS', '20'] : one));
    await expect(openCtSlice(sampleDicom(steep))).rejects.toMatchObject({
      kind: 'invalid-volume',
      message: expect.stringContaining('40916') as string,
    });
  });

  it('opens or is refused by kind wherever it is cut', async () => {
    const whole = sampleDicom(elements);
    for (let length = 0; length < whole.length; length += 7) {
      const cut = whole.subarray(0, length);
      await expectReason(() => readCtHeader(cut));
      await expectReason(() => openCtSlice(cut));
    }
  });

  it.skipIf(conformance === null)('is the same in every lossless transfer syntax', async () => {
    const folder = join(conformance!, 'cornerstone3D');
    const read = async (name: string) => (await openCtSlice(readFileSync(join(folder, name)))).hounsfield;
    const plain = await read('CTImage.dcm');
    const lossless = /(Endian|LosslessOnly|LSLossless|RLELossless|Process14).*\.dcm$/;
    const names = readdirSync(folder).filter(
      (name) => name.startsWith('CTImage.dcm_') && lossless.test(name),
    );
    expect(names.length).toBe(9);
    for (const name of names) expect(await read(name), name).toEqual(plain);
  });
});
