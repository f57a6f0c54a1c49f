import * as z from 'zod';

/**
 * A radiograph as the reading and learning rooms see it: one value a pixel, row-major, in arbitrary
 * units that rise with attenuation, so bone is brighter than air whatever the file called it.
 */
export interface GreyImage {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns values; finite. */
  readonly values: Float32Array;
}

/**
 * A box on a film, in image pixels. (x, y) is its upper left corner, measured from the outer corner of
 * the film's first pixel, so a box over the whole film is {x: 0, y: 0, width: columns, height: rows}.
 */
export const box = z.strictObject({
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
});
export type Box = z.infer<typeof box>;

/** Intersection over union of two boxes, 0..1. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  return intersection / (a.width * a.height + b.width * b.height - intersection);
}
