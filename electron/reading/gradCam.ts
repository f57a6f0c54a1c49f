import type { Evidence } from '../../models/index.ts';

/** Side of the map that is handed out: enough for its bilinear interpolation to look smooth when stretched. */
export const saliencySide = 64;

/**
 * Grad-CAM (Selvaraju et al., ICCV 2017, formulas 1 and 2): relu(Σ_k α_k A_k) with α_k the mean over the map
 * of ∂logit/∂A_k, divided by its largest value. All zero where nothing speaks for the class.
 *
 * @returns rows × columns values in 0..1, row-major
 */
export function gradCam({ rows, columns, channels, activations, gradient }: Evidence): Float32Array {
  const cells = rows * columns;
  const alpha = new Float64Array(channels);
  for (let i = 0; i < gradient.length; i++) alpha[i % channels]! += gradient[i]! / cells;
  const map = new Float32Array(cells);
  let largest = 0;
  for (let cell = 0; cell < cells; cell++) {
    let sum = 0;
    for (let k = 0; k < channels; k++) sum += alpha[k]! * activations[cell * channels + k]!;
    map[cell] = Math.max(0, sum);
    largest = Math.max(largest, sum);
  }
  return largest > 0 ? map.map((value) => value / largest) : map;
}

/**
 * Bilinear enlargement with cell centres kept in place and the outer cells continued to the edge.
 *
 * @returns size × size values
 */
export function enlarge(map: Float32Array, rows: number, columns: number, size: number): Float32Array {
  const place = (index: number, count: number) => {
    const position = Math.min(count - 1, Math.max(0, ((index + 0.5) * count) / size - 0.5));
    const from = Math.floor(position);
    return { from, to: Math.min(count - 1, from + 1), share: position - from };
  };
  const out = new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    const down = place(row, rows);
    for (let column = 0; column < size; column++) {
      const across = place(column, columns);
      const between = (y: number) =>
        map[y * columns + across.from]! * (1 - across.share) + map[y * columns + across.to]! * across.share;
      out[row * size + column] = between(down.from) * (1 - down.share) + between(down.to) * down.share;
    }
  }
  return out;
}
