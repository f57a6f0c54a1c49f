import { constants, inflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import type { DataSet } from 'dicom-parser';
import { refusal } from './refusal.ts';
import { tags } from './tags.ts';
import { transferSyntaxes } from './transferSyntax.ts';

export interface ParsedFile {
  readonly dataSet: DataSet;
  /** UID; what the file says, or what its first bytes imply where it says nothing. */
  readonly transferSyntax: string;
  /** The reader stopped before the end: the elements after the stop are missing. */
  readonly brokenOff: boolean;
}

/** A deflated file may grow to this and no further. */
const maximumInflatedBytes = 256 * 1024 * 1024;

/**
 * Reads the elements of a DICOM file: part 10, or a bare data set whose first element is plausible.
 * Throws 'not-dicom', 'bad-header', 'truncated', 'too-large'.
 */
export function parseDicomFile(bytes: Uint8Array): ParsedFile {
  if (hasPreamble(bytes)) return parsePart10(bytes);
  if (startsWithMetaGroup(bytes)) return parsePart10(withPreamble(bytes));
  const transferSyntax = impliedTransferSyntax(bytes);
  if (transferSyntax === null) {
    throw refusal('not-dicom', 'This file is not a DICOM file, nor a PNG or JPEG picture.');
  }
  return parseAs(bytes, transferSyntax);
}

/** True where the bytes could be DICOM; says nothing about whether they can be read. */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  return hasPreamble(bytes) || startsWithMetaGroup(bytes) || impliedTransferSyntax(bytes) !== null;
}

function parsePart10(bytes: Uint8Array): ParsedFile {
  const meta = readMeta(bytes);
  const declared = meta.transferSyntax;
  if (declared !== null) return withMeta(parse(bytes, declared, undefined), meta.elements);
  const body = bytes.subarray(meta.end);
  const implied = impliedTransferSyntax(body);
  if (implied === null) {
    throw refusal('bad-header', 'This DICOM file does not say how its data are written (transfer syntax).');
  }
  return parseAs(body, implied);
}

function parseAs(bytes: Uint8Array, transferSyntax: string): ParsedFile {
  return parse(bytes, transferSyntax, transferSyntax);
}

function parse(bytes: Uint8Array, transferSyntax: string, given: string | undefined): ParsedFile {
  try {
    const dataSet = dicomParser.parseDicom(bytes, {
      ...(given === undefined ? {} : { TransferSyntaxUID: given }),
      inflater: inflate,
    });
    return { dataSet, transferSyntax, brokenOff: false };
  } catch (thrown) {
    const partial = partialDataSet(thrown);
    if (partial !== null) return { dataSet: partial, transferSyntax, brokenOff: true };
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw refusal('too-large', 'This compressed file grows beyond what any radiograph needs.', thrown);
    }
    throw refusal('truncated', 'This DICOM file breaks off or is damaged before its picture begins.', thrown);
  }
}

/** What dicom-parser had read before it threw comes without the file meta information. */
function withMeta(parsed: ParsedFile, meta: DataSet['elements']): ParsedFile {
  Object.assign(parsed.dataSet.elements, meta);
  return parsed;
}

/** dicom-parser throws what it had read along with the reason. */
function partialDataSet(thrown: unknown): DataSet | null {
  if (typeof thrown !== 'object' || thrown === null || !('dataSet' in thrown)) return null;
  return (thrown as { dataSet: DataSet }).dataSet;
}

interface Meta {
  readonly transferSyntax: string | null;
  readonly elements: DataSet['elements'];
  /** Where the data set begins. */
  readonly end: number;
}

function readMeta(bytes: Uint8Array): Meta {
  try {
    const meta = dicomParser.readPart10Header(bytes) as DataSet & { position: number };
    return {
      transferSyntax: meta.string(tags.transferSyntax) ?? null,
      elements: meta.elements,
      end: meta.position,
    };
  } catch (cause) {
    throw refusal('truncated', 'This DICOM file breaks off inside its first lines.', cause);
  }
}

/** Deflated Explicit VR Little Endian (PS3.5 A.5): the header stays, everything after it is raw deflate. */
function inflate(bytes: Uint8Array, position: number): Uint8Array {
  const inflated = inflateRawSync(bytes.subarray(position), {
    maxOutputLength: maximumInflatedBytes,
    // A cut stream gives what it holds; the parser then finds where it ends.
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  const whole = new Uint8Array(position + inflated.length);
  whole.set(bytes.subarray(0, position));
  whole.set(inflated, position);
  return whole;
}

function hasPreamble(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 132 &&
    bytes[128] === 0x44 &&
    bytes[129] === 0x49 &&
    bytes[130] === 0x43 &&
    bytes[131] === 0x4d
  );
}

function startsWithMetaGroup(bytes: Uint8Array): boolean {
  return bytes.length > 16 && bytes[0] === 2 && bytes[1] === 0 && bytes[3] === 0 && isVr(bytes, 4);
}

function withPreamble(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(132 + bytes.length);
  whole.set([0x44, 0x49, 0x43, 0x4d], 128);
  whole.set(bytes, 132);
  return whole;
}

function isVr(bytes: Uint8Array, at: number): boolean {
  const isCapital = (code: number | undefined) => code !== undefined && code >= 0x41 && code <= 0x5a;
  return isCapital(bytes[at]) && isCapital(bytes[at + 1]);
}

/** A data set without a part 10 header starts in group 0008: its first element tells how it is written. */
function impliedTransferSyntax(bytes: Uint8Array): string | null {
  if (bytes.length < 16) return null;
  if (bytes[0] === 0 && bytes[1] === 8 && isVr(bytes, 4)) return transferSyntaxes.explicitBigEndian;
  if (bytes[0] !== 8 || bytes[1] !== 0) return null;
  if (isVr(bytes, 4)) return transferSyntaxes.explicitLittleEndian;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return length % 2 === 0 && length < Math.min(bytes.length, 1024)
    ? transferSyntaxes.implicitLittleEndian
    : null;
}
