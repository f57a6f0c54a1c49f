import type { FilmLook } from './exposure.ts';

const bins = 128;
/** Share of a tile that must lie in the body for its curve to count whole; with less, tones stay nearer to what they were. */
const enough = 0.6;

/**
 * Contrast-limited adaptive histogram equalisation (Zuiderveld, Graphics Gems IV, 1994), in place, over the body
 * alone: each tile's histogram is cut at the clip and what was cut is spread over all bins, its running sum is
 * the tile's tone curve, and a pixel's curve is interpolated between the four tiles around it.
 *
 * @param values rows × columns; the curves work within 0..1, beyond it values keep their distance to it.
 * @param body not 0 where the patient is.
 */
export function equaliseLocally(
  values: Float32Array,
  body: Uint8Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  { amount, tiles, clip }: FilmLook['localContrast'],
): void {
  const curves = toneCurves(values, body, { rows, columns }, tiles, clip);
  const along = (position: number, length: number) => {
    const at = Math.min(tiles - 1, Math.max(0, ((position + 0.5) / length) * tiles - 0.5));
    const near = Math.floor(at);
    return { near, far: Math.min(tiles - 1, near + 1), share: at - near };
  };
  const width = bins + 1;
  const across = Array.from({ length: columns }, (_, column) => along(column, columns));
  const lefts = Int32Array.from(across, ({ near }) => near * width);
  const rights = Int32Array.from(across, ({ far }) => far * width);
  const shares = Float64Array.from(across, ({ share }) => share);
  // The curves of this row: between the tiles above and below it.
  const own = new Float64Array(tiles * width);
  for (let row = 0; row < rows; row++) {
    const { near, far, share: down } = along(row, rows);
    const top = near * own.length;
    const bottom = far * own.length;
    for (let n = 0; n < own.length; n++) {
      own[n] = curves[top + n]! + down * (curves[bottom + n]! - curves[top + n]!);
    }
    for (let column = 0, n = row * columns; column < columns; column++, n++) {
      const value = values[n]!;
      const level = value < 0 ? 0 : value > 1 ? 1 : value;
      const bin = Math.min(bins - 1, Math.floor(level * bins));
      const within = level * bins - bin;
      const left = lefts[column]! + bin;
      const right = rights[column]! + bin;
      const nearTone = own[left]! + within * (own[left + 1]! - own[left]!);
      const farTone = own[right]! + within * (own[right + 1]! - own[right]!);
      values[n] = value + amount * (nearTone + shares[column]! * (farTone - nearTone) - level);
    }
  }
}

/** For every tile, row by row: the tone at the bins' edges, from 0 to 1. */
function toneCurves(
  values: Float32Array,
  body: Uint8Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  tiles: number,
  clip: number,
): Float64Array {
  const counts = new Float64Array(tiles * tiles * bins);
  const totals = new Float64Array(tiles * tiles);
  const tileOf = Int32Array.from({ length: columns }, (_, column) => Math.floor((column * tiles) / columns));
  for (let row = 0; row < rows; row++) {
    const first = Math.floor((row * tiles) / rows) * tiles;
    for (let column = 0, n = row * columns; column < columns; column++, n++) {
      const value = values[n]!;
      if (body[n] === 0 || value < 0 || value > 1) continue;
      const tile = first + tileOf[column]!;
      counts[tile * bins + Math.min(bins - 1, Math.floor(value * bins))]!++;
      totals[tile]!++;
    }
  }
  const pixelsATile = (rows * columns) / tiles ** 2;
  const width = bins + 1;
  const curves = new Float64Array(tiles * tiles * width);
  for (let tile = 0; tile < tiles * tiles; tile++) {
    const total = totals[tile]!;
    const say = Math.min(1, total / (enough * pixelsATile));
    const limit = Math.max(1, clip * total);
    let cut = 0;
    for (let bin = 0; bin < bins; bin++) cut += Math.max(0, counts[tile * bins + bin]! - limit);
    let sum = 0;
    for (let bin = 0; bin < bins; bin++) {
      sum += Math.min(limit, counts[tile * bins + bin]!) + cut / bins;
      const even = (bin + 1) / bins;
      curves[tile * width + bin + 1] = total > 0 ? even + say * (sum / total - even) : even;
    }
  }
  return curves;
}
