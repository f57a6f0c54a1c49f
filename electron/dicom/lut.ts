import type { DataSet } from 'dicom-parser';
import { text, unsignedShort, valueBytes } from './elements.ts';
import { tags } from './tags.ts';

/** A lookup table of PS3.3 C.11.1.1 or C.11.2.1.1. */
export interface Lut {
  /** Input value that is mapped to the first entry. */
  readonly first: number;
  readonly bits: number;
  readonly values: Uint16Array;
  readonly explanation: string | null;
}

/**
 * Reads LUT Descriptor and LUT Data. `signedInput` tells how an ambiguous US-or-SS first value is meant.
 * null where the table cannot be used: the caller then does without it.
 */
export function readLut(item: DataSet, signedInput: boolean): Lut | null {
  const descriptor = item.elements[tags.lutDescriptor];
  const data = item.elements[tags.lutData];
  const declared = unsignedShort(item, tags.lutDescriptor, 0);
  const first = unsignedShort(item, tags.lutDescriptor, 1);
  const bits = unsignedShort(item, tags.lutDescriptor, 2);
  if (
    descriptor === undefined ||
    data === undefined ||
    declared === null ||
    first === null ||
    bits === null
  ) {
    return null;
  }
  const count = declared === 0 ? 65536 : declared;
  const bytes = valueBytes(item, data);
  const packed = bytes.length < 2 * count;
  if (bits < 1 || bits > 16 || bytes.length < count) return null;
  const values = Uint16Array.from({ length: count }, (_, i) =>
    packed ? bytes[i]! : (item.uint16(tags.lutData, i) ?? 0),
  );
  const isSigned = descriptor.vr === 'SS' || (descriptor.vr !== 'US' && signedInput);
  return {
    first: isSigned && first > 0x7fff ? first - 0x10000 : first,
    // Some writers declare fewer bits than their entries use; the entries are what is there.
    bits: Math.max(bits, Math.ceil(Math.log2(1 + values.reduce((a, b) => Math.max(a, b), 0)))),
    values,
    explanation: text(item, tags.lutExplanation),
  };
}
