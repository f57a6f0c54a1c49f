import { readFileSync } from 'node:fs';
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filmDescription } from '../contract/film.ts';
import { toGreyImage } from './display.ts';
import { openRadiograph } from './open.ts';
import type { OpenedRadiograph } from './opened.ts';
import { encode, sampleDicom, sampleImage, type Sample, type SampleSyntax } from './testing/sampleDicom.ts';

const values = ({ samples, description }: OpenedRadiograph) =>
  Array.from(samples, (sample) => sample * description.slope + description.intercept);
const openSample = (elements: readonly Sample[], syntax: SampleSyntax = 'explicit') =>
  openRadiograph(sampleDicom(elements, syntax), 'sample.dcm');
const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'opened',
    (error: unknown) => (error as { kind: string }).kind,
  );

describe('stored values', () => {
  it('are what was written, for any bits stored, high bit and sign, whatever stands in the other bits', async () => {
    const layout = fc.integer({ min: 2, max: 16 }).chain((bitsStored) =>
      fc.record({
        bitsStored: fc.constant(bitsStored),
        highBit: fc.integer({ min: bitsStored - 1, max: 15 }),
        signed: fc.boolean(),
        stored: fc.array(fc.integer({ min: 0, max: 2 ** bitsStored - 1 }), { minLength: 6, maxLength: 6 }),
        rubbish: fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 6, maxLength: 6 }),
        syntax: fc.constantFrom<SampleSyntax[]>('implicit', 'explicit', 'big', 'deflated'),
      }),
    );
    await fc.assert(
      fc.asyncProperty(layout, async ({ bitsStored, highBit, signed, stored, rubbish, syntax }) => {
        const shift = highBit + 1 - bitsStored;
        const field = (2 ** bitsStored - 1) << shift;
        const pixels = Uint16Array.from(
          stored,
          (value, i) => (value << shift) | (rubbish[i]! & ~field & 0xffff),
        );
        const opened = await openSample(
          sampleImage({ rows: 2, columns: 3, bitsStored, highBit, signed, pixels }),
          syntax,
        );
        const half = 2 ** (bitsStored - 1);
        const expected = stored.map((value) => (signed && value >= half ? value - 2 * half : value));
        expect(values(opened)).toEqual(expected);
        filmDescription.parse(opened.description);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('of 8 bits are read from bytes, and from big endian words in the order of PS3.5 8.1.1', async () => {
    const pixels = Uint8Array.of(1, 2, 3, 4);
    expect(values(await openSample(sampleImage({ rows: 2, columns: 2, pixels })))).toEqual([1, 2, 3, 4]);
    const swapped = sampleImage({ rows: 2, columns: 2, pixels: Uint8Array.of(2, 1, 4, 3) });
    expect(values(await openSample(swapped, 'big'))).toEqual([1, 2, 3, 4]);
    const asBytes = sampleImage({ rows: 2, columns: 2, pixels }, [[0x7fe00010, 'OB', pixels]]);
    expect(values(await openSample(asBytes, 'big'))).toEqual([1, 2, 3, 4]);
  });

  it('of 1 bit start at the lowest bit of a byte', async () => {
    const frame = {
      rows: 2,
      columns: 5,
      bitsAllocated: 1,
      bitsStored: 1,
      pixels: Uint8Array.of(0b1000_0011, 0b10),
    };
    expect(values(await openSample(sampleImage(frame)))).toEqual([1, 1, 0, 0, 0, 0, 0, 1, 0, 1]);
  });

  it('of 32 bits open where they fit 16 and are refused where they do not', async () => {
    const frame = (high: number) =>
      sampleImage({
        rows: 1,
        columns: 2,
        bitsAllocated: 32,
        bitsStored: 32,
        signed: true,
        // -2 and `high` << 16
        pixels: Uint16Array.of(0xfffe, 0xffff, 500, high),
      });
    expect(values(await openSample(frame(0)))).toEqual([-2, 500]);
    expect(await kindOf(openSample(frame(7)))).toBe('unsupported-image');
  });
});

describe('modality values', () => {
  const pixels = Uint16Array.of(0, 1, 2, 0xffff);
  it('follow rescale slope and intercept, signed values included', async () => {
    const opened = await openSample(
      sampleImage({ rows: 1, columns: 4, signed: true, pixels }, [
        [0x00281052, 'DS', '-1024'],
        [0x00281053, 'DS', '0.5'],
      ]),
    );
    expect(values(opened)).toEqual([-1024, -1023.5, -1023, -1024.5]);
  });

  it('follow a Modality LUT, values outside it taking its ends', async () => {
    const lut: Sample[] = [
      [0x00283002, 'US', [2, 1, 16]],
      [0x00283006, 'OW', Uint16Array.of(700, 900)],
    ];
    const opened = await openSample(
      sampleImage({ rows: 1, columns: 4, pixels: Uint16Array.of(0, 1, 2, 3) }, [[0x00283000, 'SQ', [lut]]]),
    );
    expect(values(opened)).toEqual([700, 700, 900, 900]);
  });

  it('of MONOCHROME1 are turned over for the models, padding left out and set to the lowest', async () => {
    const opened = await openSample(
      sampleImage(
        { rows: 1, columns: 4, photometric: 'MONOCHROME1', pixels: Uint16Array.of(10, 20, 40, 9999) },
        [[0x00280120, 'US', 9999]],
      ),
    );
    expect([...toGreyImage(opened).values]).toEqual([40, 30, 10, 10]);
    expect(opened.description.vois[0]).toMatchObject({ center: 25, width: 30 });
  });
});

describe('colour is opened as luminance with a note', () => {
  const noteOf = (opened: OpenedRadiograph) => opened.description.notes.map(({ kind }) => kind);
  const bt601 = (r: number, g: number, b: number) => Math.round(0.299 * r + 0.587 * g + 0.114 * b);
  const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30);
  const expected = [bt601(255, 0, 0), bt601(0, 255, 0), bt601(0, 0, 255), bt601(10, 20, 30)];

  it('by pixel and by plane', async () => {
    const frame = { rows: 2, columns: 2, samplesPerPixel: 3, photometric: 'RGB' };
    const byPixel = await openSample(sampleImage({ ...frame, pixels: rgb }));
    const planes = [0, 1, 2].flatMap((plane) => [0, 1, 2, 3].map((i) => rgb[3 * i + plane]!));
    const byPlane = await openSample(
      sampleImage({ ...frame, pixels: Uint8Array.from(planes) }, [[0x00280006, 'US', 1]]),
    );
    expect(values(byPixel)).toEqual(expected);
    expect(values(byPlane)).toEqual(expected);
    expect(noteOf(byPixel)).toEqual(['colour']);
  });

  it('of YBR_FULL_422 with halved chrominance', async () => {
    const pixels = Uint8Array.of(11, 22, 128, 128, 33, 44, 128, 128);
    const frame = { rows: 2, columns: 2, samplesPerPixel: 3, photometric: 'YBR_FULL_422', pixels };
    expect(values(await openSample(sampleImage(frame)))).toEqual([11, 22, 33, 44]);
  });

  it('of a palette, in the scale of its tables', async () => {
    const palette = [0x00281101, 0x00281102, 0x00281103].map((tag): Sample => [tag, 'US', [2, 5, 16]]);
    const tables = [
      [65535, 0],
      [65535, 0],
      [65535, 1000],
    ].map((table, i): Sample => [0x00281201 + i, 'OW', Uint16Array.from(table)]);
    const frame = { rows: 1, columns: 3, photometric: 'PALETTE COLOR', pixels: Uint8Array.of(4, 5, 6) };
    const opened = await openSample(sampleImage(frame, [...palette, ...tables]));
    expect(values(opened)).toEqual([65535, 65535, 114]);
    expect(opened.description.vois[0]).toMatchObject({ center: 32767.5, width: 65535 });
  });
});

describe('of several frames', () => {
  it('the first is opened with a note', async () => {
    const opened = await openSample(
      sampleImage({ rows: 1, columns: 2, pixels: Uint16Array.of(1, 2, 3, 4) }, [[0x00280008, 'IS', '2']]),
    );
    expect(values(opened)).toEqual([1, 2]);
    expect(opened.description.notes.map(({ kind }) => kind)).toEqual(['several-frames']);
  });
});

describe('files without a part 10 header', () => {
  const elements = sampleImage({ rows: 1, columns: 3, pixels: Uint16Array.of(5, 6, 700) });
  it.each<SampleSyntax>(['implicit', 'explicit', 'big'])('open when written %s', async (syntax) => {
    expect(values(await openRadiograph(encode(elements, syntax), 'bare'))).toEqual([5, 6, 700]);
  });
});

describe('a file that cannot be used is refused with its reason', () => {
  const pixels = Uint16Array.of(1, 2, 3, 4);
  const image = (more: readonly Sample[]) => sampleImage({ rows: 2, columns: 2, pixels }, more);

  it.each<[string, readonly Sample[], string]>([
    ['no rows', [[0x00280010, 'US', 0]], 'bad-header'],
    [
      'more than 64 Mpx',
      [
        [0x00280010, 'US', 65535],
        [0x00280011, 'US', 65535],
      ],
      'too-large',
    ],
    ['too few pixels', [[0x00280010, 'US', 3]], 'truncated'],
    ['12 bits allocated', [[0x00280100, 'US', 12]], 'unsupported-image'],
    ['more bits stored than allocated', [[0x00280101, 'US', 17]], 'bad-header'],
    ['grey with three samples', [[0x00280002, 'US', 3]], 'bad-header'],
    ['an unknown colour model', [[0x00280004, 'CS', 'CMYK']], 'unsupported-image'],
  ])('%s', async (_, more, kind) => {
    expect(await kindOf(openSample(image(more)))).toBe(kind);
  });

  it('a transfer syntax that nobody here reads', async () => {
    const bytes = sampleDicom(image([]), 'explicit', '1.2.840.10008.1.2.4.100');
    expect(await kindOf(openRadiograph(bytes, 'mpeg.dcm'))).toBe('unsupported-transfer-syntax');
  });

  it.each([
    ['1.2.840.10008.5.1.4.1.1.88.33', 'a DICOM report'],
    ['1.2.840.10008.5.1.4.1.1.88.59', 'a DICOM key object selection'],
    ['1.2.840.10008.5.1.4.1.1.11.1', 'a DICOM presentation state'],
    ['1.2.840.10008.5.1.4.1.1.104.1', 'an encapsulated document'],
    ['1.2.840.10008.1.3.10', 'the table of contents of a disc (DICOMDIR)'],
  ])('%s is not an image but %s', async (sopClass, name) => {
    const refused = openSample([[0x00080016, 'UI', sopClass]]);
    await expect(refused).rejects.toMatchObject({
      kind: 'not-an-image',
      message: `This file is not an image: it is ${name}. It was left out; nothing else is affected.`,
    });
  });

  it('text, an empty file, and this test itself', async () => {
    expect(await kindOf(openRadiograph(new Uint8Array(0), ''))).toBe('not-dicom');
    expect(await kindOf(openRadiograph(Buffer.from('a letter about a hip'), ''))).toBe('not-dicom');
    expect(await kindOf(openRadiograph(readFileSync(new URL(import.meta.url)), ''))).toBe('not-dicom');
  });

  it('a deflated file that grows without end', async () => {
    const header = sampleDicom([], 'explicit', '1.2.840.10008.1.2.1.99');
    // A full flush makes the piece independent of what stood before, so that it can be repeated.
    const piece = deflateRawSync(new Uint8Array(2 ** 24), { finishFlush: constants.Z_FULL_FLUSH });
    const bomb = Buffer.concat([header, ...Array.from({ length: 17 }, () => piece)]);
    expect(await kindOf(openRadiograph(bomb, 'bomb.dcm'))).toBe('too-large');
  });
});
