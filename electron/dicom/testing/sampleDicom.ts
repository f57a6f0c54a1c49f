import { deflateRawSync } from 'node:zlib';

/** One element of a test file: (group << 16) + element, value representation, value. */
export type Sample = readonly [tag: number, vr: string, value: SampleValue];
export type SampleValue =
  string | number | readonly number[] | Uint8Array | Uint16Array | readonly Sample[][];

export type SampleSyntax = 'implicit' | 'explicit' | 'big' | 'deflated';
const uids: Readonly<Record<SampleSyntax, string>> = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  big: '1.2.840.10008.1.2.2',
};
const longForms = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

/**
 * A DICOM file written for a test, independent of Calcar's own writer: any of the uncompressed syntaxes,
 * any elements, valid or not. `transferSyntax` overrides the UID that the file names.
 */
export function sampleDicom(
  elements: readonly Sample[],
  syntax: SampleSyntax = 'explicit',
  transferSyntax = uids[syntax],
): Uint8Array {
  const meta = encode(
    [
      [0x00020002, 'UI', '1.2.840.10008.5.1.4.1.1.1'],
      [0x00020003, 'UI', '1.2.3.4'],
      [0x00020010, 'UI', transferSyntax],
    ],
    'explicit',
  );
  const length = encode([[0x00020000, 'UL', meta.length]], 'explicit');
  const body = encode(elements, syntax);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    length,
    meta,
    syntax === 'deflated' ? deflateRawSync(body) : body,
  ]);
}

/** The data set alone, without the part 10 header. */
export function encode(elements: readonly Sample[], syntax: SampleSyntax): Uint8Array {
  return Buffer.concat(
    elements.toSorted(([a], [b]) => a - b).map(([tag, vr, value]) => encodeElement(tag, vr, value, syntax)),
  );
}

function encodeElement(tag: number, vr: string, value: SampleValue, syntax: SampleSyntax): Buffer {
  const content = encodeValue(vr, value, syntax);
  const padded =
    content.length % 2 === 0 ? content : Buffer.concat([content, Buffer.of(vr === 'UI' ? 0 : 0x20)]);
  const short = (number: number) => numbers([number], 2, syntax);
  const head = [short(Math.floor(tag / 65536)), short(tag & 0xffff)];
  if (syntax === 'implicit') head.push(numbers([padded.length], 4, syntax));
  else if (longForms.has(vr)) head.push(Buffer.from(`${vr}\0\0`), numbers([padded.length], 4, syntax));
  else head.push(Buffer.from(vr), short(padded.length));
  return Buffer.concat([...head, padded]);
}

function encodeValue(vr: string, value: SampleValue, syntax: SampleSyntax): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'latin1');
  if (typeof value === 'number') return numbers([value], vr === 'UL' ? 4 : 2, syntax);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (value instanceof Uint16Array) return numbers([...value], 2, syntax);
  if (vr !== 'SQ') return numbers(value as readonly number[], 2, syntax);
  return Buffer.concat(
    (value as readonly Sample[][]).map((item) => {
      const content = encode(item, syntax);
      const head = [
        numbers([0xfffe], 2, syntax),
        numbers([0xe000], 2, syntax),
        numbers([content.length], 4, syntax),
      ];
      return Buffer.concat([...head, content]);
    }),
  );
}

function numbers(values: readonly number[], size: 2 | 4, syntax: SampleSyntax): Buffer {
  const bytes = Buffer.alloc(values.length * size);
  values.forEach((value, i) => {
    const bits = value < 0 ? value + 2 ** (8 * size) : value;
    if (size === 2 && syntax === 'big') bytes.writeUInt16BE(bits, 2 * i);
    else if (size === 2) bytes.writeUInt16LE(bits, 2 * i);
    else if (syntax === 'big') bytes.writeUInt32BE(bits, 4 * i);
    else bytes.writeUInt32LE(bits, 4 * i);
  });
  return bytes;
}

export interface SampleFrame {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated?: number;
  readonly bitsStored?: number;
  readonly highBit?: number;
  readonly signed?: boolean;
  readonly photometric?: string;
  readonly samplesPerPixel?: number;
  readonly pixels: Uint8Array | Uint16Array;
}

/** The elements of a plain image; `more` are added or take the place of those with the same tag. */
export function sampleImage(frame: SampleFrame, more: readonly Sample[] = []): Sample[] {
  const allocated = frame.bitsAllocated ?? (frame.pixels instanceof Uint16Array ? 16 : 8);
  const stored = frame.bitsStored ?? allocated;
  const elements: Sample[] = [
    [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.1'],
    [0x00080018, 'UI', '1.2.3.4'],
    [0x00080060, 'CS', 'CR'],
    [0x00280002, 'US', frame.samplesPerPixel ?? 1],
    [0x00280004, 'CS', frame.photometric ?? 'MONOCHROME2'],
    [0x00280010, 'US', frame.rows],
    [0x00280011, 'US', frame.columns],
    [0x00280100, 'US', allocated],
    [0x00280101, 'US', stored],
    [0x00280102, 'US', frame.highBit ?? stored - 1],
    [0x00280103, 'US', frame.signed === true ? 1 : 0],
    [0x7fe00010, 'OW', frame.pixels],
  ];
  const replaced = new Set(more.map(([tag]) => tag));
  return [...elements.filter(([tag]) => !replaced.has(tag)), ...more];
}

/** Pixel Data as fragments of undefined length, after an empty or given basic offset table (PS3.5 A.4). */
export function encapsulated(
  elements: readonly Sample[],
  transferSyntax: string,
  fragments: readonly Uint8Array[],
  { offsets = [], closed = true }: { readonly offsets?: readonly number[]; readonly closed?: boolean } = {},
): Uint8Array {
  const item = (content: Uint8Array) => {
    const even = content.length % 2 === 0 ? content : Buffer.concat([content, Buffer.of(0)]);
    return Buffer.concat([Buffer.of(0xfe, 0xff, 0x00, 0xe0), numbers([even.length], 4, 'explicit'), even]);
  };
  return Buffer.concat([
    sampleDicom(
      elements.filter(([tag]) => tag !== 0x7fe00010),
      'explicit',
      transferSyntax,
    ),
    Buffer.of(0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff),
    item(numbers(offsets, 4, 'explicit')),
    ...fragments.map(item),
    ...(closed ? [Buffer.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0)] : []),
  ]);
}
