import type { DataSet, Element } from 'dicom-parser';
import { valueBytes } from './elements.ts';
import type { PixelModule } from './pixelModule.ts';
import { transferSyntaxes } from './transferSyntax.ts';
import { readWords, wordBytes, type FrameWords, type WordLayout } from './words.ts';

/** The first frame of an uncompressed image. Throws 'truncated'. */
export function readNativeFrame(
  dataSet: DataSet,
  pixelData: Element,
  pixels: PixelModule,
  transferSyntax: string,
): FrameWords {
  const bigEndian = transferSyntax === transferSyntaxes.explicitBigEndian;
  const perFrame = pixels.rows * pixels.columns;
  const chrominanceHalved = pixels.photometric === 'YBR_FULL_422' && !pixels.planar;
  const layout: WordLayout = {
    bitsAllocated: pixels.bitsAllocated,
    count: chrominanceHalved ? 2 * perFrame : perFrame * pixels.samplesPerPixel,
    bigEndian,
    swappedBytes: bigEndian && pixelData.vr === 'OW' && pixels.bitsAllocated === 8,
  };
  const bytes = valueBytes(dataSet, pixelData);
  // Some writers say 422 and still store three values a pixel: the length of the data decides.
  if (chrominanceHalved && bytes.length < wordBytes({ ...layout, count: 3 * perFrame * pixels.frames })) {
    return {
      words: doubleChrominance(readWords(bytes, layout), perFrame),
      samplesPerPixel: 3,
      colour: 'as-header',
      lossy: false,
    };
  }
  const words = readWords(bytes, { ...layout, count: perFrame * pixels.samplesPerPixel });
  return {
    words: pixels.samplesPerPixel === 3 && pixels.planar ? interleave(words, perFrame) : words,
    samplesPerPixel: pixels.samplesPerPixel,
    colour: 'as-header',
    lossy: false,
  };
}

/** Y₁ Y₂ C_B C_R for every two pixels (PS3.3 C.7.6.3.1.2) → Y C_B C_R a pixel. */
function doubleChrominance(
  words: Uint8Array | Uint16Array | Uint32Array,
  pixels: number,
): Uint8Array | Uint16Array {
  const out = words instanceof Uint8Array ? new Uint8Array(3 * pixels) : new Uint16Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const pair = 4 * (i >> 1);
    out[3 * i] = words[pair + (i & 1)]!;
    out[3 * i + 1] = words[pair + 2]!;
    out[3 * i + 2] = words[pair + 3]!;
  }
  return out;
}

/** Three planes → colour by pixel. */
export function interleave<T extends Uint8Array | Uint16Array | Uint32Array>(words: T, pixels: number): T {
  const out = words.slice() as T;
  for (let i = 0; i < pixels; i++) {
    for (let plane = 0; plane < 3; plane++) out[3 * i + plane] = words[plane * pixels + i]!;
  }
  return out;
}
