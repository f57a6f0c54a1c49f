import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readMatFile } from '../../benchmarks/matFile.ts';

/** Elements as the MAT-File Format's worked examples lay them out: tag, data, padding to eight bytes. */
function element(type: number, data: Buffer): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

/** Up to four bytes share the tag. */
function small(type: number, data: Buffer): Buffer {
  const both = Buffer.alloc(8);
  both.writeUInt16LE(type, 0);
  both.writeUInt16LE(data.length, 2);
  data.copy(both, 4);
  return both;
}

const int32 = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);

function matrix(arrayClass: number, dimensions: number[], name: string, ...rest: Buffer[]): Buffer {
  const flags = element(6, int32(arrayClass, 0));
  const nameElement = name === '' ? element(1, Buffer.alloc(0)) : small(1, Buffer.from(name));
  return element(14, Buffer.concat([flags, element(5, int32(...dimensions)), nameElement, ...rest]));
}

const header = Buffer.alloc(128, ' ');
header.writeUInt16LE(0x0100, 124);
header.write('IM', 126, 'latin1');

describe('readMatFile', () => {
  const doubles = Buffer.from(Float64Array.from([1.5, -2, 3, 4, 5, 6e10]).buffer);
  const numbers = matrix(6, [3, 2], 'n', element(9, doubles));
  const fields = Buffer.alloc(10);
  fields.write('id', 0);
  fields.write('at', 5);
  const struct = matrix(
    2,
    [1, 1],
    's',
    small(5, int32(5)),
    element(1, fields),
    matrix(4, [1, 3], '', small(16, Buffer.from('hip'))),
    // A double array whose numbers fit a byte is stored in bytes.
    matrix(6, [1, 2], '', small(2, Buffer.from([7, 200]))),
  );

  it('reads numbers, text and structures, plain and compressed', () => {
    const packed = deflateSync(struct);
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(packed.length, 4);
    const file = readMatFile(Buffer.concat([header, numbers, tag, packed]));
    expect(file.get('n')).toEqual({
      kind: 'numbers',
      dimensions: [3, 2],
      values: Float64Array.from([1.5, -2, 3, 4, 5, 6e10]),
    });
    expect(file.get('s')).toEqual({
      kind: 'structs',
      dimensions: [1, 1],
      elements: [
        {
          id: { kind: 'text', text: 'hip' },
          at: { kind: 'numbers', dimensions: [1, 2], values: Float64Array.from([7, 200]) },
        },
      ],
    });
  });

  it('refuses another kind of file', () => {
    expect(() => readMatFile(Buffer.alloc(200))).toThrow('not a little-endian MATLAB');
    expect(() => readMatFile(Buffer.alloc(10))).toThrow('not a little-endian MATLAB');
  });
});
