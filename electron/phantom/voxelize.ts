import type { PatientPoint } from '../volume/volume.ts';

/** Something with a surface and a density, in patient coordinates and millimetres. */
export interface Solid {
  /** Signed distance to the surface, negative inside; may fall short of the truth but not by half. */
  distance(x: number, y: number, z: number): number;
  /** Hounsfield units of what is inside, at the point whose distance was asked last. */
  density(x: number, y: number, z: number): number;
}

export interface Box {
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

/** The voxels being painted; `hounsfield` runs along x first. */
export interface Canvas {
  readonly size: readonly [number, number, number];
  readonly voxel: number;
  readonly origin: PatientPoint;
  readonly hounsfield: Int16Array;
}

/**
 * Width, in voxels, over which a surface's share of a voxel runs from all to nothing. A voxel that a plane
 * crosses at a slant is 1 to 1.7 voxels deep along the plane's normal; sharper edges show up as moiré in
 * the projection of thin plates.
 */
export const edgeWidth = 1.75;

/** Steps are shortened by this because some distances overestimate (blends and flattened ellipsoids). */
const safety = 0.55;

/**
 * Paints a solid into the voxels of a box. A voxel that the surface crosses gets its share of both sides.
 * Along a row the painter leaps over empty space by the distance it was told.
 */
export function paint(canvas: Canvas, solid: Solid, box: Box): void {
  const { voxel, hounsfield } = canvas;
  const [nx, ny, nz] = canvas.size;
  const [ox, oy, oz] = canvas.origin;
  const i0 = Math.max(0, Math.ceil((box.low[0] - ox) / voxel));
  const i1 = Math.min(nx - 1, Math.floor((box.high[0] - ox) / voxel));
  const j0 = Math.max(0, Math.ceil((box.low[1] - oy) / voxel));
  const j1 = Math.min(ny - 1, Math.floor((box.high[1] - oy) / voxel));
  const k0 = Math.max(0, Math.ceil((box.low[2] - oz) / voxel));
  const k1 = Math.min(nz - 1, Math.floor((box.high[2] - oz) / voxel));
  const half = 0.5 * edgeWidth * voxel;
  for (let k = k0; k <= k1; k++) {
    const z = oz + k * voxel;
    for (let j = j0; j <= j1; j++) {
      const y = oy + j * voxel;
      const row = nx * (j + ny * k);
      for (let i = i0; i <= i1;) {
        const x = ox + i * voxel;
        const distance = solid.distance(x, y, z);
        if (distance >= half) {
          i += Math.max(1, Math.floor((safety * (distance - half)) / voxel));
          continue;
        }
        const share = distance <= -half ? 1 : 0.5 - distance / (2 * half);
        const before = hounsfield[row + i]!;
        hounsfield[row + i] = Math.round(before + share * (solid.density(x, y, z) - before));
        i++;
      }
    }
  }
}
