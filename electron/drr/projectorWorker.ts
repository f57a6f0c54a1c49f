/** A thread that traces bands of detector rows, through one volume for its life, one at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ConeBeamGeometry } from './geometry.ts';
import type { PreparedVolume } from './preparedVolume.ts';
import { traceMaterials } from './projector.ts';
import type { ProjectionOptions } from './projector.ts';

export interface ProjectorJob {
  readonly geometry: ConeBeamGeometry;
  /** The band is their row range. */
  readonly options: ProjectionOptions;
  /** Shared; as long as the band has pixels. */
  readonly soft: Float32Array;
  readonly bone: Float32Array;
}

const volume = workerData as PreparedVolume;

parentPort?.on('message', ({ geometry, options, soft, bone }: ProjectorJob) => {
  soft.fill(0);
  bone.fill(0);
  traceMaterials(volume, geometry, options, soft, bone);
  parentPort?.postMessage('done');
});
