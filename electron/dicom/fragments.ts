import type { DataSet, Element, Fragment } from 'dicom-parser';
import { valueBytes } from './elements.ts';
import { refusal } from './refusal.ts';
import { tags } from './tags.ts';

/**
 * The coded bytes of the first frame, its fragments joined (PS3.5 A.4). Where one frame ends is taken from
 * the basic offset table, else the extended one, else from the fragments themselves.
 * Throws 'truncated' where a fragment is cut or missing.
 */
export function firstFrameStream(
  dataSet: DataSet,
  pixelData: Element,
  frames: number,
  oneFragmentAFrame: boolean,
): Uint8Array {
  const fragments = (pixelData.fragments ?? []).filter((fragment) => fragment.length > 0);
  const bytes = dataSet.byteArray;
  const count = firstFrameFragments(dataSet, pixelData, fragments, frames, oneFragmentAFrame);
  const parts = fragments.slice(0, count).map(({ position, length }) => {
    if (position + length > bytes.length) {
      throw refusal('truncated', 'This file breaks off inside its compressed picture.');
    }
    return bytes.subarray(position, position + length);
  });
  const [first] = parts;
  if (first === undefined) throw refusal('truncated', 'The compressed picture in this file is empty.');
  // Decoders expect a stream that starts at the beginning of its buffer.
  return new Uint8Array(Buffer.concat(parts));
}

function firstFrameFragments(
  dataSet: DataSet,
  pixelData: Element,
  fragments: readonly Fragment[],
  frames: number,
  oneFragmentAFrame: boolean,
): number {
  if (oneFragmentAFrame || fragments.length === frames) return 1;
  if (frames === 1) return fragments.length;
  const secondFrame = pixelData.basicOffsetTable?.[1] ?? secondExtendedOffset(dataSet);
  const second = fragments.findIndex(({ offset }, i) => i > 0 && offset === secondFrame);
  if (second > 0) return second;
  const nextStart = fragments.findIndex((fragment, i) => i > 0 && startsStream(dataSet.byteArray, fragment));
  return nextStart > 0 ? nextStart : fragments.length;
}

/** Extended Offset Table (7FE0,0001): 64-bit offsets. */
function secondExtendedOffset(dataSet: DataSet): number | null {
  const element = dataSet.elements[tags.extendedOffsetTable];
  if (element === undefined) return null;
  const bytes = valueBytes(dataSet, element);
  if (bytes.length < 16) return null;
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8, true));
}

/** JPEG and JPEG-LS start with SOI and another marker, JPEG 2000 with SOC and SIZ. */
function startsStream(bytes: Uint8Array, { position }: Fragment): boolean {
  if (bytes[position] !== 0xff || bytes[position + 2] !== 0xff) return false;
  const marker = bytes[position + 1];
  return marker === 0xd8 || (marker === 0x4f && bytes[position + 3] === 0x51);
}
