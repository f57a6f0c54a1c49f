import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import * as z from 'zod';

const face = z.object({
  height: z.number(),
  baseline: z.number(),
  /** Letter → place in the picture of all letters, its width there, and the pen's way to the next. */
  glyphs: z.record(z.string(), z.tuple([z.number(), z.number(), z.number()])),
});
const letteringFile = z.record(z.string(), face);
export type LetteringFile = z.infer<typeof letteringFile>;

/** One size of the drawn type: white on black, so its red channel is how much ink a pixel has. */
export interface Face {
  readonly height: number;
  readonly baseline: number;
  readonly glyphs: LetteringFile[string]['glyphs'];
  readonly picture: { readonly width: number; readonly data: Uint8Array };
}

function loadFace(name: 'body' | 'title'): Face {
  const measures = letteringFile.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, 'lettering.json'), 'utf8')),
  )[name]!;
  const { width, data } = PNG.sync.read(readFileSync(join(import.meta.dirname, `${name}.png`)));
  return { ...measures, picture: { width, data } };
}

const loaded = new Map<string, Face>();

/** Inter at 15 px ('body') or 22 px semi-bold ('title'). */
export function letteringFace(name: 'body' | 'title'): Face {
  let found = loaded.get(name);
  if (!found) loaded.set(name, (found = loadFace(name)));
  return found;
}

/** The width of a line of text in pixels. A letter that was not drawn counts as '?'. */
export function textWidth(face: Face, text: string): number {
  let width = 0;
  for (const letter of text) width += glyphOf(face, letter)[2];
  return Math.ceil(width);
}

export const glyphOf = (face: Face, letter: string): [x: number, width: number, advance: number] =>
  face.glyphs[letter] ?? face.glyphs['?']!;
