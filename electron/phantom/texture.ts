import type { Random } from '../random/random.ts';

const size = 128;
/** A whole number of millimetres & this is its place along an axis of the cube. */
export const textureMask = size - 1;

/** Hounsfield units of yellow marrow: spongy bone is never thinner than what fills it. */
export const yellowMarrow = -80;

/**
 * Power-law noise on a periodic cube of 128 mm with 1 mm cells, mean 0 and standard deviation 1: an
 * up-sampled pyramid whose octaves fall by `persistence`. Trabecular bone and fatty muscle have such
 * spectra (1/f^β textures of the XCAT phantoms, Bliznakova 2010).
 */
export class Texture {
  /** x runs first; see `rowStart`. */
  readonly cells: Float32Array;

  constructor(random: Random, persistence: number) {
    let side = 4;
    let cells = Float32Array.from({ length: side ** 3 }, () => random.normal());
    let amplitude = 1;
    // The finest octaves draw from a short ring of numbers: two million normal deviates would cost a second.
    const ring = Float32Array.from({ length: 8191 }, () => random.normal());
    let next = 0;
    while (side < size) {
      amplitude *= persistence;
      cells = doubled(cells, side);
      side *= 2;
      // A random jump at every row keeps the ring from lining up with the grid.
      for (let i = 0; i < cells.length; i++) {
        if (i % side === 0) next = random.integer(ring.length);
        cells[i]! += amplitude * ring[next]!;
        next = next + 1 === ring.length ? 0 : next + 1;
      }
    }
    let sum = 0;
    let squares = 0;
    for (const value of cells) {
      sum += value;
      squares += value * value;
    }
    const mean = sum / cells.length;
    const deviation = Math.sqrt(squares / cells.length - mean * mean);
    for (let i = 0; i < cells.length; i++) cells[i] = (cells[i]! - mean) / deviation;
    this.cells = cells;
  }

  /** Index in `cells` of x = 0 on the row through (y, z), for loops that walk along x. */
  rowStart(y: number, z: number): number {
    return size * ((Math.floor(y) & textureMask) + size * (Math.floor(z) & textureMask));
  }

  /** Value of the cell that holds a point in millimetres. */
  at(x: number, y: number, z: number): number {
    return this.cells[this.rowStart(y, z) + (Math.floor(x) & textureMask)]!;
  }
}

/** Periodic linear interpolation onto a grid twice as fine, one axis at a time. */
function doubled(cells: Float32Array<ArrayBuffer>, side: number): Float32Array<ArrayBuffer> {
  let from = cells;
  for (let axis = 0; axis < 3; axis++) {
    // After `axis` doublings the faster axes are already twice as long.
    const stride = (2 * side) ** axis;
    const to = new Float32Array(from.length * 2);
    const blocks = from.length / (stride * side);
    for (let block = 0; block < blocks; block++) {
      for (let i = 0; i < side; i++) {
        const here = (block * side + i) * stride;
        const after = (block * side + ((i + 1) % side)) * stride;
        const target = (block * side + i) * 2 * stride;
        for (let k = 0; k < stride; k++) {
          const a = from[here + k]!;
          to[target + k] = a;
          to[target + stride + k] = 0.5 * (a + from[after + k]!);
        }
      }
    }
    from = to;
  }
  return from;
}
