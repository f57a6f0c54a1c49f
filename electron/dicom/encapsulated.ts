import type { DataSet, Element } from 'dicom-parser';
import { readCodestreamHeader, type CodestreamHeader } from './codestream.ts';
import type { CodedFrame, DecodeFrame } from './codecs/frame.ts';
import { decodeJpeg } from './codecs/jpeg.ts';
import { decodeJpeg2000, decodeHtj2k } from './codecs/jpeg2000.ts';
import { decodeJpegLossless } from './codecs/jpegLossless.ts';
import { decodeJpegLs } from './codecs/jpegLs.ts';
import { decodeRle } from './codecs/rle.ts';
import { firstFrameStream } from './fragments.ts';
import type { PixelModule } from './pixelModule.ts';
import { refusal } from './refusal.ts';
import { readNativeFrame } from './nativeFrame.ts';
import { transferSyntaxes } from './transferSyntax.ts';
import type { FrameWords } from './words.ts';

const codecs: ReadonlyMap<string, DecodeFrame> = new Map<string, DecodeFrame>([
  [transferSyntaxes.rle, decodeRle],
  [transferSyntaxes.jpegBaseline, decodeJpeg],
  [transferSyntaxes.jpegExtended, decodeJpeg],
  [transferSyntaxes.jpegSpectralSelection, decodeJpeg],
  [transferSyntaxes.jpegFullProgression, decodeJpeg],
  [transferSyntaxes.jpegLossless, decodeJpegLossless],
  [transferSyntaxes.jpegLosslessFirstOrder, decodeJpegLossless],
  [transferSyntaxes.jpegLsLossless, decodeJpegLs],
  [transferSyntaxes.jpegLsNearLossless, decodeJpegLs],
  [transferSyntaxes.jpeg2000Lossless, decodeJpeg2000],
  [transferSyntaxes.jpeg2000, decodeJpeg2000],
  [transferSyntaxes.htj2kLossless, decodeHtj2k],
  [transferSyntaxes.htj2kLosslessRpcl, decodeHtj2k],
  [transferSyntaxes.htj2k, decodeHtj2k],
]);

/**
 * Decodes the first frame of encapsulated pixel data (PS3.5 A.4).
 * Throws 'unsupported-transfer-syntax', 'truncated', 'corrupt-pixels'.
 */
export async function decodeEncapsulatedFrame(
  dataSet: DataSet,
  pixelData: Element,
  pixels: PixelModule,
  transferSyntax: string,
): Promise<FrameWords> {
  const decode = codecs.get(transferSyntax);
  if (decode === undefined) {
    throw refusal(
      'unsupported-transfer-syntax',
      `This picture is compressed in a way that Calcar does not read (transfer syntax ${transferSyntax}).`,
    );
  }
  // A few writers name a compressed syntax and store the pixels plainly.
  if (pixelData.fragments === undefined) {
    return readNativeFrame(dataSet, pixelData, pixels, transferSyntaxes.explicitLittleEndian);
  }
  const stream = firstFrameStream(dataSet, pixelData, pixels.frames, decode === decodeRle);
  const header = decode === decodeRle ? null : checkedHeader(stream, pixels);
  const frame: CodedFrame = {
    stream,
    header,
    rows: pixels.rows,
    columns: pixels.columns,
    samplesPerPixel: pixels.samplesPerPixel,
    bitsAllocated: pixels.bitsAllocated,
    isRgb: pixels.photometric === 'RGB',
  };
  const decoded = await decodeSafely(decode, frame);
  if (decoded.words.length !== pixels.rows * pixels.columns * pixels.samplesPerPixel) {
    throw refusal('corrupt-pixels', 'The compressed picture in this file is damaged.');
  }
  const mayOvershoot = decoded.lossy && header !== null && header.precision > pixels.bitsStored;
  return mayOvershoot ? { ...decoded, words: clampToStored(decoded.words, pixels) } : decoded;
}

async function decodeSafely(decode: DecodeFrame, frame: CodedFrame): Promise<FrameWords> {
  try {
    return await decode(frame);
  } catch (cause) {
    throw refusal('corrupt-pixels', 'The compressed picture in this file is damaged.', cause);
  }
}

/** The stream must be of the frame that the header announces, so that no codec allocates more than that. */
function checkedHeader(stream: Uint8Array, pixels: PixelModule): CodestreamHeader {
  const header = readCodestreamHeader(stream);
  if (header === null)
    throw refusal('corrupt-pixels', 'The compressed picture in this file cannot be recognised.');
  if (header.rows !== pixels.rows || header.columns !== pixels.columns) {
    throw refusal(
      'corrupt-pixels',
      `The compressed picture is ${header.columns} × ${header.rows} pixels, but the file says ${pixels.columns} × ${pixels.rows}.`,
    );
  }
  if (header.components !== pixels.samplesPerPixel) {
    throw refusal(
      'corrupt-pixels',
      'The compressed picture and its file contradict each other about colour.',
    );
  }
  if (header.precision > 16) {
    throw refusal(
      'unsupported-image',
      'This picture has more grey levels than 16 bits hold; a radiograph has fewer.',
    );
  }
  return header;
}

/** A lossy codec can overshoot the stored bits; cutting them off would turn white to black. */
function clampToStored(words: FrameWords['words'], { bitsStored, signed }: PixelModule): FrameWords['words'] {
  if (signed) return words;
  const top = 2 ** bitsStored - 1;
  return words.map((word) => (word > top ? top : word));
}
