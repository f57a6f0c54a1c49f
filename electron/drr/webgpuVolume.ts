import { CalcarError } from '../contract/errors.ts';
import type { Milliseconds } from '../contract/units.ts';
import { milliseconds } from '../contract/units.ts';
import type { ConeBeamGeometry } from './geometry.ts';
import type { Extent, PreparedVolume } from './preparedVolume.ts';
import type { RowRange } from './projector.ts';
import type { GraphicsDevice } from '../graphics/graphicsDevice.ts';
import type { Interpolation, Programs } from './webgpuPrograms.ts';
import { workgroup } from './webgpuRays.wgsl.ts';
import { firstBandRowOffset, viewBytes, viewOf } from './webgpuView.ts';

/** A volume that lies on a graphics device. */
export interface ResidentVolume {
  /** Masses of soft tissue and bone, row-major, of the rows asked for; one call at a time. */
  project(task: ResidentTask): Promise<Masses>;
  free(): void;
}

export interface ResidentTask {
  readonly geometry: ConeBeamGeometry;
  readonly rows: RowRange;
  /** Slices that the first and the last one stand for beyond the volume's ends. */
  readonly continuedSlices: number;
  readonly interpolation: Interpolation;
}

export interface Masses {
  readonly soft: Float32Array<ArrayBuffer>;
  readonly bone: Float32Array<ArrayBuffer>;
  /** Time on the device; null where the driver has no clock. */
  readonly deviceTime: Milliseconds | null;
}

/** Where masses are written on the device, and from where they are read. */
interface Output {
  readonly pixels: number;
  readonly masses: GPUBuffer;
  readonly readable: GPUBuffer;
  readonly bindings: GPUBindGroup;
}

/**
 * Faces that the rays of one submission can cross at most; they cross about half of them. A tenth of a second on a
 * slow laptop's graphics, far from the two seconds after which Windows resets a device that answers nothing else (TDR).
 */
const facesInBand = 2e8;
/** Voxels that a trilinear cell reads, where a constant one reads itself. */
const cornersOfCell = 8;
/** Bytes of the volume that are handed over at a time: the driver keeps a copy of them until they are up. */
const uploadBytes = 2 ** 25;
/** Two timestamps of 64 bits. */
const clockBytes = 16;

/**
 * Copies a volume that holds a body to the device, where it stays until it is freed: 16 bits a voxel, in a texture,
 * whose cache holds voxels that are near in all three directions.
 *
 * @throws CalcarError 'too-large' when the device cannot hold it.
 */
