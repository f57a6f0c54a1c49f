import { PNG } from 'pngjs';
import { thumbnail } from '../dicom/display.ts';
import type { OpenedRadiograph } from '../dicom/opened.ts';

/** The film in small as a grey PNG, 96 px on its longer side. */
export function thumbnailPng(opened: OpenedRadiograph): Uint8Array {
  const { rows, columns, greys } = thumbnail(opened, 96);
  return greyPng(rows, columns, greys);
}

/** rows × columns display greys as an 8-bit grey PNG. */
export function greyPng(rows: number, columns: number, greys: Uint8Array): Uint8Array {
  const png = new PNG({
    width: columns,
    height: rows,
    colorType: 0,
    inputColorType: 0,
    inputHasAlpha: false,
  });
  png.data = Buffer.from(greys.buffer, greys.byteOffset, greys.byteLength);
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false });
}
