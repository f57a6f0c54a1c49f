import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type * as Dawn from 'webgpu';
import { CalcarError } from '../contract/errors.ts';

/** A graphics device with what the projector and the tensors need of it. */
export interface GraphicsDevice {
  readonly device: GPUDevice;
  /** The adapter's own name. */
  readonly name: string;
  /** The adapter is a program on the CPU. */
  readonly software: boolean;
  readonly usage: typeof GPUBufferUsage;
  readonly textureUsage: typeof GPUTextureUsage;
  readonly mapMode: typeof GPUMapMode;
  readonly shaderStage: typeof GPUShaderStage;
  /** How the device was lost; null while it is there. */
  lost(): GPUDeviceLostInfo | null;
  /** The first error that no scope caught; null while all is well. */
  failure(): GPUError | null;
}

/** What of Dawn's `globals` stands for a type's constants; Node has none of them itself. */
interface Constants {
  readonly GPUBufferUsage: typeof GPUBufferUsage;
  readonly GPUTextureUsage: typeof GPUTextureUsage;
  readonly GPUMapMode: typeof GPUMapMode;
  readonly GPUShaderStage: typeof GPUShaderStage;
}

/**
 * Dawn's instance, one for the life of the process: it must outlive everything that was made through it, and the
 * garbage collector does not know that order. It keeps no process alive once its devices are destroyed.
 */
let instance: GPU | null = null;

/**
 * The fastest adapter of this machine through Dawn (npm `webgpu`: Vulkan, Metal or Direct3D 12); null where the package,
 * a driver or an adapter is missing, or where the only adapter is software and none was asked for.
 *
 * @throws CalcarError 'backend-unavailable' when there is an adapter that gives no device.
 */
export async function openGraphicsDevice(software: boolean): Promise<GraphicsDevice | null> {
  if (process.platform === 'linux' && !hasVulkanDriver()) return null;
  const dawn = await loadDawn();
  if (dawn === null) return null;
  instance ??= dawn.create([]);
  const adapter = await instance.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null || (adapter.info.isFallbackAdapter && !software)) return null;
  const { limits, info } = adapter;
  const wanted = ['timestamp-query'] as const;
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({
      requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
      requiredLimits: {
        maxTextureDimension3D: limits.maxTextureDimension3D,
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      },
    });
  } catch (cause) {
    throw new CalcarError(
      'backend-unavailable',
      'The graphics processor is there but could not be started. The CPU can do its work; restarting the computer or updating the graphics driver may help.',
      cause,
    );
  }
  let lost: GPUDeviceLostInfo | null = null;
  let failure: GPUError | null = null;
  void device.lost.then((reason) => (lost = reason));
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    failure ??= event.error;
  });
  const constants = dawn.globals as Constants;
  return {
    device,
    name:
      info.description ||
      [info.vendor, info.device || info.architecture].filter(Boolean).join(' ') ||
      'unnamed',
    software: info.isFallbackAdapter,
    usage: constants.GPUBufferUsage,
    textureUsage: constants.GPUTextureUsage,
    mapMode: constants.GPUMapMode,
    shaderStage: constants.GPUShaderStage,
    lost: () => lost,
    failure: () => failure,
  };
}

/** Dawn; null where the optional package was not installed or has no build for this machine. */
async function loadDawn(): Promise<typeof Dawn | null> {
  try {
    return await import('webgpu');
  } catch {
    return null;
  }
}

/**
 * Whether Vulkan's loader will find a driver's manifest in one of the places that it looks at (Vulkan-Loader,
 * LoaderDriverInterface). Without one there is no adapter on Linux, and Dawn, which would say so on the terminal,
 * need not be loaded.
 */
function hasVulkanDriver(): boolean {
  const { env } = process;
  if (env['VK_DRIVER_FILES'] ?? env['VK_ICD_FILENAMES'] ?? env['VK_ADD_DRIVER_FILES']) return true;
  const home = os.homedir();
  const listed = (paths: string | undefined, otherwise: string): string[] => (paths || otherwise).split(':');
  const roots = [
    ...listed(env['XDG_CONFIG_HOME'], path.join(home, '.config')),
    ...listed(env['XDG_CONFIG_DIRS'], '/etc/xdg'),
    '/etc',
    ...listed(env['XDG_DATA_HOME'], path.join(home, '.local/share')),
    ...listed(env['XDG_DATA_DIRS'], '/usr/local/share:/usr/share'),
  ];
  return roots.some((root) => {
    try {
      return readdirSync(path.join(root, 'vulkan/icd.d')).some((file) => file.endsWith('.json'));
    } catch {
      return false;
    }
  });
}
