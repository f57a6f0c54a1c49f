import type { Box } from '../../electron/contract/image.ts';
import type { FilmSize, ImagePoint } from '../viewer/transform.ts';

/** Which sides of a box a handle moves: −1 the left or upper one, 1 the right or lower one, 0 none. */
export interface Handle {
  readonly x: -1 | 0 | 1;
  readonly y: -1 | 0 | 1;
}
export const handles: readonly Handle[] = [
  { x: -1, y: -1 },
  { x: 0, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
  { x: -1, y: 1 },
  { x: -1, y: 0 },
];

/** No side of a person's box is shorter, in image px: below it nothing can be seen or gripped. */
export const smallestSide = 8;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** The box moved as a whole, kept on the film. */
export function moveBox(box: Box, film: FilmSize, dx: number, dy: number): Box {
  return {
    ...box,
    x: clamp(box.x + dx, 0, Math.max(0, film.columns - box.width)),
    y: clamp(box.y + dy, 0, Math.max(0, film.rows - box.height)),
  };
}

/** The box with the sides that `handle` holds moved; it never turns inside out and stays on the film. */
export function resizeBox(box: Box, film: FilmSize, handle: Handle, dx: number, dy: number): Box {
  const [x, width] = resizeSpan(box.x, box.width, film.columns, handle.x, dx);
  const [y, height] = resizeSpan(box.y, box.height, film.rows, handle.y, dy);
  return { x, y, width, height };
}

function resizeSpan(
  start: number,
  length: number,
  limit: number,
  side: -1 | 0 | 1,
  by: number,
): [number, number] {
  const end = start + length;
  if (side < 0) {
    const moved = clamp(start + by, Math.min(0, start), end - smallestSide);
    return [moved, end - moved];
  }
  if (side > 0) return [start, clamp(end + by, start + smallestSide, Math.max(limit, end)) - start];
  return [start, length];
}

/** The box between two points of the film, cut to it; null when it is too small to be meant. */
export function boxBetween(a: ImagePoint, b: ImagePoint, film: FilmSize): Box | null {
  const left = clamp(Math.min(a.x, b.x), 0, film.columns);
  const top = clamp(Math.min(a.y, b.y), 0, film.rows);
  const width = clamp(Math.max(a.x, b.x), 0, film.columns) - left;
  const height = clamp(Math.max(a.y, b.y), 0, film.rows) - top;
  if (width < smallestSide || height < smallestSide) return null;
  return { x: left, y: top, width, height };
}
