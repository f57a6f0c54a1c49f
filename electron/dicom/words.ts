import { refusal } from './refusal.ts';

/**
 * The values of one frame as the file stores them, before bits stored and sign are applied: colour by
 * pixel, rows × columns × samplesPerPixel unsigned words.
 */
export interface FrameWords {
  readonly words: Uint8Array | Uint16Array | Uint32Array;
  readonly samplesPerPixel: 1 | 3;
  /** A codec that has undone its own colour transform says 'rgb'; otherwise the header's word stands. */
  readonly colour: 'as-header' | 'rgb';
  /** The stream that it came from loses information. */
  readonly lossy: boolean;
}

export interface WordLayout {
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  /** Number of words wanted. */
  readonly count: number;
  readonly bigEndian: boolean;
  /** Bytes of 8-bit pixels swapped within 16-bit words: OW in a big endian file (PS3.5 8.1.1). */
  readonly swappedBytes: boolean;
}

/** Bytes that `count` words take. */
export const wordBytes = (layout: WordLayout): number => Math.ceil((layout.count * layout.bitsAllocated) / 8);

/** Reads the words of an uncompressed frame. Throws 'truncated' where bytes are missing. */
export function readWords(bytes: Uint8Array, layout: WordLayout): Uint8Array | Uint16Array | Uint32Array {
  const needed = wordBytes(layout);
  if (bytes.length < needed) {
    throw refusal(
      'truncated',
      `This file breaks off inside its picture: ${needed - bytes.length} bytes are missing.`,
    );
  }
  switch (layout.bitsAllocated) {
    case 1:
      return Uint8Array.from({ length: layout.count }, (_, i) => (bytes[i >> 3]! >> (i & 7)) & 1);
    case 8:
      return layout.swappedBytes ? swapPairs(bytes, layout.count) : bytes.slice(0, layout.count);
    case 16:
      return read16(bytes, layout.count, layout.bigEndian);
    case 32:
      return read32(bytes, layout.count, layout.bigEndian);
  }
}

function swapPairs(bytes: Uint8Array, count: number): Uint8Array {
  const words = new Uint8Array(count);
  // The last byte of an odd count stands in the high half of a padded word.
  for (let i = 0; i < count; i++) words[i] = bytes[i ^ 1] ?? bytes[i]!;
  return words;
}

function read16(bytes: Uint8Array, count: number, bigEndian: boolean): Uint16Array {
  const words = new Uint16Array(count);
  const [low, high] = bigEndian ? [1, 0] : [0, 1];
  for (let i = 0; i < count; i++) words[i] = bytes[2 * i + low]! | (bytes[2 * i + high]! << 8);
  return words;
}

function read32(bytes: Uint8Array, count: number, bigEndian: boolean): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const words = new Uint32Array(count);
  for (let i = 0; i < count; i++) words[i] = view.getUint32(4 * i, !bigEndian);
  return words;
}
