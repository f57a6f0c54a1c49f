import type { CodestreamHeader } from '../codestream.ts';
import type { FrameWords } from '../words.ts';

/** What a codec is given: a stream whose frame header was held against the file's. */
export interface CodedFrame {
  readonly stream: Uint8Array;
  /** null for RLE, which has no frame header. */
  readonly header: CodestreamHeader | null;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  /** The file says that the three values are red, green and blue. */
  readonly isRgb: boolean;
}

/** Decodes one frame. Throws anything where the stream is damaged; the caller makes it 'corrupt-pixels'. */
export type DecodeFrame = (frame: CodedFrame) => Promise<FrameWords> | FrameWords;

export const wordCount = (frame: CodedFrame): number => frame.rows * frame.columns * frame.samplesPerPixel;

/** Copies decoded little endian bytes out of a codec's own memory. */
export function copyWords(bytes: Uint8Array, bitsPerSample: number): Uint8Array | Uint16Array {
  const copy = bytes.slice();
  return bitsPerSample > 8 ? new Uint16Array(copy.buffer, 0, copy.length >> 1) : copy;
}

/** A JPEG or JPEG-LS stream ends with EOI; without it decoders fill the missing rows with grey. */
export function requireEndOfImage(stream: Uint8Array): void {
  let last = stream.length - 1;
  while (last > 0 && (stream[last] === 0 || stream[last] === 0xff)) last--;
  if (stream[last] !== 0xd9 || stream[last - 1] !== 0xff) throw new Error('the stream has no end of image');
}
