import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortFloats } from './sortFloats.ts';

test('sorts as Float32Array.sort does: negative, tiny, equal and no values', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 300 }), (values) => {
      const before = values.slice();
      expect([...sortFloats(values)].map((value) => value + 0)).toEqual(
        [...values.slice().sort()].map((value) => value + 0),
      );
      expect(values).toEqual(before);
    }),
  );
});
