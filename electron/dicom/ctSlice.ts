import { CalcarError } from '../contract/errors.ts';
import { decoded } from './describe.ts';
import { decimal, decimals, items, text, texts, unsignedShort } from './elements.ts';
import { storedGrey } from './grey.ts';
import { toModality } from './modality.ts';
import { nonImageName } from './nonImage.ts';
import { readFrame, readPadding } from './open.ts';
import { parseDicomFile, type ParsedFile } from './parse.ts';
import { whatHappened } from './refusal.ts';
import { saysSimulated } from './simulatedMark.ts';
import { tags } from './tags.ts';

/** What the header of one slice of a series says; null where it says nothing that can be used. */
export interface CtHeader {
  /** 'CT', 'MR', …; null also for files that are never pictures. */
  readonly modality: string | null;
  /** What a file without pixels is, in words; null for a picture. */
  readonly nonImage: string | null;
  /** A page of text or a picture of a screen, which scanners keep with the slices (PS3.3 A.8). */
  readonly secondaryCapture: boolean;
  readonly seriesInstanceUid: string | null;
  readonly seriesNumber: string | null;
  readonly seriesDescription: string | null;
  readonly frameOfReferenceUid: string | null;
  /** Values of Image Type: 'ORIGINAL', 'PRIMARY', 'AXIAL', … */
  readonly imageType: readonly string[];
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly colour: boolean;
  /** Millimetres between rows, and between columns. */
  readonly pixelSpacing: readonly [betweenRows: number, betweenColumns: number] | null;
  /** Image Position (Patient): centre of the first pixel, mm. */
  readonly position: readonly [number, number, number] | null;
  /** Image Orientation (Patient): where the next column lies, then where the next row lies. */
  readonly orientation: readonly [number, number, number, number, number, number] | null;
  /** Degrees; 0 where the file says nothing. */
  readonly gantryTilt: number;
  /** Rescale Intercept or a lookup table is there. */
  readonly hasRescale: boolean;
  readonly simulated: boolean;
}

export interface CtSlice {
  readonly header: CtHeader;
  /** rows × columns Hounsfield units, row-major; whole numbers in Int16, others in Float32. */
  readonly hounsfield: Int16Array | Float32Array;
}

/** The beginning of the UIDs of Secondary Capture Image Storage and its multi-frame kinds. */
const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';
/** What stands outside the reconstructed circle (Pixel Padding Value) is air. */
const air = -1000;

/**
 * Reads the header of a DICOM file that may be a slice of a CT, and none of its pixels.
 * Throws CalcarError: not-dicom, truncated, bad-header, too-large.
 */
export function readCtHeader(bytes: Uint8Array): CtHeader {
  return plainly(() => headerOf(parseDicomFile(plain(bytes))));
}

/**
 * Opens one slice of a CT in any transfer syntax that Calcar reads (PS3.3 C.8.2.1, C.11.1.1.2). Lookup table or
 * rescale are applied; padding becomes air.
 *
 * Throws CalcarError: as `openRadiograph`, and 'invalid-volume' for values that no Hounsfield unit has.
 */
export async function openCtSlice(bytes: Uint8Array): Promise<CtSlice> {
  const parsed = plainly(() => parseDicomFile(plain(bytes)));
  try {
    return { header: headerOf(parsed), hounsfield: await hounsfieldOf(parsed) };
  } catch (error) {
    throw withoutAftermath(error);
  }
}

/** A Buffer's slice() would share the caller's memory. */
const plain = (bytes: Uint8Array) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function plainly<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw withoutAftermath(error);
  }
}

/** The refusals of this room speak of an import, which a series is not. */
function withoutAftermath(error: unknown): CalcarError {
  return error instanceof CalcarError
    ? new CalcarError(error.kind, whatHappened(error), error.cause)
    : new CalcarError('bad-header', 'This DICOM file is damaged in a way that it cannot be read.', error);
}

