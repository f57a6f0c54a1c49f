import type { DataSet } from 'dicom-parser';
import { unsignedShort, valueBytes } from './elements.ts';
import type { PixelModule } from './pixelModule.ts';
import { refusal } from './refusal.ts';
import { tags, type Tag } from './tags.ts';
import type { FrameWords } from './words.ts';

/** Stored values of a grey frame: value = sample + offset. Samples are unsigned so that they travel as 16 bits. */
export interface StoredGrey {
  readonly samples: Uint16Array;
  readonly offset: number;
}

/**
 * Bits above and below the stored ones are cut away (old files keep overlays there) and the sign is
 * extended (PS3.5 8.1.1). Throws 'unsupported-image' where the values do not fit 16 bits.
 */
export function storedGrey(words: FrameWords['words'], pixels: PixelModule): StoredGrey {
  const { bitsStored, highBit, signed } = pixels;
  if (bitsStored > 16 || words instanceof Uint32Array) return storedWide(words, pixels);
  const shift = highBit + 1 - bitsStored;
  const mask = 2 ** bitsStored - 1;
  // Adding half the range to a two's complement number and dropping the carry makes it unsigned.
  const offset = signed ? 2 ** (bitsStored - 1) : 0;
  if (words instanceof Uint16Array && shift === 0 && mask === 0xffff && !signed) {
    return { samples: words, offset: 0 };
  }
  const samples = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) samples[i] = ((words[i]! >> shift) + offset) & mask;
  return { samples, offset: -offset };
}

/** 32-bit containers are opened when what is in them fits 16 bits; rounding would be a silent change. */
function storedWide(words: FrameWords['words'], pixels: PixelModule): StoredGrey {
  const { bitsStored, highBit, signed } = pixels;
  const valueOf = (word: number) => {
    const raised = word << (31 - highBit);
    return signed ? raised >> (32 - bitsStored) : raised >>> (32 - bitsStored);
  };
  let low = Infinity;
  let high = -Infinity;
  for (const word of words) {
    const value = valueOf(word);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high - low > 0xffff) {
    throw refusal(
      'unsupported-image',
      'This picture has more grey levels than 16 bits hold; a radiograph has fewer.',
    );
  }
  const samples = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) samples[i] = valueOf(words[i]!) - low;
  return { samples, offset: low };
}

/**
 * Luminance of a colour frame, Y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, the Y of YBR_FULL in
 * PS3.3 C.7.6.3.1.2), rounded.
 */
export function luminance(frame: FrameWords, pixels: PixelModule): StoredGrey {
  const { words } = frame;
  const mask = 2 ** Math.min(16, pixels.bitsStored) - 1;
  const count = pixels.rows * pixels.columns;
  const samples = new Uint16Array(count);
  if (
    frame.colour === 'as-header' &&
    (pixels.photometric === 'YBR_FULL' || pixels.photometric === 'YBR_FULL_422')
  ) {
    for (let i = 0; i < count; i++) samples[i] = words[3 * i]! & mask;
    return { samples, offset: 0 };
  }
  if (frame.colour === 'as-header' && pixels.photometric === 'YBR_PARTIAL_420') {
    throw refusal('unsupported-image', 'This colour picture is a video frame, which Calcar does not read.');
  }
  if (words instanceof Uint32Array) {
    throw refusal(
      'unsupported-image',
      'This colour picture has 32 bits a value, which Calcar does not read.',
    );
  }
  // YBR_ICT and YBR_RCT name the component transform inside a JPEG 2000 stream, which its decoder has undone.
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [words[3 * i]! & mask, words[3 * i + 1]! & mask, words[3 * i + 2]! & mask];
    samples[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
  }
  return { samples, offset: 0 };
}

/** Luminance of a palette image (PS3.3 C.7.6.3.1.5), in the 16-bit (or 8-bit) scale of its tables. */
export function paletteLuminance(
  dataSet: DataSet,
  words: FrameWords['words'],
  pixels: PixelModule,
): StoredGrey {
  const stored = storedGrey(words, pixels);
  const red = readPalette(dataSet, tags.redPaletteDescriptor, tags.redPaletteData);
  const green = readPalette(dataSet, tags.greenPaletteDescriptor, tags.greenPaletteData);
  const blue = readPalette(dataSet, tags.bluePaletteDescriptor, tags.bluePaletteData);
  const samples = new Uint16Array(stored.samples.length);
  for (let i = 0; i < samples.length; i++) {
    const value = stored.samples[i]! + stored.offset;
    samples[i] = Math.round(0.299 * red(value) + 0.587 * green(value) + 0.114 * blue(value));
  }
  return { samples, offset: 0 };
}

function readPalette(dataSet: DataSet, descriptor: Tag, data: Tag): (value: number) => number {
  const entries = unsignedShort(dataSet, descriptor, 0);
  const first = unsignedShort(dataSet, descriptor, 1);
  const element = dataSet.elements[data];
  if (entries === null || first === null || element === undefined) {
    throw refusal(
      'unsupported-image',
      'This picture is in palette colours whose table is missing or in segments.',
    );
  }
  const count = entries === 0 ? 65536 : entries;
  const bytes = valueBytes(dataSet, element);
  const wide = bytes.length >= 2 * count;
  if (bytes.length < count)
    throw refusal('corrupt-pixels', 'The colour table of this picture is incomplete.');
  const table = Uint16Array.from({ length: count }, (_, i) =>
    wide ? (dataSet.uint16(data, i) ?? 0) : bytes[i]!,
  );
  return (value) => table[Math.min(count - 1, Math.max(0, value - first))]!;
}
