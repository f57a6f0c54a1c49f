import { readFile } from 'node:fs/promises';
import { PNG } from 'pngjs';
import type { FilmDescription } from '../electron/contract/film.ts';
import { screenPx } from '../electron/contract/units.ts';
import { openRadiograph } from '../electron/dicom/index.ts';
import { fit, screenPoint, toImage, toImageDelta } from '../renderer/viewer/transform.ts';
import type { View } from '../renderer/viewer/transform.ts';
import { displayValue, isInverted } from '../renderer/viewer/voi.ts';
import { filmPath, films } from './films.ts';
import { expect, test } from './station.ts';

/** The exact mean of the samples under one screen pixel: what the shader has to show. */
function meanUnder(
  film: FilmDescription,
  samples: Uint16Array,
  centre: { x: number; y: number },
  side: number,
): number {
  let sum = 0;
  let weight = 0;
  for (let y = Math.floor(centre.y - side / 2); y < centre.y + side / 2; y++) {
    const tall = Math.min(centre.y + side / 2, y + 1) - Math.max(centre.y - side / 2, y);
    for (let x = Math.floor(centre.x - side / 2); x < centre.x + side / 2; x++) {
      const wide = Math.min(centre.x + side / 2, x + 1) - Math.max(centre.x - side / 2, x);
      sum += (samples[y * film.columns + x] ?? 0) * tall * wide;
      weight += tall * wide;
    }
  }
  return (sum / weight) * film.slope + film.intercept;
}

test('the greys on the screen are those that DICOM asks for, however the film is shown', async ({
  station,
}) => {
  const { room, page } = station;
  await room.import([filmPath('chest')], 'files');
  await room.shown(films.chest.name);
  const { description: film, samples } = await openRadiograph(await readFile(filmPath('chest')), 'chest.dcm');
  const viewport = room.film.getByTestId('viewport');
  const place = await viewport.boundingBox();
  if (place === null) throw new Error('No film is on the screen.');
  const size = { width: screenPx(place.width), height: screenPx(place.height) };
  const whole = fit(film, size);
  const voi = film.vois[0]!;

  const states: { name: string; keys: string[]; view: View; inverted: boolean; step: number }[] = [
    { name: 'fitted', keys: [], view: whole, inverted: false, step: 25 },
    {
      name: 'turned',
      keys: ['r'],
      view: fit(film, size, { ...whole, quarterTurns: 1 }),
      inverted: false,
      step: 25,
    },
    {
      name: 'turned and mirrored, inverted',
      keys: ['m', 'i'],
      view: { ...fit(film, size, { ...whole, quarterTurns: 1 }), quarterTurns: 3, mirrored: true },
      inverted: true,
      step: 25,
    },
    {
      name: 'zoomed out to less than half, so that every pixel is a mean',
      keys: ['m', 'r', 'r', 'r', 'i', 'f', ...Array<string>(9).fill('-')],
      view: { ...whole, scale: whole.scale * 0.8 ** 9 },
      inverted: false,
      step: 7,
    },
  ];
  for (const { name, keys, view, inverted, step } of states) {
    await test.step(name, async () => {
      for (const key of keys) await page.keyboard.press(key);
      await page.waitForTimeout(300);
      const picture = PNG.sync.read(await page.screenshot({ clip: place }));
      const footprint = Math.abs(toImageDelta(view, 1, 0).x) + Math.abs(toImageDelta(view, 1, 0).y);
      let compared = 0;
      for (let y = 20; y < picture.height - 20; y += step) {
        for (let x = 20; x < picture.width - 20; x += step) {
          const at = toImage(view, size, screenPoint(x + 0.5, y + 0.5));
          const margin = footprint + 1;
          if (at.x < margin || at.y < margin || at.x > film.columns - margin || at.y > film.rows - margin)
            continue;
          // A box of one sample about any point is the bilinear value there.
          const grey = displayValue(voi, meanUnder(film, samples, at, Math.max(1, footprint)));
          const shown = picture.data[(y * picture.width + x) * 4]! / 255;
          const wanted = isInverted(film, inverted) ? 1 - grey : grey;
          expect(Math.abs(shown - wanted), `${name} at ${String(x)}, ${String(y)}`).toBeLessThan(2.5 / 255);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(100);
    });
  }
});