function headerOf({ dataSet, brokenOff }: ParsedFile): CtHeader {
  const nonImage = nonImageName(dataSet);
  const hasPicture = dataSet.elements[tags.pixelData] !== undefined;
  const modality = text(dataSet, tags.modality);
  // A file may also break off just between two elements.
  if (!hasPicture && nonImage === null && (brokenOff || modality === 'CT')) {
    throw new CalcarError('truncated', 'This DICOM file breaks off or is damaged before its picture begins.');
  }
  const [betweenRows, betweenColumns] = decimals(dataSet, tags.pixelSpacing);
  const photometric = text(dataSet, tags.photometricInterpretation)?.toUpperCase() ?? 'MONOCHROME2';
  const position = decimals(dataSet, tags.imagePosition);
  const orientation = decimals(dataSet, tags.imageOrientation);
  return {
    modality,
    nonImage: nonImage ?? (hasPicture ? null : 'a file without a picture'),
    secondaryCapture: text(dataSet, tags.sopClass)?.startsWith(secondaryCapture) ?? false,
    seriesInstanceUid: text(dataSet, tags.seriesInstanceUid),
    seriesNumber: text(dataSet, tags.seriesNumber),
    seriesDescription: decoded(dataSet, tags.seriesDescription),
    frameOfReferenceUid: text(dataSet, tags.frameOfReferenceUid),
    imageType: texts(dataSet, tags.imageType).map((value) => value.toUpperCase()),
    rows: unsignedShort(dataSet, tags.rows) ?? 0,
    columns: unsignedShort(dataSet, tags.columns) ?? 0,
    frames: Math.max(1, Math.trunc(decimal(dataSet, tags.numberOfFrames) ?? 1)),
    colour:
      !photometric.startsWith('MONOCHROME') || (unsignedShort(dataSet, tags.samplesPerPixel) ?? 1) !== 1,
    pixelSpacing:
      betweenRows === undefined || betweenColumns === undefined ? null : [betweenRows, betweenColumns],
    position: isTriple(position) ? position : null,
    orientation: isSextuple(orientation) ? orientation : null,
    gantryTilt: decimal(dataSet, tags.gantryDetectorTilt) ?? 0,
    hasRescale:
      decimal(dataSet, tags.rescaleIntercept) !== null || items(dataSet, tags.modalityLutSequence).length > 0,
    simulated: saysSimulated(text(dataSet, tags.derivationDescription)),
  };
}

type Triple = [number, number, number];
type Sextuple = [number, number, number, number, number, number];
const isTriple = (values: number[]): values is Triple => values.length === 3 && values.every(Number.isFinite);
const isSextuple = (values: number[]): values is Sextuple =>
  values.length === 6 && values.every(Number.isFinite);

async function hounsfieldOf(parsed: ParsedFile): Promise<Int16Array | Float32Array> {
  const { dataSet } = parsed;
  const { pixels, words } = await readFrame(parsed);
  if (words.samplesPerPixel !== 1 || !pixels.photometric.startsWith('MONOCHROME')) {
    throw new CalcarError('unsupported-image', 'This file is a colour picture; a CT is grey.');
  }
  const stored = storedGrey(words.words, pixels);
  const padding = readPadding(dataSet, stored, pixels);
  const grey = toModality(dataSet, stored);
  const { slope, intercept } = grey;
  const isWhole = Number.isInteger(slope) && Number.isInteger(intercept);
  const hounsfield = isWhole ? new Int16Array(grey.samples.length) : new Float32Array(grey.samples.length);
  for (let i = 0; i < hounsfield.length; i++) {
    const sample = stored.samples[i]!;
    const isPadding = padding !== null && sample >= padding.low && sample <= padding.high;
    const value = isPadding ? air : grey.samples[i]! * slope + intercept;
    if (!(value >= -32768 && value <= 32767)) throw outOfRange(value);
    hounsfield[i] = value;
  }
  return hounsfield;
}

function outOfRange(value: number): CalcarError {
  return new CalcarError(
    'invalid-volume',
    `It holds the value ${value.toFixed(0)}, which lies outside what a CT measures (-32768 to 32767 HU).`,
  );
}
