/**
 * A thread that traces bands of detector rows. It holds one volume for its life and takes, for every picture, one band
 * after another from a counter that it shares with its fellows, until none is left.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { ConeBeamGeometry } from './geometry.ts';
import type { PreparedVolume } from './preparedVolume.ts';
import { traceMaterials } from './projector.ts';
import type { ProjectionOptions, RowRange } from './projector.ts';

export interface ProjectorJob {
  readonly geometry: ConeBeamGeometry;
  readonly options: ProjectionOptions;
  /** The rows wanted, whatever the options say. */
  readonly rows: RowRange;
  readonly rowsInBand: number;
  /** One shared number: how many bands have been taken. */
  readonly taken: Int32Array;
  /** Shared; all rows of the picture, standing at 0. */
  readonly soft: Float32Array;
  readonly bone: Float32Array;
}

const volume = workerData as PreparedVolume;

parentPort?.on('message', (job: ProjectorJob) => {
  const { geometry, options, rows, rowsInBand, taken, soft, bone } = job;
  for (;;) {
    const first = rows.first + Atomics.add(taken, 0, 1) * rowsInBand;
    if (first >= rows.end) break;
    const end = Math.min(first + rowsInBand, rows.end);
    const from = (first - rows.first) * geometry.columns;
    const to = (end - rows.first) * geometry.columns;
    const rowRange = { first, end };
    traceMaterials(
      volume,
      geometry,
      { ...options, rowRange },
      soft.subarray(from, to),
      bone.subarray(from, to),
    );
  }
  parentPort?.postMessage('done');
});
