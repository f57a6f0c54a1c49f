/**
 * Draws the letters of the overlay pictures once: `node electron/cli/picture/lettering/makeLettering.ts`.
 * Inter (SIL Open Font License 1.1) is drawn by an installed Chromium into one grey PNG a size, so that the
 * pictures have the type of the screens on a machine that has neither.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from '../../../shell/browser.ts';
import type { LetteringFile } from './lettering.ts';

const require = createRequire(import.meta.url);
const font = readFileSync(
  require.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'),
).toString('base64');
const letters = `${Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).join('')}–·×…`;
const faces = [
  { name: 'body', size: 15, weight: 400 },
  { name: 'title', size: 22, weight: 600 },
];

const browser = await findBrowser();
if (browser === null) throw new Error('no browser to draw with');
const running = await chromium.launch({ executablePath: browser.executablePath });
const page = await running.newPage();
await page.setContent('<canvas></canvas>');
const file: LetteringFile = {};
for (const face of faces) {
  const drawn = await page.evaluate(
    async ({ font, letters, face }) => {
      const loaded = new FontFace('Drawn', `url(data:font/woff2;base64,${font})`, { weight: '100 900' });
      document.fonts.add(await loaded.load());
      const canvas = document.querySelector('canvas')!;
      const style = `${String(face.weight)} ${String(face.size)}px Drawn`;
      const height = Math.ceil(face.size * 1.3);
      const baseline = Math.round(face.size);
      const pen = canvas.getContext('2d')!;
      pen.font = style;
      pen.fontVariantCaps = 'normal';
      const glyphs: Record<string, [x: number, width: number, advance: number]> = {};
      let x = 1;
      for (const letter of letters) {
        const advance = pen.measureText(letter).width;
        glyphs[letter] = [x - 1, Math.ceil(advance) + 2, advance];
        x += Math.ceil(advance) + 3;
      }
      canvas.width = x;
      canvas.height = height;
      pen.fillStyle = 'black';
      pen.fillRect(0, 0, x, height);
      pen.font = style;
      pen.fillStyle = 'white';
      for (const letter of letters) pen.fillText(letter, glyphs[letter]![0] + 1, baseline);
      return { height, baseline, glyphs, png: canvas.toDataURL('image/png').split(',')[1]! };
    },
    { font, letters, face },
  );
  const { png, ...measures } = drawn;
  file[face.name] = measures;
  writeFileSync(join(import.meta.dirname, `${face.name}.png`), Buffer.from(png, 'base64'));
}
writeFileSync(join(import.meta.dirname, 'lettering.json'), JSON.stringify(file));
await running.close();
