import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeRle } from './codecs/rle.ts';
import { openRadiograph } from './open.ts';
import type { OpenedRadiograph } from './opened.ts';
import { encapsulated, sampleDicom, sampleImage } from './testing/sampleDicom.ts';
import { hasTool, sharedData } from './testing/shared.ts';

const open = async (path: string) => openRadiograph(readFileSync(path), basename(path));

/** Largest difference of modality values. */
function largestDifference(a: OpenedRadiograph, b: OpenedRadiograph): number {
  if (a.samples.length !== b.samples.length) return Infinity;
  const valueOf = ({ samples, description }: OpenedRadiograph, i: number) =>
    samples[i]! * description.slope + description.intercept;
  let most = 0;
  for (let i = 0; i < a.samples.length; i++) most = Math.max(most, Math.abs(valueOf(a, i) - valueOf(b, i)));
  return most;
}

const nema = sharedData('nema-wg04');
describe.skipIf(nema === null)('the NEMA WG04 radiographs', () => {
  const reference = new Map<string, Promise<OpenedRadiograph>>();
  const uncompressed = (film: string) => {
    const opened = reference.get(film) ?? open(join(nema!, 'REF', `${film}_UNC`));
    reference.set(film, opened);
    return opened;
  };

  it.each(
    ['RG2', 'RG3'].flatMap((film) => ['RLE', 'JPLL', 'JLSL', 'J2KR'].map((codec) => [film, codec] as const)),
  )('%s %s has exactly the pixels of REF', async (film, codec) => {
    const opened = await open(join(nema!, codec, `${film}_${codec}`));
    // toEqual would take a second for each of these; 0 over all pixels is the same word.
    expect(largestDifference(opened, await uncompressed(film))).toBe(0);
    expect(opened.description.lossy).toBe(false);
  });

  // The bounds of RG2 are those that the data set was published with.
  it.each([
    ['JLSN', 'RG2', 4],
    ['JLSN', 'RG3', 4],
    ['J2KI', 'RG2', 87],
    ['J2KI', 'RG3', 87],
    ['JPLY', 'RG2', 101],
    ['JPLY', 'RG3', 101],
  ])('%s of %s is within %i and is called lossy', async (codec, film, bound) => {
    const opened = await open(join(nema!, codec, `${film}_${codec}`));
    expect(largestDifference(opened, await uncompressed(film))).toBeLessThanOrEqual(bound);
    expect(opened.description.lossy).toBe(true);
  });
});

const conformance = sharedData('dicom-conformance');
const scratch = mkdtempSync(join(tmpdir(), 'calcar-codecs-'));

/**
 * Decoded by another program, then read as uncompressed. Lossless coding leaves no room; the fixed-point
 * inverse DCT of 12-bit libjpeg may differ from an exact one by 2.
 */
describe.skipIf(conformance === null)('pixels agree with other decoders', () => {
  const ct = 'cornerstone3D/CTImage.dcm_';
  const multi = 'dicomParser/encapsulated/multi-frame/';
  const pydicom = 'pydicom/test_files/';
  describe.skipIf(!hasTool('dcmdjpeg'))('dcmdjpeg', () => {
    it.each([
      [`${ct}JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm`, 0],
      [`${ct}JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm`, 2.001],
      [`${ct}JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm`, 2.001],
      [`${ct}JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm`, 2.001],
      [`${ct}JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm`, 0],
      [`${ct}JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm`, 0],
      ['cornerstone3D/TestPattern_JPEG-Lossless_RGB.dcm', 0],
      ['cornerstone3D/TestPattern_JPEG-Baseline_YBR422.dcm', 0],
      [`${multi}CT0012.fragmented_no_bot_jpeg_baseline.51.dcm`, 1],
      [`${multi}CT0012.fragmented_no_bot_jpeg_lossless.57.dcm`, 0],
      [`${multi}CT0012.fragmented_no_bot_jpeg_lossless.70.dcm`, 0],
      [`${multi}IM00001.fragmented_no_bot_jpeg_baseline.50.dcm`, 0],
      [`${pydicom}JPGExtended.dcm`, 1],
      [`${pydicom}SC_jpeg_no_color_transform.dcm`, 0],
      [`${pydicom}SC_rgb_jpeg_app14_dcmd.dcm`, 0],
    ])('%s', async (file, bound) => {
      const decoded = join(scratch, 'jpeg.dcm');
      execFileSync('dcmdjpeg', [join(conformance!, file), decoded], { stdio: 'ignore' });
      expect(
        largestDifference(await open(join(conformance!, file)), await open(decoded)),
      ).toBeLessThanOrEqual(bound);
    });
  });

  describe.skipIf(!hasTool('gdcmconv'))('gdcmconv', () => {
    it.each([
      'cornerstone3D/CT1_J2KR',
      'cornerstone3D/TestPattern_JPEG-LS-NearLossless.dcm',
      'dicomParser/encapsulated/single-frame/CT1_UNC.fragmented_bot_jpeg_ls.80.dcm',
      'dicomParser/CT1_UNC.explicit_big_endian.dcm',
      `${multi}CT0012.not_fragmented_bot_rle.dcm`,
      `${multi}CT0012.not_fragmented_no_bot_jpeg_ls.80.dcm`,
      `${pydicom}J2K_pixelrep_mismatch.dcm`,
      `${pydicom}JPEG2000.dcm`,
      `${pydicom}GDCMJ2K_TextGBR.dcm`,
      `${pydicom}examples_jpeg2k.dcm`,
      `${pydicom}MR_small_RLE.dcm`,
      `${pydicom}SC_rgb_jls_lossy_line.dcm`,
      `${pydicom}SC_ybr_full_422_uncompressed.dcm`,
      `${pydicom}SC_rgb_small_odd_big_endian.dcm`,
    ])('%s', async (file) => {
      const decoded = join(scratch, 'raw.dcm');
      execFileSync('gdcmconv', ['-w', join(conformance!, file), decoded], { stdio: 'ignore' });
      expect(largestDifference(await open(join(conformance!, file)), await open(decoded))).toBe(0);
    });
  });
});

