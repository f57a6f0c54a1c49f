/** A reader of MATLAB's level 5 MAT-files: numbers, text and structures, which is what a bone atlas is made of. */
import { inflateSync } from 'node:zlib';

/** Numbers in MATLAB's order: the first dimension runs fastest. */
export interface MatNumbers {
  readonly kind: 'numbers';
  readonly dimensions: readonly number[];
  readonly values: Float64Array;
}

export interface MatText {
  readonly kind: 'text';
  readonly text: string;
}

/** An array of structures that share their fields' names. */
export interface MatStructs {
  readonly kind: 'structs';
  readonly dimensions: readonly number[];
  readonly elements: readonly Readonly<Record<string, MatValue>>[];
}

export type MatValue = MatNumbers | MatText | MatStructs;

/** Data types of an element (MAT-File Format, table 1-1). */
const type = {
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 5,
  uint32: 6,
  single: 7,
  double: 9,
  int64: 12,
  uint64: 13,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
} as const;

/** Classes of an array (MAT-File Format, table 1-3). */
const structClass = 2;
const charClass = 4;
const numberClasses = { first: 6, last: 15 };

const headerLength = 128;

interface Element {
  readonly type: number;
  readonly data: Buffer;
  /** Where the next element starts. */
  readonly end: number;
}

/** The variables of a little-endian level 5 file by name. @throws Error when it is another kind of file or uses another class */
export function readMatFile(bytes: Uint8Array): Map<string, MatValue> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < headerLength || file.toString('latin1', 126, 128) !== 'IM') {
    throw new Error('This is not a little-endian MATLAB level 5 file.');
  }
  const variables = new Map<string, MatValue>();
  for (let at = headerLength; at < file.length;) {
    const outer = elementAt(file, at);
    // A compressed element is not padded to eight bytes.
    at = outer.type === type.compressed ? at + 8 + outer.data.length : outer.end;
    const element = outer.type === type.compressed ? elementAt(inflateSync(outer.data), 0) : outer;
    const { name, value } = readMatrix(element.data);
    variables.set(name, value);
  }
  return variables;
}

function elementAt(data: Buffer, at: number): Element {
  const word = data.readUInt32LE(at);
  // Up to four bytes of data share the tag's own eight.
  const short = word >>> 16;
  if (short !== 0) {
    return { type: word & 0xffff, data: data.subarray(at + 4, at + 4 + short), end: at + 8 };
  }
  const length = data.readUInt32LE(at + 4);
  return {
    type: word,
    data: data.subarray(at + 8, at + 8 + length),
    end: at + 8 + 8 * Math.ceil(length / 8),
  };
}

function readMatrix(data: Buffer): { name: string; value: MatValue } {
  const flags = elementAt(data, 0);
  const shape = elementAt(data, flags.end);
  const name = elementAt(data, shape.end);
  const dimensions = Array.from(numbers(shape));
  return {
    name: name.data.toString('latin1'),
    value: readArray(data, name.end, flags.data.readUInt8(0), dimensions),
  };
}

function readArray(data: Buffer, start: number, arrayClass: number, dimensions: number[]): MatValue {
  if (arrayClass === structClass) return readStructs(data, start, dimensions);
  const real = elementAt(data, start);
  if (arrayClass === charClass) {
    const encoding = real.type === type.uint16 || real.type === type.utf16 ? 'utf16le' : 'utf8';
    return { kind: 'text', text: real.data.toString(encoding) };
  }
  if (arrayClass >= numberClasses.first && arrayClass <= numberClasses.last) {
    return { kind: 'numbers', dimensions, values: numbers(real) };
  }
  throw new Error(`MATLAB array class ${String(arrayClass)} is not read here.`);
}

function readStructs(data: Buffer, start: number, dimensions: number[]): MatStructs {
  const lengthElement = elementAt(data, start);
  const names = elementAt(data, lengthElement.end);
  const nameLength = lengthElement.data.readInt32LE(0);
  const fields: string[] = [];
  for (let at = 0; at < names.data.length; at += nameLength) {
    const name = names.data.toString('latin1', at, at + nameLength);
    fields.push(name.slice(0, name.indexOf('\0')));
  }
  const count = dimensions.reduce((a, b) => a * b, 1);
  let at = names.end;
  const elements = Array.from({ length: count }, () => {
    const entries: [string, MatValue][] = [];
    for (const field of fields) {
      const element = elementAt(data, at);
      at = element.end;
      entries.push([field, readMatrix(element.data).value]);
    }
    return Object.fromEntries(entries);
  });
  return { kind: 'structs', dimensions, elements };
}

/** MATLAB stores numbers in the smallest type that holds them, whatever the class of the array. */
function numbers(element: Element): Float64Array {
  const { data } = element;
  const read = (width: number, at: (offset: number) => number) =>
    Float64Array.from({ length: data.length / width }, (_, i) => at(i * width));
  switch (element.type) {
    case type.int8:
      return read(1, (o) => data.readInt8(o));
    case type.uint8:
    case type.utf8:
      return read(1, (o) => data.readUInt8(o));
    case type.int16:
      return read(2, (o) => data.readInt16LE(o));
    case type.uint16:
      return read(2, (o) => data.readUInt16LE(o));
    case type.int32:
      return read(4, (o) => data.readInt32LE(o));
    case type.uint32:
      return read(4, (o) => data.readUInt32LE(o));
    case type.single:
      return read(4, (o) => data.readFloatLE(o));
    case type.double:
      return read(8, (o) => data.readDoubleLE(o));
    case type.int64:
      return read(8, (o) => Number(data.readBigInt64LE(o)));
    case type.uint64:
      return read(8, (o) => Number(data.readBigUInt64LE(o)));
    default:
      throw new Error(`MATLAB data type ${String(element.type)} is not read here.`);
  }
}
