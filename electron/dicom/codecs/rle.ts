import type { FrameWords } from '../words.ts';
import { wordCount, type CodedFrame } from './frame.ts';

/**
 * RLE Lossless (PS3.5 annex G): a header of 16 longs, then one PackBits segment for each byte of each
 * sample, most significant byte first.
 */
export function decodeRle(frame: CodedFrame): FrameWords {
  const { stream, samplesPerPixel, bitsAllocated } = frame;
  const bytesPerSample = Math.ceil(bitsAllocated / 8);
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const segments = view.getUint32(0, true);
  if (segments !== samplesPerPixel * bytesPerSample) {
    throw new Error(`RLE header has ${segments} segments, not ${samplesPerPixel * bytesPerSample}`);
  }
  const pixels = frame.rows * frame.columns;
  const words = emptyWords(bytesPerSample, wordCount(frame));
  const plane = new Uint8Array(pixels);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : stream.length;
    if (start < 64 || end < start || end > stream.length)
      throw new Error('RLE segment lies outside the frame');
    unpack(stream.subarray(start, end), plane);
    const sample = Math.floor(segment / bytesPerSample);
    const shift = 8 * (bytesPerSample - 1 - (segment % bytesPerSample));
    for (let i = 0; i < pixels; i++) words[i * samplesPerPixel + sample]! |= plane[i]! << shift;
  }
  return { words, samplesPerPixel, colour: 'as-header', lossy: false };
}

function emptyWords(bytesPerSample: number, count: number): Uint8Array | Uint16Array | Uint32Array {
  if (bytesPerSample === 1) return new Uint8Array(count);
  return bytesPerSample === 2 ? new Uint16Array(count) : new Uint32Array(count);
}

/** PackBits (PS3.5 G.3.2); throws where the segment ends before the plane is full. */
function unpack(segment: Uint8Array, plane: Uint8Array): void {
  let at = 0;
  let out = 0;
  while (out < plane.length) {
    const control = segment[at++];
    if (control === undefined) throw new Error('RLE segment ends early');
    if (control === 128) continue;
    const wanted = control < 128 ? control + 1 : 257 - control;
    const count = Math.min(wanted, plane.length - out);
    if (control < 128) {
      if (at + count > segment.length) throw new Error('RLE segment ends early');
      plane.set(segment.subarray(at, at + count), out);
      at += wanted;
    } else {
      const value = segment[at++];
      if (value === undefined) throw new Error('RLE segment ends early');
      plane.fill(value, out, out + count);
    }
    out += count;
  }
}
