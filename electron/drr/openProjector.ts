import { availableParallelism } from 'node:os';
import { CalcarError } from '../contract/errors.ts';
import type { Volume } from '../volume/volume.ts';
import { openCpuProjector } from './cpuProjector.ts';
import type { Projector } from './projector.ts';
import { openWebgpuProjector } from './webgpuProjector.ts';

export interface ProjectorOptions {
  /**
   * 'auto' takes a graphics processor where there is one that works and holds the volume, else the CPU; what keeps it
   * from a processor that is there stands in `detail`. 'webgpu' takes a software adapter too. 'auto' where not given.
   * Only 'cpu' gives the same bytes on every machine.
   */
  readonly backend?: 'auto' | 'cpu' | 'webgpu';
  /** Threads of the CPU projector; as many as the machine runs at once where not given. */
  readonly threads?: number;
}

/**
 * Makes a volume ready to be projected many times; `close` it when done.
 *
 * @throws CalcarError 'invalid-volume' as `prepareVolume`; with backend 'webgpu' also 'backend-unavailable' where there
 * is no graphics processor that works, and 'too-large' where it cannot hold the volume.
 */
export async function openProjector(volume: Volume, options: ProjectorOptions = {}): Promise<Projector> {
  const { backend = 'auto', threads = availableParallelism() } = options;
  if (backend === 'cpu') return openCpuProjector(volume, threads);
  if (backend === 'webgpu') {
    const projector = await openWebgpuProjector(volume, { software: true });
    if (projector !== null) return projector;
    throw new CalcarError(
      'backend-unavailable',
      'This computer has no graphics processor that Calcar can use. Choose the CPU, or install a current graphics driver.',
    );
  }
  try {
    return (await openWebgpuProjector(volume)) ?? openCpuProjector(volume, threads);
  } catch (error) {
    if (!(error instanceof CalcarError) || error.kind === 'invalid-volume') throw error;
    const projector = openCpuProjector(volume, threads);
    return { ...projector, detail: `${projector.detail}. ${error.message}` };
  }
}
