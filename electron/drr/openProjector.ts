import { availableParallelism } from 'node:os';
import type { Volume } from '../volume/volume.ts';
import { openCpuProjector } from './cpuProjector.ts';
import type { Projector } from './projector.ts';

export interface ProjectorOptions {
  /** 'auto' takes a graphics adapter where there is one. */
  readonly backend?: 'auto' | 'cpu' | 'webgpu';
  /** Threads of the CPU projector; as many as the machine runs at once where not given. */
  readonly threads?: number;
}

/**
 * Makes a volume ready to be projected many times; `close` it when done.
 *
 * @throws CalcarError 'invalid-volume' as `prepareVolume`.
 */
export function openProjector(volume: Volume, options: ProjectorOptions = {}): Promise<Projector> {
  return Promise.resolve(openCpuProjector(volume, options.threads ?? availableParallelism()));
}
