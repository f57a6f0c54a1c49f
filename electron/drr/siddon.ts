import type { ConeBeamGeometry } from './geometry.ts';
import type { PairTable } from './materials.ts';
import type { PreparedVolume } from './preparedVolume.ts';
import { difference, inVoxels, pointInVoxels, times } from './voxelFrame.ts';

/**
 * Exact path lengths through constant voxels (Siddon 1985), followed from face to face (Jacobs et al. 1998).
 * A radiograph's rays run along one axis of the volume and seldom cross a face of another, so whole runs of
 * voxels between two such crossings have the same path length and are added up without weights.
 */
export interface Trace {
  readonly table: PairTable;
  readonly firstRow: number;
  readonly endRow: number;
  /** Slices (k axis) that the first and the last one stand for beyond the volume's ends. */
  readonly continuedSlices: number;
}

/** Line integrals of the table's two quantities for every pixel of the rows; `first` and `second` start at 0. */
export function traceRays(
  volume: PreparedVolume,
  geometry: ConeBeamGeometry,
  trace: Trace,
  first: Float32Array,
  second: Float32Array,
): void {
  const { table, firstRow, endRow, continuedSlices } = trace;
  const { hounsfield, extent } = volume;
  if (extent === null) return;
  const { source, detectorCentre, rows, columns } = geometry;
  const toCentreMm = difference(detectorCentre, source);
  const acrossMm = times(geometry.columnDirection, geometry.columnSpacing);
  const downMm = times(geometry.rowDirection, geometry.rowSpacing);

  // Axis roles: y is the one of i and j that the beam follows, x the other, z is k.
  const beam = inVoxels(volume, toCentreMm);
  const along = Math.abs(beam[1]) >= Math.abs(beam[0]) ? 1 : 0;
  const aside = along === 1 ? 0 : 1;
  const roles = ([...v]: readonly number[]) => [v[aside]!, v[along]!, v[2]!] as const;
  const [toCentreX, toCentreY, toCentreZ] = roles(beam);
  const [acrossX, acrossY, acrossZ] = roles(inVoxels(volume, acrossMm));
  const [downX, downY, downZ] = roles(inVoxels(volume, downMm));
  const [sx, sy, sz] = roles(pointInVoxels(volume, source));
  const [lowX, highX] = extent[aside];
  const [lowY, highY] = extent[along];
  const slices = volume.size[2];
  const lowZ = extent[2][0] === 0 ? -continuedSlices : extent[2][0];
  const highZ = extent[2][1] === slices ? slices + continuedSlices : extent[2][1];
  const strideX = aside === 0 ? 1 : volume.size[0];
  const strideY = along === 0 ? 1 : volume.size[0];
  const strideZ = volume.size[0] * volume.size[1];

  let pixel = 0;
  for (let row = firstRow; row < endRow; row++) {
    const v = row + 0.5 - rows / 2;
    for (let column = 0; column < columns; column++, pixel++) {
      const u = column + 0.5 - columns / 2;
      // The ray is source + t · d, in voxels, t from 0 at the source to 1 at the detector.
      const dx = toCentreX + u * acrossX + v * downX;
      const dy = toCentreY + u * acrossY + v * downY;
      const dz = toCentreZ + u * acrossZ + v * downZ;
      // Within one slab t lies between two faces; a ray beside the slab gets an empty or undefined interval.
      const x1 = (lowX - sx) / dx;
      const x2 = (highX - sx) / dx;
      const y1 = (lowY - sy) / dy;
      const y2 = (highY - sy) / dy;
      const z1 = (lowZ - sz) / dz;
      const z2 = (highZ - sz) / dz;
      const enter = Math.max(0, Math.min(x1, x2), Math.min(y1, y2), Math.min(z1, z2));
      // Stops short of the face by far less than any voxel, so that rounding never steps outside.
      const leave = Math.min(1, Math.max(x1, x2), Math.max(y1, y2), Math.max(z1, z2)) - 1e-11;
      if (!(leave > enter)) continue;

      const ix = within(Math.floor(sx + enter * dx), lowX, highX);
      const iy = within(Math.floor(sy + enter * dy), lowY, highY);
      let iz = within(Math.floor(sz + enter * dz), lowZ, highZ);
      const stepX = dx === 0 ? 0 : 1 / Math.abs(dx);
      const stepY = dy === 0 ? 0 : 1 / Math.abs(dy);
      const stepZ = dz === 0 ? 0 : 1 / Math.abs(dz);
      let nextX = dx > 0 ? (ix + 1 - sx) * stepX : dx < 0 ? (sx - ix) * stepX : Infinity;
      let nextY = dy > 0 ? (iy + 1 - sy) * stepY : dy < 0 ? (sy - iy) * stepY : Infinity;
      let nextZ = dz > 0 ? (iz + 1 - sz) * stepZ : dz < 0 ? (sz - iz) * stepZ : Infinity;
      const moveX = dx > 0 ? strideX : -strideX;
      const moveY = dy > 0 ? strideY : -strideY;
      const moveZ = dz > 0 ? 1 : -1;
      const perLayer = Math.abs(dy);
      let voxel = ix * strideX + iy * strideY + within(iz, 0, slices) * strideZ;

      let t = enter;
      let firstSum = 0;
      let secondSum = 0;
      let firstWhole = 0;
      let secondWhole = 0;
      for (;;) {
        let stop = nextX < nextZ ? nextX : nextZ;
        if (stop > leave) stop = leave;
        if (nextY < stop) {
          let entry = (hounsfield[voxel]! + 32768) << 1;
          firstSum += (nextY - t) * table[entry]!;
          secondSum += (nextY - t) * table[entry + 1]!;
          voxel = (voxel + moveY) | 0;
          const layers = ((stop - nextY) * perLayer) | 0;
          for (let n = 0; n < layers; n++) {
            entry = (hounsfield[voxel]! + 32768) << 1;
            firstWhole += table[entry]!;
            secondWhole += table[entry + 1]!;
            voxel = (voxel + moveY) | 0;
          }
          t = nextY + layers * stepY;
          nextY = t + stepY;
        }
        const entry = (hounsfield[voxel]! + 32768) << 1;
        firstSum += (stop - t) * table[entry]!;
        secondSum += (stop - t) * table[entry + 1]!;
        if (stop === leave) break;
        t = stop;
        if (nextX < nextZ) {
          nextX += stepX;
          voxel += moveX;
        } else {
          nextZ += stepZ;
          const slice = within(iz, 0, slices);
          iz += moveZ;
          voxel += (within(iz, 0, slices) - slice) * strideZ;
        }
      }
      const length = Math.hypot(
        toCentreMm[0] + u * acrossMm[0] + v * downMm[0],
        toCentreMm[1] + u * acrossMm[1] + v * downMm[1],
        toCentreMm[2] + u * acrossMm[2] + v * downMm[2],
      );
      first[pixel] = (firstSum + firstWhole * stepY) * length;
      second[pixel] = (secondSum + secondWhole * stepY) * length;
    }
  }
}

function within(index: number, low: number, high: number): number {
  return index < low ? low : index >= high ? high - 1 : index;
}
