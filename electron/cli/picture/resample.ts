/** Greys of rows × columns, row-major, each 0..255. */
export interface Greys {
  readonly rows: number;
  readonly columns: number;
  readonly greys: Uint8Array;
}

/**
 * The picture at `scale`: each new pixel is the mean of the area it covers, so that nothing aliases when it
 * gets smaller; when it gets larger, pixels stay square.
 */
export function resample(source: Greys, scale: number): Greys {
  const rows = Math.max(1, Math.round(source.rows * scale));
  const columns = Math.max(1, Math.round(source.columns * scale));
  const across = spans(source.columns, columns);
  const down = spans(source.rows, rows);
  const narrow = new Float32Array(source.rows * columns);
  for (let y = 0; y < source.rows; y++)
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (const [from, share] of across[x]!) sum += source.greys[y * source.columns + from]! * share;
      narrow[y * columns + x] = sum;
    }
  const greys = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (const [from, share] of down[y]!) sum += narrow[from * columns + x]! * share;
      greys[y * columns + x] = Math.round(sum);
    }
  return { rows, columns, greys };
}

/** For each of `to` cells over `from` pixels: the pixels it covers and the share of each; shares sum to 1. */
function spans(from: number, to: number): (readonly [pixel: number, share: number])[][] {
  const width = from / to;
  return Array.from({ length: to }, (_, cell) => {
    const [start, end] = [cell * width, (cell + 1) * width];
    const covered: (readonly [number, number])[] = [];
    for (let pixel = Math.floor(start); pixel < Math.min(from, Math.ceil(end)); pixel++) {
      const share = (Math.min(pixel + 1, end) - Math.max(pixel, start)) / width;
      if (share > 0) covered.push([pixel, share]);
    }
    return covered;
  });
}
