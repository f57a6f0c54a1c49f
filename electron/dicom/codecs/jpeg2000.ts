import type { FrameWords } from '../words.ts';
import { copyWords, type CodedFrame } from './frame.ts';
import { withHtj2k, withJpeg2000, type Jpeg2000Decoder } from './wasm.ts';

/** JPEG 2000 part 1 (ITU-T T.800), by OpenJPEG. */
export function decodeJpeg2000(frame: CodedFrame): Promise<FrameWords> {
  requireWholeTileParts(frame.stream);
  return withJpeg2000(frame.stream, (decoder) => wordsOf(decoder, frame));
}

/** High-throughput JPEG 2000 (ITU-T T.814), by OpenJPH. */
export function decodeHtj2k(frame: CodedFrame): Promise<FrameWords> {
  requireWholeTileParts(frame.stream);
  return withHtj2k(frame.stream, (decoder) => wordsOf(decoder, frame));
}

function wordsOf(decoder: Jpeg2000Decoder, frame: CodedFrame): FrameWords {
  const { bitsPerSample } = decoder.getFrameInfo();
  return {
    words: copyWords(decoder.getDecodedBuffer(), bitsPerSample),
    samplesPerPixel: frame.samplesPerPixel,
    colour: 'as-header',
    lossy: !decoder.getIsReversible(),
  };
}

/**
 * Decoders make a picture of a cut stream without a word, only coarser: so every tile-part that the stream
 * announces must be there (ITU-T T.800 A.4.2).
 */
function requireWholeTileParts(stream: Uint8Array): void {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  // After SOC, or inside a JP2 wrapper, the main header's segments lead to the first tile-part.
  let at = codestreamStart(view) + 2;
  while (view.getUint16(at) !== 0xff90) at += 2 + view.getUint16(at + 2);
  while (at + 12 <= stream.length && view.getUint16(at) === 0xff90) {
    const length = view.getUint32(at + 6);
    if (length === 0) {
      requireEndOfCodestream(stream);
      return;
    }
    at += length;
  }
  if (at > stream.length) throw new Error('a tile-part of the codestream is cut');
  if (at + 2 <= stream.length && view.getUint16(at) !== 0xffd9) throw new Error('the codestream is damaged');
}

function codestreamStart(view: DataView): number {
  for (let at = 0; at + 4 <= view.byteLength; at++) if (view.getUint32(at) === 0xff4fff51) return at;
  throw new Error('no codestream');
}

function requireEndOfCodestream(stream: Uint8Array): void {
  let last = stream.length - 1;
  while (last > 0 && stream[last] === 0) last--;
  if (stream[last] !== 0xd9 || stream[last - 1] !== 0xff) throw new Error('the codestream is cut');
}
