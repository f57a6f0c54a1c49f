import { Decoder } from 'jpeg-lossless-decoder-js';
import type { FrameWords } from '../words.ts';
import { requireEndOfImage, type CodedFrame } from './frame.ts';

/** JPEG lossless, processes 14 and 14 SV1 (ITU-T T.81 annex H). */
export function decodeJpegLossless(frame: CodedFrame): FrameWords {
  const { stream } = frame;
  requireEndOfImage(stream);
  const bytesPerSample = frame.header !== null && frame.header.precision > 8 ? 2 : 1;
  const decoder = new Decoder();
  const words = decoder.decode(stream.buffer, stream.byteOffset, stream.byteLength, bytesPerSample);
  return { words, samplesPerPixel: frame.samplesPerPixel, colour: 'as-header' };
}
