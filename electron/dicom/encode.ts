/** Value representations that the writer uses (PS3.5 6.2). */
export type Vr =
  | 'CS'
  | 'DA'
  | 'DS'
  | 'IS'
  | 'LO'
  | 'LT'
  | 'AS'
  | 'OB'
  | 'OW'
  | 'PN'
  | 'SH'
  | 'SQ'
  | 'SS'
  | 'ST'
  | 'TM'
  | 'UI'
  | 'US'
  | 'UT';

export interface DicomElement {
  /** (group, element) as one number, 0x00100010 for Patient's Name. */
  readonly tag: number;
  readonly vr: Vr;
  readonly value: Uint8Array;
}

const utf8 = new TextEncoder();

/** A string element; values are joined with a backslash and padded to even length (UI with NUL). */
export function string(tag: number, vr: Vr, ...values: readonly string[]): DicomElement {
  const joined = utf8.encode(values.join('\\'));
  const value = new Uint8Array(joined.length + (joined.length % 2)).fill(vr === 'UI' ? 0 : 0x20);
  value.set(joined);
  return { tag, vr, value };
}

/** Unlimited text: one value, in which a backslash is only a backslash. */
export const text = (tag: number, value: string): DicomElement => string(tag, 'UT', value);

/** Unsigned shorts. */
export function shorts(tag: number, ...values: readonly number[]): DicomElement {
  const value = new Uint8Array(2 * values.length);
  const view = new DataView(value.buffer);
  values.forEach((short, i) => view.setUint16(2 * i, short, true));
  return { tag, vr: 'US', value };
}

/** Decimal strings of at most 16 characters (PS3.5 6.2), as many digits as fit. */
export function decimals(tag: number, ...values: readonly number[]): DicomElement {
  return string(tag, 'DS', ...values.map(decimalString));
}

export function decimalString(value: number): string {
  const plain = String(value);
  if (plain.length <= 16) return plain;
  for (let digits = 15; digits > 0; digits--) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (shorter.length <= 16) return shorter;
  }
  return '0';
}

export function bytes(tag: number, vr: 'OB' | 'OW', value: Uint8Array): DicomElement {
  if (value.length % 2 === 0) return { tag, vr, value };
  const padded = new Uint8Array(value.length + 1);
  padded.set(value);
  return { tag, vr, value: padded };
}

/** A sequence of items of defined length. */
export function sequence(tag: number, ...items: readonly (readonly DicomElement[])[]): DicomElement {
  const parts = items.map((item) => {
    const content = encodeDataSet(item);
    const whole = new Uint8Array(8 + content.length);
    const view = new DataView(whole.buffer);
    view.setUint16(0, 0xfffe, true);
    view.setUint16(2, 0xe000, true);
    view.setUint32(4, content.length, true);
    whole.set(content, 8);
    return whole;
  });
  return { tag, vr: 'SQ', value: concatenate(parts) };
}

/** Explicit VR Little Endian (PS3.5 A.2), elements in the order of their tags. */
export function encodeDataSet(elements: readonly DicomElement[]): Uint8Array {
  return concatenate(elements.toSorted((a, b) => a.tag - b.tag).map(encodeElement));
}

function encodeElement({ tag, vr, value }: DicomElement): Uint8Array {
  const long = vr === 'OB' || vr === 'OW' || vr === 'SQ' || vr === 'UT';
  const header = new Uint8Array(long ? 12 : 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  header.set(utf8.encode(vr), 4);
  if (long) view.setUint32(8, value.length, true);
  else view.setUint16(6, value.length, true);
  return concatenate([header, value]);
}

/** A part 10 file: preamble, file meta information (PS3.10 7.1), data set. */
export function encodeFile(
  meta: { readonly sopClass: string; readonly sopInstance: string; readonly transferSyntax: string },
  dataSet: readonly DicomElement[],
): Uint8Array {
  const group = encodeDataSet([
    bytes(0x00020001, 'OB', Uint8Array.of(0, 1)),
    string(0x00020002, 'UI', meta.sopClass),
    string(0x00020003, 'UI', meta.sopInstance),
    string(0x00020010, 'UI', meta.transferSyntax),
    string(0x00020012, 'UI', implementationClass),
    string(0x00020013, 'SH', 'CALCAR_0_1'),
  ]);
  const start = new Uint8Array(128 + 4 + 12);
  start.set(utf8.encode('DICM'), 128);
  const view = new DataView(start.buffer);
  view.setUint16(132, 2, true);
  start.set(utf8.encode('UL'), 136);
  view.setUint16(138, 4, true);
  view.setUint32(140, group.length, true);
  return concatenate([start, group, encodeDataSet(dataSet)]);
}

/** Calcar's Implementation Class UID: a UUID made once, under the root that needs no registration (PS3.5 B.2). */
const implementationClass = '2.25.206131174217036528894183275230194786421';

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
