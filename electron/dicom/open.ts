import { createHash } from 'node:crypto';
import type { DataSet } from 'dicom-parser';
import { CalcarError } from '../contract/errors.ts';
import type { FilmDescription, Voi } from '../contract/film.ts';
import type { QualityWarning } from '../contract/finding.ts';
import { describeHeader } from './describe.ts';
import { unsignedShort } from './elements.ts';
import { decodeEncapsulatedFrame } from './encapsulated.ts';
import { luminance, paletteLuminance, storedGrey, type StoredGrey } from './grey.ts';
import { toModality } from './modality.ts';
import { readNativeFrame } from './nativeFrame.ts';
import { nonImageName, notAnImage } from './nonImage.ts';
import type { OpenedRadiograph } from './opened.ts';
import { parseDicomFile, type ParsedFile } from './parse.ts';
import { isPicture, openPicture } from './picture.ts';
import { readPixelModule, type PixelModule } from './pixelModule.ts';
import { refusal } from './refusal.ts';
import { readSpacing } from './spacing.ts';
import { tags } from './tags.ts';
import { isNative } from './transferSyntax.ts';
import { automaticWindow, readVois, type PaddingRange } from './voi.ts';
import type { FrameWords } from './words.ts';

/**
 * Opens a DICOM file, or a PNG or JPEG as an uncalibrated film. Of several frames the first is taken,
 * of colour the luminance, each with a note.
 *
 * @param fileName the name under which the film is listed; it decides nothing
 * Throws CalcarError: not-dicom, not-an-image, truncated, unsupported-transfer-syntax, unsupported-image,
 * corrupt-pixels, bad-header, too-large.
 */
export async function openRadiograph(bytes: Uint8Array, fileName: string): Promise<OpenedRadiograph> {
  // A Buffer's slice() would share the caller's memory.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const file = { imageHash: createHash('sha256').update(bytes).digest('hex'), fileName };
  try {
    return isPicture(plain) ? openPicture(plain, file) : await openDicom(parseDicomFile(plain), file);
  } catch (error) {
    if (error instanceof CalcarError) throw error;
    throw refusal(
      'bad-header',
      'This DICOM file is damaged in a way that its picture cannot be read.',
      error,
    );
  }
}

async function openDicom(
  parsed: ParsedFile,
  file: Pick<FilmDescription, 'imageHash' | 'fileName'>,
): Promise<OpenedRadiograph> {
  const { dataSet, transferSyntax } = parsed;
  const frame = await readFrame(parsed);
  const { pixels } = frame;
  const header = describeHeader(dataSet);
  const stored = toGrey(dataSet, frame.words, pixels);
  const grey = toModality(dataSet, stored);
  const padding = grey.samples === stored.samples ? readPadding(dataSet, stored, pixels) : null;
  const proposed = isColour(pixels) ? [] : readVois(dataSet);
  const description: FilmDescription = {
    ...file,
    rows: pixels.rows,
    columns: pixels.columns,
    ...header,
    lossy: header.lossy || frame.words.lossy,
    transferSyntax,
    spacing: readSpacing(dataSet),
    invertedPhotometric: pixels.photometric === 'MONOCHROME1',
    vois:
      proposed.length > 0
        ? proposed
        : [isColour(pixels) ? fullRange(dataSet, pixels) : automaticWindow(grey, padding)],
    slope: grey.slope,
    intercept: grey.intercept,
    notes: frameNotes(pixels),
  };
  return { description, samples: grey.samples, padding };
}

/** The first frame of a parsed file, undecoded colour and all. Throws as `openRadiograph`. */
export async function readFrame(parsed: ParsedFile): Promise<{ pixels: PixelModule; words: FrameWords }> {
  const { dataSet, transferSyntax, brokenOff } = parsed;
  const pixelData = dataSet.elements[tags.pixelData];
  if (pixelData === undefined) {
    if (brokenOff && nonImageName(dataSet) === null) {
      throw refusal('truncated', 'This DICOM file breaks off or is damaged before its picture begins.');
    }
    throw notAnImage(dataSet);
  }
  const pixels = readPixelModule(dataSet);
  const words =
    isNative(transferSyntax) && pixelData.fragments === undefined
      ? readNativeFrame(dataSet, pixelData, pixels, transferSyntax)
      : await decodeEncapsulatedFrame(dataSet, pixelData, pixels, transferSyntax);
  return { pixels, words };
}

const isColour = (pixels: PixelModule) => !pixels.photometric.startsWith('MONOCHROME');

function toGrey(dataSet: DataSet, frame: FrameWords, pixels: PixelModule): StoredGrey {
  if (pixels.photometric === 'PALETTE COLOR') return paletteLuminance(dataSet, frame.words, pixels);
  return frame.samplesPerPixel === 3 ? luminance(frame, pixels) : storedGrey(frame.words, pixels);
}

/** Colour is shown as it is stored: black to white over the whole range (PS3.3 C.11.2 is for grey only). */
function fullRange(dataSet: DataSet, pixels: PixelModule): Voi {
  const isPalette = pixels.photometric === 'PALETTE COLOR';
  const bits = isPalette ? unsignedShort(dataSet, tags.redPaletteDescriptor, 2) : pixels.bitsStored;
  const top = 2 ** Math.min(16, bits ?? 16) - 1;
  return { kind: 'window', function: 'LINEAR_EXACT', center: top / 2, width: top, explanation: null };
}

/** Pixel Padding Value and Range Limit (PS3.3 C.7.5.1.1.2), in samples. */
export function readPadding(dataSet: DataSet, stored: StoredGrey, pixels: PixelModule): PaddingRange | null {
  const value = unsignedShort(dataSet, tags.pixelPaddingValue);
  if (value === null || isColour(pixels)) return null;
  const limit = unsignedShort(dataSet, tags.pixelPaddingRangeLimit) ?? value;
  const toSample = (word: number) => (pixels.signed && word > 0x7fff ? word - 0x10000 : word) - stored.offset;
  const ends = [toSample(value), toSample(limit)] as const;
  const low = Math.max(0, Math.min(...ends));
  const high = Math.min(0xffff, Math.max(...ends));
  return low <= high ? { low, high } : null;
}

function frameNotes(pixels: PixelModule): QualityWarning[] {
  const notes: QualityWarning[] = [];
  if (pixels.frames > 1) {
    notes.push({
      kind: 'several-frames',
      weight: 'note',
      sentence: `This file holds ${pixels.frames} pictures; only the first is shown and read.`,
    });
  }
  if (isColour(pixels)) {
    notes.push({
      kind: 'colour',
      weight: 'note',
      sentence: 'This is a colour picture; its brightness is shown and read.',
    });
  }
  return notes;
}
