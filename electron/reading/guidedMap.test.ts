import { expect, test } from 'vitest';
import { guidedMap } from './guidedMap.ts';

test('is the size of the gradient in equal squares, over the largest', () => {
  // Squares of two by two: their sizes add up to 4, 0, 2 and 8.
  const gradient = Float32Array.of(1, -1, 0, 0, -1, 1, 0, 0, 0, 0, -4, 0, 0, 2, 0, 4);
  expect([...guidedMap(gradient, 4, 2)]).toEqual([0.5, 0, 0.25, 1]);
});

test('stays zero where no pixel matters', () => {
  expect([...guidedMap(new Float32Array(16), 4, 2)]).toEqual([0, 0, 0, 0]);
});
