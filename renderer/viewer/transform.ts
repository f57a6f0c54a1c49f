import { imagePx, screenPx } from '../../electron/contract/units.ts';
import type { ImagePx, ScreenPx } from '../../electron/contract/units.ts';
import type { Box } from '../../electron/contract/image.ts';

/**
 * Where a film stands in its viewport. A point p of the film (image px) is shown at
 *   s = centre of the viewport + scale · R(quarterTurns) · M · (p − centre),
 * M mirrors left and right when `mirrored`, R turns clockwise by 90° steps as seen on the screen.
 */
export interface View {
  /** CSS pixels per image pixel. */
  readonly scale: number;
  /** The point of the film in the middle of the viewport. */
  readonly centre: ImagePoint;
  readonly quarterTurns: QuarterTurns;
  readonly mirrored: boolean;
}
export type QuarterTurns = 0 | 1 | 2 | 3;

export interface ImagePoint {
  readonly x: ImagePx;
  readonly y: ImagePx;
}
/** From the viewport's upper left corner. */
export interface ScreenPoint {
  readonly x: ScreenPx;
  readonly y: ScreenPx;
}
export interface ScreenSize {
  readonly width: ScreenPx;
  readonly height: ScreenPx;
}
export interface FilmSize {
  readonly columns: number;
  readonly rows: number;
}
/** An upright rectangle on the screen. */
export interface ScreenRect {
  readonly x: ScreenPx;
  readonly y: ScreenPx;
  readonly width: ScreenPx;
  readonly height: ScreenPx;
}

export const smallestScale = 1 / 64;
export const largestScale = 32;

export const imagePoint = (x: number, y: number): ImagePoint => ({ x: imagePx(x), y: imagePx(y) });
export const screenPoint = (x: number, y: number): ScreenPoint => ({ x: screenPx(x), y: screenPx(y) });

const cosines = [1, 0, -1, 0] as const;
const sines = [0, 1, 0, -1] as const;

/** The matrix of `View` as [a, b, c, d]: screen x = a·dx + c·dy, screen y = b·dx + d·dy. */
export function matrixOf(view: View): readonly [number, number, number, number] {
  const cosine = cosines[view.quarterTurns] * view.scale;
  const sine = sines[view.quarterTurns] * view.scale;
  const mirror = view.mirrored ? -1 : 1;
  return [cosine * mirror, sine * mirror, -sine, cosine];
}

export function toScreen(view: View, size: ScreenSize, point: ImagePoint): ScreenPoint {
  const [a, b, c, d] = matrixOf(view);
  const dx = point.x - view.centre.x;
  const dy = point.y - view.centre.y;
  return screenPoint(size.width / 2 + a * dx + c * dy, size.height / 2 + b * dx + d * dy);
}

export function toImage(view: View, size: ScreenSize, point: ScreenPoint): ImagePoint {
  const delta = toImageDelta(view, point.x - size.width / 2, point.y - size.height / 2);
  return imagePoint(view.centre.x + delta.x, view.centre.y + delta.y);
}

/** A movement on the screen as a movement on the film; the matrix is orthogonal up to its scale. */
export function toImageDelta(view: View, x: number, y: number): ImagePoint {
  const [a, b, c, d] = matrixOf(view);
  const squared = view.scale * view.scale;
  return imagePoint((a * x + b * y) / squared, (c * x + d * y) / squared);
}

export function boxToScreen(view: View, size: ScreenSize, box: Box): ScreenRect {
  const one = toScreen(view, size, imagePoint(box.x, box.y));
  const other = toScreen(view, size, imagePoint(box.x + box.width, box.y + box.height));
  return {
    x: screenPx(Math.min(one.x, other.x)),
    y: screenPx(Math.min(one.y, other.y)),
    width: screenPx(Math.abs(one.x - other.x)),
    height: screenPx(Math.abs(one.y - other.y)),
  };
}

/** The scale at which the whole film just fits the viewport. */
export function fitScale(film: FilmSize, size: ScreenSize, turns: QuarterTurns): number {
  const lying = turns % 2 === 1;
  const width = lying ? film.rows : film.columns;
  const height = lying ? film.columns : film.rows;
  return clampScale(Math.min(size.width / width, size.height / height));
}

export function fit(film: FilmSize, size: ScreenSize, old?: View): View {
  const quarterTurns = old?.quarterTurns ?? 0;
  return {
    scale: fitScale(film, size, quarterTurns),
    centre: imagePoint(film.columns / 2, film.rows / 2),
    quarterTurns,
    mirrored: old?.mirrored ?? false,
  };
}

export function clampScale(scale: number): number {
  return Math.min(largestScale, Math.max(smallestScale, scale));
}

/** Zooms so that the film's point under `at` stays under it. */
export function zoomAt(view: View, size: ScreenSize, at: ScreenPoint, factor: number): View {
  const under = toImage(view, size, at);
  const zoomed = { ...view, scale: clampScale(view.scale * factor) };
  const now = toImage(zoomed, size, at);
  return {
    ...zoomed,
    centre: imagePoint(view.centre.x + under.x - now.x, view.centre.y + under.y - now.y),
  };
}

/** Moves the film by a movement of the hand; its centre never leaves the film, so it cannot get lost. */
export function pan(view: View, film: FilmSize, dx: number, dy: number): View {
  const delta = toImageDelta(view, dx, dy);
  return {
    ...view,
    centre: imagePoint(
      Math.min(film.columns, Math.max(0, view.centre.x - delta.x)),
      Math.min(film.rows, Math.max(0, view.centre.y - delta.y)),
    ),
  };
}

/** A quarter turn clockwise as seen on the screen. */
export function turn(view: View): View {
  return { ...view, quarterTurns: ((view.quarterTurns + 1) % 4) as QuarterTurns };
}

/** Mirrors left and right as seen on the screen, whatever the turn: S·R(q)·M = R(−q)·S·M. */
export function mirror(view: View): View {
  return {
    ...view,
    mirrored: !view.mirrored,
    quarterTurns: ((4 - view.quarterTurns) % 4) as QuarterTurns,
  };
}
