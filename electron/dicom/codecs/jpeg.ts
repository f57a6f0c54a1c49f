import type { FrameWords } from '../words.ts';
import { copyWords, requireEndOfImage, type CodedFrame } from './frame.ts';
import { decodeDctGrey } from './jpegDct.ts';
import { withJpeg } from './wasm.ts';

/** JPEG with DCT: 8 bit by libjpeg-turbo, 12 bit grey (which no library for Node reads) by Calcar's own decoder. */
export async function decodeJpeg(frame: CodedFrame): Promise<FrameWords> {
  requireEndOfImage(frame.stream);
  if (frame.header?.precision === 12) {
    return { words: decodeDctGrey(frame.stream), samplesPerPixel: 1, colour: 'as-header', lossy: true };
  }
  const stream = frame.samplesPerPixel === 3 ? withColourWord(frame.stream, frame.isRgb) : frame.stream;
  return withJpeg(stream, (decoder) => ({
    words: copyWords(decoder.getDecodedBuffer(), decoder.getFrameInfo().bitsPerSample),
    samplesPerPixel: frame.samplesPerPixel,
    colour: 'rgb',
    lossy: true,
  }));
}

/**
 * JPEG itself does not say whether three components are RGB or YCbCr; JFIF and Adobe segments do. Where a
 * stream has neither, an Adobe segment tells libjpeg what the DICOM header says.
 */
function withColourWord(stream: Uint8Array, isRgb: boolean): Uint8Array {
  if (hasApplicationSegment(stream)) return stream;
  const adobe = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, isRgb ? 0 : 1];
  const whole = new Uint8Array(stream.length + adobe.length);
  whole.set([0xff, 0xd8, ...adobe]);
  whole.set(stream.subarray(2), 2 + adobe.length);
  return whole;
}

/** True where a JFIF (APP0) or Adobe (APP14) segment stands before the frame. */
function hasApplicationSegment(stream: Uint8Array): boolean {
  let at = 2;
  while (at + 4 <= stream.length && stream[at] === 0xff) {
    const marker = stream[at + 1]!;
    if (marker === 0xe0 || marker === 0xee) return true;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4) return false;
    at += 2 + ((stream[at + 2]! << 8) | stream[at + 3]!);
  }
  return false;
}
