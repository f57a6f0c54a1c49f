import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import { constants, createUnzip } from 'node:zlib';
import { CalcarError } from '../contract/errors.ts';
import { fileGrid, placement, type FileGrid } from './grid.ts';
import { refuseVolume } from './refuse.ts';
import type { OpenVolumeOptions } from './source.ts';
import type { Volume } from './volume.ts';
import { cutOff, VoxelWriter, type StoredValues } from './voxelWriter.ts';

/** How a voxel is stored, and how many bytes it takes. */
export const elementBytes = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
} as const;
export type ElementType = keyof typeof elementBytes;

/** A file whose header was read: one block of voxels, plain or deflated, the first axis fastest. */
export interface RawVolume {
  /** As the header claims it; checked before anything is allocated. */
  readonly grid: FileGrid;
  /** The file that holds the voxels. */
  readonly path: string;
  /** Bytes of that file in front of the block; 'end' where the block is the end of the file. */
  readonly start: number | 'end';
  readonly compressed: boolean;
  /** Bytes of the block, once inflated, in front of the first voxel. */
  readonly skip: number;
  readonly type: ElementType;
  readonly bigEndian: boolean;
  /** Hounsfield units = value · slope + intercept. */
  readonly slope: number;
  readonly intercept: number;
  readonly description: string | null;
  readonly notes: readonly string[];
}

/** Deflate makes at most 1032 bytes of one. */
const largestInflation = 1032;
/** Bytes after the last voxel that are still read, so that the checksum behind them is checked. */
const patience = 2 ** 20;
const chunkBytes = 2 ** 20;

/**
 * Reads the voxels in pieces of a mebibyte, so that memory holds the volume and little else.
 *
 * @throws CalcarError 'invalid-volume', 'too-large', 'truncated', 'corrupt-pixels', 'cancelled'
 */
export async function readRawVolume(raw: RawVolume, options: OpenVolumeOptions): Promise<Volume> {
  const grid = fileGrid(raw.grid);
  const count = grid.size[0] * grid.size[1] * grid.size[2];
  const { size: fileBytes } = await stat(raw.path);
  const needed = raw.skip + count * elementBytes[raw.type];
  const start = raw.start === 'end' ? fileBytes - needed : raw.start;
  const there = Math.max(0, fileBytes - start) * (raw.compressed ? largestInflation : 1);
  if (start < 0 || there < needed) throw cutOff(Math.ceil((needed - there) / elementBytes[raw.type]));

  const writer = new VoxelWriter(placement(grid));
  let surplus = 0;
  for await (const bytes of wholeElements(blocks(raw, start), raw.skip, elementBytes[raw.type])) {
    stopIfCancelled(options.signal);
    if (writer.missing === 0) surplus += bytes.length;
    if (surplus > patience) break;
    writer.write(elements(bytes, raw.type, raw.bigEndian), raw.slope, raw.intercept);
    options.onProgress?.(1 - writer.missing / count);
  }
  return writer.finish();
}

/** @throws CalcarError 'cancelled' */
export function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new CalcarError('cancelled', 'Opening the volume was stopped; nothing of it was kept.');
  }
}

async function* blocks(raw: RawVolume, start: number): AsyncGenerator<Buffer> {
  const file = createReadStream(raw.path, { start, highWaterMark: chunkBytes });
  if (!raw.compressed) {
    yield* file as AsyncIterable<Buffer>;
    return;
  }
  // Unzip reads gzip and zlib alike.
  const unzip = createUnzip({ chunkSize: chunkBytes });
  file.on('error', (error) => unzip.destroy(error));
  file.pipe(unzip);
  try {
    yield* unzip as AsyncIterable<Buffer>;
  } catch (cause) {
    const code = cause instanceof Error && 'errno' in cause ? cause.errno : null;
    throw code === constants.Z_BUF_ERROR
      ? refuseVolume('It breaks off inside its compressed voxels.', 'Copy it again.', 'truncated', cause)
      : refuseVolume('Its compressed voxels are damaged.', 'Copy it again.', 'corrupt-pixels', cause);
  } finally {
    file.destroy();
  }
}

/** Pieces that begin and end with a whole element, each in memory of its own. */
async function* wholeElements(
  chunks: AsyncIterable<Buffer>,
  skip: number,
  bytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let toSkip = skip;
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const skipped = Math.min(toSkip, chunk.length);
    toSkip -= skipped;
    const joined = new Uint8Array(rest.length + chunk.length - skipped);
    joined.set(rest);
    joined.set(chunk.subarray(skipped), rest.length);
    const whole = joined.length - (joined.length % bytes);
    rest = joined.slice(whole);
    if (whole > 0) yield joined.subarray(0, whole);
  }
}

function elements(bytes: Uint8Array<ArrayBuffer>, type: ElementType, bigEndian: boolean): StoredValues {
  const width = elementBytes[type];
  if (bigEndian !== (endianness() === 'BE')) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (width === 2) buffer.swap16();
    else if (width === 4) buffer.swap32();
    else if (width === 8) buffer.swap64();
  }
  const { buffer } = bytes;
  const count = bytes.byteLength / width;
  switch (type) {
    case 'int8':
      return new Int8Array(buffer, 0, count);
    case 'uint8':
      return bytes;
    case 'int16':
      return new Int16Array(buffer, 0, count);
    case 'uint16':
      return new Uint16Array(buffer, 0, count);
    case 'int32':
      return new Int32Array(buffer, 0, count);
    case 'uint32':
      return new Uint32Array(buffer, 0, count);
    case 'int64':
      return new BigInt64Array(buffer, 0, count);
    case 'uint64':
      return new BigUint64Array(buffer, 0, count);
    case 'float32':
      return new Float32Array(buffer, 0, count);
    case 'float64':
      return new Float64Array(buffer, 0, count);
  }
}

/** SHA-256 of the bytes of the files, one after the other, as hexadecimal digits. */
export async function sha256OfFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
      hash.update(chunk as Buffer);
    }
  }
  return hash.digest('hex');
}
