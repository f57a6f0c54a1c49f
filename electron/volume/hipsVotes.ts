import type { CoarseGrid, Vector } from './hipsGrid.ts';

/** Radii between which a femoral head is looked for, mm: published diameters of 40 to 49 (3.5) mm with room on both sides. */
export const headRadii = { least: 18, most: 30 } as const;

/** HU a mm above which a place is a surface of bone. */
const edgeSlope = 22;
/** Two centres nearer than this are one, mm. */
const apart = 18;

/** A place and how many surfaces face it: about 15 in pure noise, 40 and more for a whole femoral head. */
export interface VotedCentre {
  readonly centre: Vector;
  readonly votes: number;
}

/**
 * Places that many bone surfaces face: every steep place votes for the centres that lie up its slope at the
 * radii of a femoral head (the gradient form of the Hough transform: Kimme, Ballard, Sklansky 1975; in
 * three dimensions as for vertebrae and heads of femora since). The box of votes reaches beyond the scan,
 * since a head that is cut off still points to its centre.
 *
 * @returns up to `count` places, the most voted first.
 */
export function sphereCentres(grid: CoarseGrid, count: number): VotedCentre[] {
  const [nx, ny, nz] = grid.size;
  const { step, values } = grid;
  const pad = Math.ceil(headRadii.most / step);
  const [mx, my, mz] = [nx + 2 * pad, ny + 2 * pad, nz + 2 * pad];
  const votes = new Float32Array(mx * my * mz);
  const radii = Math.round((headRadii.most - headRadii.least) / (0.5 * step));
  for (let k = 1; k < nz - 1; k++) {
    for (let j = 1; j < ny - 1; j++) {
      for (let i = 1; i < nx - 1; i++) {
        const n = i + nx * (j + ny * k);
        const gx = values[n + 1]! - values[n - 1]!;
        const gy = values[n + nx]! - values[n - nx]!;
        const gz = values[n + nx * ny]! - values[n - nx * ny]!;
        const steep = Math.sqrt(gx * gx + gy * gy + gz * gz);
        // Outside the volume is NaN, of which nothing is larger.
        if (!(steep > 2 * step * edgeSlope)) continue;
        for (let r = 0; r <= radii; r++) {
          const cells = (headRadii.least + 0.5 * step * r) / step / steep;
          const x = Math.round(i + gx * cells) + pad;
          const y = Math.round(j + gy * cells) + pad;
          const z = Math.round(k + gz * cells) + pad;
          if (x >= 0 && y >= 0 && z >= 0 && x < mx && y < my && z < mz) votes[x + mx * (y + my * z)]!++;
        }
      }
    }
  }
  smooth(smooth(votes, mx, my, mz), mx, my, mz);
  return peaks(votes, mx, my, mz, count, apart / step).map(({ value, place: [x, y, z] }) => ({
    centre: [
      grid.origin[0] + (x - pad) * step,
      grid.origin[1] + (y - pad) * step,
      grid.origin[2] + (z - pad) * step,
    ],
    votes: value,
  }));
}

/** [1 2 1] along every axis, in place; the outermost cells are left. */
function smooth(cells: Float32Array, nx: number, ny: number, nz: number): Float32Array {
  const pass = (stride: number, first: number, count: number): void => {
    let before = 0;
    for (let m = 0, n = first; m < count; m++, n += stride) {
      const here = cells[n]!;
      if (m > 0 && m < count - 1) cells[n] = (before + 2 * here + cells[n + stride]!) / 4;
      before = here;
    }
  };
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) pass(1, nx * (j + ny * k), nx);
    for (let i = 0; i < nx; i++) pass(nx, i + nx * ny * k, ny);
  }
  for (let n = 0; n < nx * ny; n++) pass(nx * ny, n, nz);
  return cells;
}

interface Peak {
  readonly value: number;
  readonly place: Vector;
}

/** The highest cells, each at least `distance` cells from a higher one. */
function peaks(
  cells: Float32Array,
  nx: number,
  ny: number,
  nz: number,
  count: number,
  distance: number,
): Peak[] {
  const tops: Peak[] = [];
  for (let k = 1; k < nz - 1; k++) {
    for (let j = 1; j < ny - 1; j++) {
      for (let i = 1; i < nx - 1; i++) {
        const n = i + nx * (j + ny * k);
        const value = cells[n]!;
        const stands =
          value > 2 &&
          value >= cells[n - 1]! &&
          value > cells[n + 1]! &&
          value >= cells[n - nx]! &&
          value > cells[n + nx]! &&
          value >= cells[n - nx * ny]! &&
          value > cells[n + nx * ny]!;
        if (stands) tops.push({ value, place: [i, j, k] });
      }
    }
  }
  tops.sort((a, b) => b.value - a.value);
  const kept: Peak[] = [];
  for (const { value, place } of tops) {
    if (kept.length === count) break;
    const near = kept.some(
      ({ place: other }) =>
        Math.hypot(other[0] - place[0], other[1] - place[1], other[2] - place[2]) < distance,
    );
    if (!near) kept.push({ value, place });
  }
  return kept;
}
