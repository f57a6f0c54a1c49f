import { interleave } from '../nativeFrame.ts';
import type { FrameWords } from '../words.ts';
import { copyWords, requireEndOfImage, type CodedFrame } from './frame.ts';
import { withJpegLs } from './wasm.ts';

/** JPEG-LS lossless and near-lossless (ITU-T T.87), by CharLS. */
export async function decodeJpegLs(frame: CodedFrame): Promise<FrameWords> {
  requireEndOfImage(frame.stream);
  return withJpegLs(frame.stream, (decoder) => {
    const { bitsPerSample } = decoder.getFrameInfo();
    const words = copyWords(decoder.getDecodedBuffer(), bitsPerSample);
    const planar = frame.samplesPerPixel === 3 && decoder.getInterleaveMode() === 0;
    return {
      words: planar ? interleave(words, frame.rows * frame.columns) : words,
      samplesPerPixel: frame.samplesPerPixel,
      colour: 'as-header',
      lossy: decoder.getNearLossless() > 0,
    };
  });
}
