import type { ConeBeamGeometry, Direction } from './geometry.ts';
import { cross, dot } from './geometry.ts';
import type { Extent, PreparedVolume } from './preparedVolume.ts';
import type { RowRange } from './projector.ts';
import { difference, inVoxels, pointInVoxels, times } from './voxelFrame.ts';

/**
 * One view as the shader reads it: `View` in webgpuRays.wgsl.ts, 40 words. All of it is computed here in 64 bits,
 * and such that numbers stay small in the shader: voxel coordinates are counted from the body's middle, and a ray from
 * where it crosses the plane through that middle parallel to the detector, not from a tube two thousand voxels away.
 *
 * `extent` is the volume's body, `continuedSlices` the slices that the first and the last one stand for beyond its ends.
 */
export function viewOf(
  volume: PreparedVolume,
  extent: readonly [Extent, Extent, Extent],
  continuedSlices: number,
  geometry: ConeBeamGeometry,
  rows: RowRange,
): ArrayBuffer {
  const middle = extent.map(([low, high]) => Math.floor((low + high) / 2));
  const [mx, my, mz] = middle as [number, number, number];
  const [sx, sy, sz] = pointInVoxels(volume, geometry.source);
  const source: Direction = [sx - mx, sy - my, sz - mz];
  const beamMm = difference(geometry.detectorCentre, geometry.source);
  const acrossMm = times(geometry.columnDirection, geometry.columnSpacing);
  const downMm = times(geometry.rowDirection, geometry.rowSpacing);
  const beam = inVoxels(volume, beamMm);
  const across = inVoxels(volume, acrossMm);
  const down = inVoxels(volume, downMm);
  // Share of the way from source to detector at which the plane lies: source + depth · beam + a · across + b · down = 0.
  const normal = cross(across, down);
  const depth = -dot(source, normal) / dot(beam, normal);
  const [bodyZ, slices] = [extent[2], volume.size[2]];
  const lowZ = bodyZ[0] === 0 ? -continuedSlices : bodyZ[0];
  const highZ = bodyZ[1] === slices ? slices + continuedSlices : bodyZ[1];

  const view = new ArrayBuffer(viewBytes);
  const reals = new Float32Array(view);
  const integers = new Int32Array(view);
  reals.set([source[0] + depth * beam[0], source[1] + depth * beam[1], source[2] + depth * beam[2]], 0);
  reals[3] = depth;
  reals.set(beam, 4);
  integers[7] = geometry.columns;
  reals.set(across, 8);
  integers[11] = geometry.rows;
  reals.set(down, 12);
  integers[15] = rows.first;
  reals.set([extent[0][0] - mx, extent[1][0] - my, lowZ - mz], 16);
  integers[19] = rows.end;
  reals.set([extent[0][1] - mx, extent[1][1] - my, highZ - mz], 20);
  integers.set(middle, 24);
  integers[27] = slices;
  reals.set(beamMm, 28);
  reals.set(acrossMm, 32);
  reals.set(downMm, 36);
  return view;
}

export const viewBytes = 4 * 40;
/** Where `View.firstBandRow` lies, in bytes: the only word that changes between the bands of one view. */
export const firstBandRowOffset = 4 * 23;
