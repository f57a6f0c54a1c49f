import { describe, expect, it } from 'vitest';
import { parseSaliency } from './station.ts';

const header = { rows: 2, columns: 3, of: 'III-IV', box: { x: 10, y: 20, width: 30, height: 40 } };

function stream(head: string, values: readonly number[]): ArrayBuffer {
  const first = new TextEncoder().encode(`${head}\n`);
  const bytes = new Uint8Array(first.length + values.length * 4);
  bytes.set(first);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(first.length + i * 4, value, true));
  return bytes.buffer;
}

describe('parseSaliency', () => {
  it('reads the header line and the little-endian floats after it, whatever the alignment', () => {
    const values = [0, 0.25, 0.5, 0.75, 1, 0.125];
    for (const padding of ['', ' ', '  ', '   ']) {
      const map = parseSaliency(stream(padding + JSON.stringify(header), values));
      expect(map).toMatchObject({ rows: 2, columns: 3, of: 'III-IV', box: header.box });
      expect([...map.values]).toEqual(values);
    }
  });

  it('refuses a map that is too short, has no header or a header of another shape', () => {
    expect(() => parseSaliency(stream(JSON.stringify(header), [1, 2]))).toThrow(/does not understand/);
    expect(() => parseSaliency(new Uint8Array([1, 2, 3]).buffer)).toThrow(/does not understand/);
    expect(() => parseSaliency(stream('{"rows": 2}', [1, 2]))).toThrow(/does not understand/);
    expect(() => parseSaliency(stream('not json', [1, 2]))).toThrow(/does not understand/);
  });
});
