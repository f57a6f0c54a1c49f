import { PNG } from 'pngjs';
import type { Box } from '../../contract/image.ts';
import type { Face } from './lettering/lettering.ts';
import { glyphOf } from './lettering/lettering.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** A picture to draw on, opaque and black at first; places are whole pixels from the upper left corner. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** width × height × RGBA. */
  readonly data: Uint8Array;
}

export function createCanvas(width: number, height: number): Canvas {
  const data = new Uint8Array(width * height * 4);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data };
}

export function toPng({ width, height, data }: Canvas): Uint8Array {
  const png = new PNG({ width, height });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return PNG.sync.write(png, { colorType: 2 });
}

/** Lays `colour` over one pixel; `alpha` 0 leaves it, 1 replaces it. Outside the canvas nothing happens. */
export function blend(canvas: Canvas, x: number, y: number, colour: Colour, alpha: number): void {
  if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height || alpha <= 0) return;
  const at = (y * canvas.width + x) * 4;
  for (let c = 0; c < 3; c++)
    canvas.data[at + c] = Math.round(canvas.data[at + c]! * (1 - alpha) + colour[c]! * alpha);
}

export function fillRectangle(canvas: Canvas, area: Box, colour: Colour, alpha = 1): void {
  for (let y = Math.round(area.y); y < Math.round(area.y + area.height); y++)
    for (let x = Math.round(area.x); x < Math.round(area.x + area.width); x++)
      blend(canvas, x, y, colour, alpha);
}

/** A thin dashed frame with a dark edge, so that it is seen on bone and on air alike. */
export function dashedFrame(canvas: Canvas, area: Box, colour: Colour): void {
  const [left, top] = [Math.round(area.x), Math.round(area.y)];
  const [right, bottom] = [Math.round(area.x + area.width), Math.round(area.y + area.height)];
  const dash = 9;
  const gap = 6;
  const line = (from: number, to: number, paint: (at: number, side: number) => void): void => {
    for (let at = from; at <= to; at++) {
      const drawn = (at - from) % (dash + gap) < dash;
      if (drawn) for (const side of [-1, 0, 1, 2]) paint(at, side);
    }
  };
  const pen = (x: number, y: number, side: number): void => {
    const core = side === 0 || side === 1;
    blend(canvas, x, y, core ? colour : [0, 0, 0], core ? 1 : 0.45);
  };
  for (const y of [top, bottom]) line(left, right, (x, side) => pen(x, y + side, side));
  for (const x of [left, right]) line(top, bottom, (y, side) => pen(x + side, y, side));
}

/** One line of text; `y` is its upper edge. */
export function drawText(
  canvas: Canvas,
  face: Face,
  text: string,
  x: number,
  y: number,
  colour: Colour,
): void {
  let pen = x;
  for (const letter of text) {
    const [from, width, advance] = glyphOf(face, letter);
    const left = Math.round(pen) - 1;
    for (let row = 0; row < face.height; row++)
      for (let column = 0; column < width; column++) {
        const ink = face.picture.data[(row * face.picture.width + from + column) * 4]! / 255;
        blend(canvas, left + column, y + row, colour, ink);
      }
    pen += advance;
  }
}
