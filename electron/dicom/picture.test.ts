import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { filmDescription } from '../contract/film.ts';
import { openRadiograph } from './open.ts';

type PngOptions = Parameters<typeof PNG.sync.write>[1];
function png(width: number, height: number, data: Uint8Array | Uint16Array, options: PngOptions): Uint8Array {
  const picture = new PNG({ width, height });
  picture.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return PNG.sync.write(picture, options);
}

describe('a PNG', () => {
  it('of 16-bit grey keeps every value', async () => {
    const grey = Uint16Array.from({ length: 12 }, (_, i) => (i * 5959) & 0xffff);
    const opened = await openRadiograph(
      png(4, 3, grey, { bitDepth: 16, colorType: 0, inputColorType: 0 }),
      'film.png',
    );
    expect(opened.samples).toEqual(grey);
    filmDescription.parse(opened.description);
    expect(opened.description).toMatchObject({
      rows: 3,
      columns: 4,
      spacing: { source: 'uncalibrated' },
      transferSyntax: null,
      lossy: false,
      vois: [{ center: 32767.5, width: 65535 }],
    });
  });

  it('of 8-bit grey keeps every value', async () => {
    const grey = Uint8Array.from({ length: 256 }, (_, i) => i);
    const opened = await openRadiograph(png(16, 16, grey, { colorType: 0, inputColorType: 0 }), 'film.png');
    expect([...opened.samples]).toEqual([...grey]);
  });

  it('of colour is luminance, over black where it is transparent', async () => {
    const rgba = Uint8Array.of(255, 255, 255, 255, 255, 0, 0, 255, 255, 255, 255, 51);
    const opened = await openRadiograph(png(3, 1, rgba, { colorType: 6 }), 'film.png');
    expect([...opened.samples]).toEqual([255, 76, 51]);
  });

  it('that is cut or too large is refused', async () => {
    const whole = png(16, 16, new Uint8Array(256), { colorType: 0, inputColorType: 0 });
    for (const cut of [8, 20, 40, whole.length - 14]) {
      const kind = cut < 33 ? 'truncated' : 'corrupt-pixels';
      await expect(openRadiograph(whole.slice(0, cut), 'cut.png')).rejects.toMatchObject({ kind });
    }
    const huge = whole.slice();
    new DataView(huge.buffer, huge.byteOffset).setUint32(16, 1_000_000);
    new DataView(huge.buffer, huge.byteOffset).setUint32(20, 1_000_000);
    await expect(openRadiograph(huge, 'huge.png')).rejects.toMatchObject({ kind: 'too-large' });
  });
});

describe('a JPEG', () => {
  const data = new Uint8Array(32 * 16 * 4).fill(200);
  const whole = new Uint8Array(jpeg.encode({ width: 32, height: 16, data }, 90).data);

  it('opens as a lossy film without calibration', async () => {
    const opened = await openRadiograph(whole, 'photo.jpg');
    expect(opened.description).toMatchObject({ rows: 16, columns: 32, lossy: true, slope: 1, intercept: 0 });
    expect(opened.samples.every((sample) => Math.abs(sample - 200) <= 2)).toBe(true);
  });

  it('that is cut is refused', async () => {
    for (const cut of [3, 100, whole.length - 2, whole.length - 1]) {
      await expect(openRadiograph(whole.slice(0, cut), 'cut.jpg')).rejects.toMatchObject({
        kind: cut <= 100 ? 'truncated' : 'corrupt-pixels',
      });
    }
  });
});