export async function makeResident(
  graphics: GraphicsDevice,
  programs: Programs,
  volume: PreparedVolume,
  extent: readonly [Extent, Extent, Extent],
): Promise<ResidentVolume> {
  const { device, usage } = graphics;
  const texture = await upload(graphics, volume);
  const view = device.createBuffer({ size: viewBytes, usage: usage.UNIFORM | usage.COPY_DST });
  const clock = device.features.has('timestamp-query')
    ? {
        stamps: device.createQuerySet({ type: 'timestamp', count: 2 }),
        resolved: device.createBuffer({ size: clockBytes, usage: usage.QUERY_RESOLVE | usage.COPY_SRC }),
      }
    : null;
  let output: Output | null = null;

  const outputFor = (pixels: number): Output => {
    if (output !== null && output.pixels >= pixels) return output;
    release(output);
    const size = 8 * pixels;
    const masses = device.createBuffer({ size, usage: usage.STORAGE | usage.COPY_SRC });
    const readable = device.createBuffer({ size: size + clockBytes, usage: usage.MAP_READ | usage.COPY_DST });
    const bindings = device.createBindGroup({
      layout: programs.bindings,
      entries: [
        { binding: 0, resource: { buffer: view } },
        { binding: 1, resource: texture.createView() },
        { binding: 2, resource: { buffer: masses } },
      ],
    });
    output = { pixels, masses, readable, bindings };
    return output;
  };

  return {
    async project({ geometry, rows, continuedSlices, interpolation }) {
      const pixels = (rows.end - rows.first) * geometry.columns;
      const bytes = 8 * pixels;
      if (bytes > device.limits.maxStorageBufferBindingSize) throw tooManyPixels();
      const { masses, readable, bindings } = outputFor(pixels);
      device.queue.writeBuffer(view, 0, viewOf(volume, extent, continuedSlices, geometry, rows));

      const facesOfRay = volume.size.reduce((sum, n) => sum + n) + 2 * continuedSlices;
      const facesInRow = facesOfRay * geometry.columns * (interpolation === 'trilinear' ? cornersOfCell : 1);
      const bandRows = workgroup.rows * Math.max(1, Math.floor(facesInBand / facesInRow / workgroup.rows));
      for (let first = rows.first; first < rows.end; first += bandRows) {
        const end = Math.min(rows.end, first + bandRows);
        device.queue.writeBuffer(view, firstBandRowOffset, Uint32Array.of(first));
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass(
          clock === null ? {} : timed(clock.stamps, first === rows.first, end === rows.end),
        );
        pass.setPipeline(programs[interpolation]);
        pass.setBindGroup(0, bindings);
        pass.dispatchWorkgroups(
          Math.ceil(geometry.columns / workgroup.columns),
          Math.ceil((end - first) / workgroup.rows),
        );
        pass.end();
        if (end === rows.end) {
          encoder.copyBufferToBuffer(masses, 0, readable, 0, bytes);
          if (clock !== null) {
            encoder.resolveQuerySet(clock.stamps, 0, 2, clock.resolved, 0);
            encoder.copyBufferToBuffer(clock.resolved, 0, readable, bytes, clockBytes);
          }
        }
        device.queue.submit([encoder.finish()]);
      }

      await readable.mapAsync(graphics.mapMode.READ, 0, bytes + clockBytes);
      const mapped = readable.getMappedRange(0, bytes + clockBytes);
      const both = new Float32Array(mapped, 0, 2 * pixels);
      const [begun, ended] = new BigInt64Array(mapped, bytes, 2);
      const result = {
        soft: both.slice(0, pixels),
        bone: both.slice(pixels),
        deviceTime: clock === null ? null : milliseconds(Number(ended! - begun!) / 1e6),
      };
      readable.unmap();
      return result;
    },
    free() {
      release(output);
      output = null;
      clock?.stamps.destroy();
      clock?.resolved.destroy();
      view.destroy();
      texture.destroy();
    },
  };
}

async function upload(graphics: GraphicsDevice, volume: PreparedVolume): Promise<GPUTexture> {
  const { device, textureUsage } = graphics;
  const [nx, ny, nz] = volume.size;
  if (Math.max(nx, ny, nz) > device.limits.maxTextureDimension3D) throw tooManyVoxels();
  device.pushErrorScope('out-of-memory');
  const texture = device.createTexture({
    size: [nx, ny, nz],
    dimension: '3d',
    format: 'r16sint',
    usage: textureUsage.TEXTURE_BINDING | textureUsage.COPY_DST,
  });
  const outOfMemory = await device.popErrorScope();
  if (outOfMemory !== null) throw tooManyVoxels(outOfMemory);
  const slicesAtOnce = Math.max(1, Math.floor(uploadBytes / (2 * nx * ny)));
  for (let k = 0; k < nz; k += slicesAtOnce) {
    const slices = Math.min(slicesAtOnce, nz - k);
    device.queue.writeTexture(
      { texture, origin: [0, 0, k] },
      volume.hounsfield.subarray(k * nx * ny, (k + slices) * nx * ny),
      { bytesPerRow: 2 * nx, rowsPerImage: ny },
      [nx, ny, slices],
    );
    await device.queue.onSubmittedWorkDone();
  }
  return texture;
}

function timed(stamps: GPUQuerySet, first: boolean, last: boolean): GPUComputePassDescriptor {
  if (!first && !last) return {};
  return {
    timestampWrites: {
      querySet: stamps,
      ...(first ? { beginningOfPassWriteIndex: 0 } : {}),
      ...(last ? { endOfPassWriteIndex: 1 } : {}),
    },
  };
}

function release(output: Output | null): void {
  output?.masses.destroy();
  output?.readable.destroy();
}

const tooManyVoxels = (cause?: unknown): CalcarError =>
  new CalcarError(
    'too-large',
    'The CT volume does not fit on the graphics processor. The CPU can project it; that takes longer.',
    cause,
  );

const tooManyPixels = (): CalcarError =>
  new CalcarError(
    'too-large',
    'The detector has more pixels than the graphics processor can hold. Compute its rows in parts, or choose the CPU.',
  );