describe.skipIf(!hasTool('dcmcjpeg'))('JPEG lossless, coded by dcmtk', () => {
  it.each([1, 2, 3, 4, 5, 6, 7])('with predictor %i decodes exactly, at 16 bits too', async (predictor) => {
    const [plain, coded] = [join(scratch, 'plain.dcm'), join(scratch, 'coded.dcm')];
    const pixels = Uint16Array.from({ length: 31 * 17 }, (_, i) => (i * 2654435761) & 0xffff);
    writeFileSync(plain, sampleDicom(sampleImage({ rows: 31, columns: 17, pixels })));
    execFileSync('dcmcjpeg', ['+el', '+sv', String(predictor), plain, coded], { stdio: 'ignore' });
    const opened = await open(coded);
    expect(opened.description.transferSyntax).toBe('1.2.840.10008.1.2.4.57');
    expect(opened.samples).toEqual(pixels);
  });
});

interface Htj2kEncoder {
  getDecodedBuffer(info: object): Uint8Array;
  setQuality(reversible: boolean, step: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
}

const rows = 37;
const columns = 53;
const picture = Uint16Array.from({ length: rows * columns }, (_, i) => (i * 2654435761) % 4096);
const frame = { rows, columns, bitsAllocated: 16, bitsStored: 12, pixels: picture };

describe('HTJ2K, coded by OpenJPH', async () => {
  const require = createRequire(import.meta.url);
  const openjph = (await (
    require('@cornerstonejs/codec-openjph/wasmjs') as (options: object) => Promise<object>
  )({
    wasmBinary: readFileSync(require.resolve('@cornerstonejs/codec-openjph/wasm')),
  })) as { HTJ2KEncoder: new () => Htj2kEncoder };
  const code = (isSigned: boolean) => {
    const encoder = new openjph.HTJ2KEncoder();
    const info = {
      width: columns,
      height: rows,
      bitsPerSample: 12,
      componentCount: 1,
      isSigned,
      isUsingColorTransform: false,
    };
    const words = isSigned ? picture.map((value) => value - 2048) : picture;
    encoder.getDecodedBuffer(info).set(new Uint8Array(words.buffer));
    encoder.setQuality(true, 0);
    encoder.encode();
    return encoder.getEncodedBuffer().slice();
  };

  it.each(['201', '202', '203'])('decodes exactly under syntax .%s', async (syntax) => {
    const bytes = encapsulated(sampleImage(frame), `1.2.840.10008.1.2.4.${syntax}`, [code(false)]);
    const opened = await openRadiograph(bytes, 'ht.dcm');
    expect(opened.samples).toEqual(picture);
    expect(opened.description.lossy).toBe(false);
  });

  it('decodes signed values', async () => {
    const bytes = encapsulated(sampleImage({ ...frame, signed: true }), '1.2.840.10008.1.2.4.201', [
      code(true),
    ]);
    const { samples, description } = await openRadiograph(bytes, 'ht.dcm');
    expect(Array.from(samples, (sample) => sample + description.intercept)).toEqual(
      Array.from(picture, (value) => value - 2048),
    );
  });

  it('refuses a cut stream instead of showing a coarser picture', async () => {
    const stream = code(false);
    const cut = encapsulated(sampleImage(frame), '1.2.840.10008.1.2.4.201', [
      stream.slice(0, stream.length - 200),
    ]);
    await expect(openRadiograph(cut, 'cut.dcm')).rejects.toMatchObject({ kind: 'corrupt-pixels' });
  });

  it('refuses a stream of another size than the file says, before decoding it', async () => {
    const other = encapsulated(sampleImage({ ...frame, rows: rows + 1 }), '1.2.840.10008.1.2.4.201', [
      code(false),
    ]);
    await expect(openRadiograph(other, 'other.dcm')).rejects.toMatchObject({ kind: 'corrupt-pixels' });
  });
});

describe('RLE', () => {
  const header = (...offsets: number[]) => {
    const bytes = new Uint8Array(64);
    const view = new DataView(bytes.buffer);
    [offsets.length, ...offsets].forEach((value, i) => view.setUint32(4 * i, value, true));
    return bytes;
  };
  const coded = (stream: Uint8Array, bitsAllocated: 8 | 16, columnCount: number) =>
    decodeRle({
      stream,
      header: null,
      rows: 1,
      columns: columnCount,
      samplesPerPixel: 1,
      bitsAllocated,
      isRgb: false,
    }).words;

  it('unpacks the example of the PackBits description (Apple TN1023)', () => {
    const packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
    const unpacked = [
      0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22, 0xaa, 0xaa, 0xaa,
      0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
    ];
    expect([...coded(Uint8Array.of(...header(64), ...packed), 8, 24)]).toEqual(unpacked);
  });

  it('puts the most significant byte first', () => {
    const stream = Uint8Array.of(...header(64, 68), 1, 0x12, 0x34, 0x80, 1, 0x56, 0x78, 0x80);
    expect([...coded(stream, 16, 2)]).toEqual([0x1256, 0x3478]);
  });

  it.each([
    ['outside the frame', Uint8Array.of(...header(640), 0)],
    ['that ends early', Uint8Array.of(...header(64), 1, 2)],
    ['of the wrong number', Uint8Array.of(...header(64, 65), 0, 0)],
  ])('refuses a segment %s', (_, stream) => {
    expect(() => coded(stream, 8, 24)).toThrow();
  });
});
