import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import type { FilmDescription } from '../contract/film.ts';
import { readCodestreamHeader } from './codestream.ts';
import type { OpenedRadiograph } from './opened.ts';
import { checkFrameSize, refusal } from './refusal.ts';

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const isPng = (bytes: Uint8Array) => pngSignature.every((byte, i) => bytes[i] === byte);
const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

export const isPicture = (bytes: Uint8Array): boolean => isPng(bytes) || isJpeg(bytes);

interface GreyPicture {
  readonly rows: number;
  readonly columns: number;
  readonly samples: Uint16Array;
  /** Value of white. */
  readonly top: number;
}

/**
 * Opens a PNG (8 or 16 bit) or JPEG picture as a film without calibration, patient or side: luminance
 * over black where it is transparent. Throws 'truncated', 'corrupt-pixels', 'too-large', 'unsupported-image'.
 */
export function openPicture(
  bytes: Uint8Array,
  file: Pick<FilmDescription, 'imageHash' | 'fileName'>,
): OpenedRadiograph {
  const png = isPng(bytes);
  const picture = png ? readPng(bytes) : readJpeg(bytes);
  const description: FilmDescription = {
    ...file,
    rows: picture.rows,
    columns: picture.columns,
    patient: { name: null, id: null, sex: null, ageYears: null },
    studyDate: null,
    modality: null,
    bodyPart: null,
    view: null,
    laterality: 'unknown',
    manufacturer: null,
    transferSyntax: null,
    lossy: !png,
    simulated: false,
    spacing: { source: 'uncalibrated' },
    invertedPhotometric: false,
    // A picture is stored as it is to be seen: black to white over its whole range.
    vois: [
      {
        kind: 'window',
        function: 'LINEAR_EXACT',
        center: picture.top / 2,
        width: picture.top,
        explanation: null,
      },
    ],
    slope: 1,
    intercept: 0,
    notes: [],
  };
  return { description, samples: picture.samples, padding: null };
}

function readPng(bytes: Uint8Array): GreyPicture {
  if (bytes.length < 33) throw refusal('truncated', 'This PNG picture breaks off in its first lines.');
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  checkFrameSize(header.getUint32(20), header.getUint32(16));
  try {
    // skipRescale keeps 16-bit values; the data is then RGBA in either depth.
    const png = PNG.sync.read(Buffer.from(bytes), { skipRescale: true });
    const top = bytes[24] === 16 ? 65535 : 2 ** Math.min(8, bytes[24]!) - 1;
    const isPalette = bytes[25] === 3;
    return { rows: png.height, columns: png.width, ...flatten(png.data, isPalette ? 255 : top) };
  } catch (cause) {
    throw refusal('corrupt-pixels', 'This PNG picture is damaged.', cause);
  }
}

function readJpeg(bytes: Uint8Array): GreyPicture {
  const header = readCodestreamHeader(bytes);
  if (header === null) throw refusal('truncated', 'This JPEG picture breaks off in its first lines.');
  checkFrameSize(header.rows, header.columns);
  try {
    const picture = jpeg.decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: 70,
      maxMemoryUsageInMB: 1024,
    });
    return { rows: picture.height, columns: picture.width, ...flatten(picture.data, 255) };
  } catch (cause) {
    throw refusal(
      'corrupt-pixels',
      'This JPEG picture is damaged or of a kind that Calcar does not read.',
      cause,
    );
  }
}

/** RGBA → BT.601 luminance over black. */
function flatten(rgba: ArrayLike<number>, top: number): { samples: Uint16Array; top: number } {
  const samples = new Uint16Array(rgba.length / 4);
  for (let i = 0; i < samples.length; i++) {
    const luma = 0.299 * rgba[4 * i]! + 0.587 * rgba[4 * i + 1]! + 0.114 * rgba[4 * i + 2]!;
    samples[i] = Math.round((luma * rgba[4 * i + 3]!) / top);
  }
  return { samples, top };
}
