import type { Voi } from '../contract/film.ts';
import type { GreyImage } from '../contract/image.ts';
import type { OpenedRadiograph } from './opened.ts';

/**
 * Display grey of a modality value, 0 black … 1 white, before MONOCHROME1 and inversion
 * (PS3.3 C.11.2.1.2.1 LINEAR, C.11.2.1.3.1 SIGMOID, C.11.2.1.3.2 LINEAR_EXACT, C.11.2.1.1 LUT).
 */
export function applyVoi(voi: Voi, value: number): number {
  if (voi.kind === 'lut') {
    const index = Math.round(value) - voi.first;
    return voi.values[Math.min(voi.values.length - 1, Math.max(0, index))] ?? 0;
  }
  const { center, width } = voi;
  switch (voi.function) {
    case 'LINEAR':
      if (value <= center - 0.5 - (width - 1) / 2) return 0;
      if (value > center - 0.5 + (width - 1) / 2) return 1;
      return (value - (center - 0.5)) / (width - 1) + 0.5;
    case 'LINEAR_EXACT':
      if (value <= center - width / 2) return 0;
      if (value > center + width / 2) return 1;
      return (value - center) / width + 0.5;
    case 'SIGMOID':
      return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  }
}

/**
 * Display greys, rows × columns, row-major, 0 black … 255 white: the file's default VOI (or `voi`),
 * MONOCHROME1 shown with its smallest value white, `invert` turning the whole over.
 */
export function renderDisplay(
  opened: OpenedRadiograph,
  voi: Voi = opened.description.vois[0]!,
  { invert = false }: { readonly invert?: boolean } = {},
): Uint8Array {
  const { slope, intercept, invertedPhotometric } = opened.description;
  const turned = invertedPhotometric !== invert;
  const greys = new Uint8Array(65536);
  for (let sample = 0; sample < greys.length; sample++) {
    const grey = applyVoi(voi, sample * slope + intercept);
    greys[sample] = Math.round(255 * (turned ? 1 - grey : grey));
  }
  const out = new Uint8Array(opened.samples.length);
  for (let i = 0; i < out.length; i++) out[i] = greys[opened.samples[i]!]!;
  return out;
}

export interface Thumbnail {
  readonly rows: number;
  readonly columns: number;
  readonly greys: Uint8Array;
}

/** The film as displayed by default, `longestSide` pixels on its longer side at most, each the mean of its area. */
export function thumbnail(opened: OpenedRadiograph, longestSide: number): Thumbnail {
  const { rows, columns } = opened.description;
  const scale = Math.min(1, longestSide / Math.max(rows, columns));
  const outRows = Math.max(1, Math.round(rows * scale));
  const outColumns = Math.max(1, Math.round(columns * scale));
  const full = renderDisplay(opened);
  const greys = new Uint8Array(outRows * outColumns);
  for (let y = 0; y < outRows; y++) {
    for (let x = 0; x < outColumns; x++) {
      greys[y * outColumns + x] = Math.round(
        areaMean(full, columns, {
          top: (y * rows) / outRows,
          bottom: ((y + 1) * rows) / outRows,
          left: (x * columns) / outColumns,
          right: ((x + 1) * columns) / outColumns,
        }),
      );
    }
  }
  return { rows: outRows, columns: outColumns, greys };
}

interface Area {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Mean over an area whose edges may cut through pixels. */
function areaMean(values: Uint8Array, columns: number, area: Area): number {
  let sum = 0;
  for (let y = Math.floor(area.top); y < area.bottom; y++) {
    const height = Math.min(y + 1, area.bottom) - Math.max(y, area.top);
    let row = 0;
    for (let x = Math.floor(area.left); x < area.right; x++) {
      row += values[y * columns + x]! * (Math.min(x + 1, area.right) - Math.max(x, area.left));
    }
    sum += row * height;
  }
  return sum / ((area.bottom - area.top) * (area.right - area.left));
}

/**
 * What the models see: modality values before any VOI window, MONOCHROME1 turned over about the middle
 * of its range so that values rise with attenuation. Padding becomes the lowest value, as unexposed.
 */
export function toGreyImage(opened: OpenedRadiograph): GreyImage {
  const { samples, padding } = opened;
  const { rows, columns, slope, intercept, invertedPhotometric } = opened.description;
  const isPadding = (sample: number) => padding !== null && sample >= padding.low && sample <= padding.high;
  let low = Infinity;
  let high = -Infinity;
  for (const sample of samples) {
    if (isPadding(sample)) continue;
    const value = sample * slope + intercept;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const values = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    const value = sample * slope + intercept;
    if (isPadding(sample)) values[i] = Number.isFinite(low) ? low : 0;
    else values[i] = invertedPhotometric ? low + high - value : value;
  }
  return { rows, columns, values };
}
