/**
 * The line integrals of `projectMaterials`, exact and trilinear, on a graphics processor through WebGPU, with the volume
 * resident on it.
 *
 * It computes in float32 and keeps the CPU's picture to 1e-4 of its highest value in every pixel and 1e-5 on average
 * (webgpuProjector.test.ts; 6e-6 and 1e-7 on CTs of a pelvis), but for rays that glide along a face between two voxels
 * from end to end: such a ray has no voxel of its own, and the two may take different sides.
 *
 * It has been run on SwiftShader, a software Vulkan driver, on Linux. It has not been run on a graphics card yet.
 */
import { CalcarError } from '../contract/errors.ts';
import type { Milliseconds } from '../contract/units.ts';
import type { Volume } from '../volume/volume.ts';
import type { ConeBeamGeometry } from './geometry.ts';
import { prepareVolume } from './preparedVolume.ts';
import type { PreparedVolume } from './preparedVolume.ts';
import { continuedMm, rowsOf } from './projector.ts';
import type { LineIntegrals, ProjectionOptions, Projector } from './projector.ts';
import { openGraphicsDevice } from '../graphics/graphicsDevice.ts';
import type { GraphicsDevice } from '../graphics/graphicsDevice.ts';
import { compilePrograms } from './webgpuPrograms.ts';
import { requireKnownAnswer } from './webgpuSelfTest.ts';
import { makeResident } from './webgpuVolume.ts';
import type { ResidentVolume } from './webgpuVolume.ts';

export interface WebgpuProjector extends Projector {
  readonly name: 'webgpu';
  /** The adapter's own name. */
  readonly adapter: string;
  /** The adapter is a program on the CPU: its speed says nothing about a graphics card. */
  readonly software: boolean;
  /** Time on the device of the last picture; null before the first, and where the driver has no clock. */
  deviceTime(): Milliseconds | null;
}

export interface WebgpuOptions {
  /** Take a software adapter too where there is no other. No where not given. */
  readonly software?: boolean;
}

/** One device with the volume on it, from its opening to its loss. */
interface Session {
  readonly graphics: GraphicsDevice;
  /** Null when all of the volume is air. */
  readonly resident: ResidentVolume | null;
}

/**
 * Makes a volume ready to be projected many times on the graphics processor; null where there is none. A projector
 * whose device is lost refuses what is underway and takes a new device for the next picture.
 *
 * @throws CalcarError 'invalid-volume' as `prepareVolume`; 'too-large' when the processor cannot hold the volume;
 * 'backend-unavailable' when its driver does not start or gives wrong answers.
 */
export async function openWebgpuProjector(
  volume: Volume,
  { software = false }: WebgpuOptions = {},
): Promise<WebgpuProjector | null> {
  const prepared = prepareVolume(volume);
  const first = await openSession(prepared, software);
  if (first === null) return null;
  const { graphics } = first;
  let session: Session | null = first;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  let deviceTime: Milliseconds | null = null;

  const projectOne = async (
    geometry: ConeBeamGeometry,
    options: ProjectionOptions,
  ): Promise<LineIntegrals> => {
    const rows = rowsOf(geometry, options);
    if (isClosed()) throw cancelled();
    const current = session ?? (await openSession(prepared, software));
    if (current === null) throw crashed(new Error('the adapter is gone'));
    session = current;
    if (isClosed()) {
      end(current);
      throw cancelled();
    }
    const { columns, columnSpacing: spacing } = geometry;
    const shape = { rows: rows.end - rows.first, columns, spacing };
    if (current.resident === null) return { ...shape, soft: air(shape), bone: air(shape) };
    const { interpolation = 'exact', beyondEnds } = options;
    const continuedSlices = beyondEnds === 'air' ? 0 : Math.ceil(continuedMm / prepared.spacing[2]);
    try {
      const masses = await current.resident.project({ geometry, rows, continuedSlices, interpolation });
      const failure = current.graphics.lost() ?? current.graphics.failure();
      if (failure !== null) throw new Error(failure.message);
      ({ deviceTime } = masses);
      return { ...shape, soft: masses.soft, bone: masses.bone };
    } catch (error) {
      if (error instanceof CalcarError) throw error;
      end(current);
      session = null;
      throw isClosed() ? cancelled() : crashed(error);
    }
  };
  const isClosed = (): boolean => closed;

  return {
    name: 'webgpu',
    adapter: graphics.name,
    software: graphics.software,
    detail: graphics.software ? `${graphics.name} (software, on the CPU)` : graphics.name,
    deviceTime: () => deviceTime,
    project(geometry, options = {}) {
      const result = queue.then(() => projectOne(geometry, options));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed = true;
      if (session !== null) end(session);
      session = null;
      await queue;
    },
  };
}

async function openSession(volume: PreparedVolume, software: boolean): Promise<Session | null> {
  const graphics = await openGraphicsDevice(software);
  if (graphics === null) return null;
  try {
    const programs = await compilePrograms(graphics);
    await requireKnownAnswer(graphics, programs);
    const { extent } = volume;
    return {
      graphics,
      resident: extent === null ? null : await makeResident(graphics, programs, volume, extent),
    };
  } catch (error) {
    graphics.device.destroy();
    throw error instanceof CalcarError ? error : crashed(error);
  }
}

/** Destroying the device frees all that lies on it, and lets the process end. */
function end({ graphics, resident }: Session): void {
  resident?.free();
  graphics.device.destroy();
}

const air = ({ rows, columns }: { rows: number; columns: number }): Float32Array =>
  new Float32Array(rows * columns);

const cancelled = (): CalcarError =>
  new CalcarError('cancelled', 'The volume was closed; this picture was not computed.');

const crashed = (cause: unknown): CalcarError =>
  new CalcarError(
    'compute-crashed',
    'The graphics processor stopped while it computed this simulated radiograph. Nothing that was saved is affected; ask for the picture again, or choose the CPU.',
    cause,
  );
