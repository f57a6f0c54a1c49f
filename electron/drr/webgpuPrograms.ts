import { tissueTable } from './materials.ts';
import type { ProjectionOptions } from './projector.ts';
import type { GraphicsDevice } from '../graphics/graphicsDevice.ts';
import { rayShader } from './webgpuRays.wgsl.ts';
import { straightLines } from './webgpuTissue.ts';

export type Interpolation = NonNullable<ProjectionOptions['interpolation']>;

/** The compiled shader: one pipeline an interpolation, all with the same bindings (view, volume, masses). */
export interface Programs extends Readonly<Record<Interpolation, GPUComputePipeline>> {
  readonly bindings: GPUBindGroupLayout;
}

/** Compiles the shader for the tissues of tissue.ts. Rejects when the driver's compiler does. */
export async function compilePrograms({ device, shaderStage }: GraphicsDevice): Promise<Programs> {
  const visibility = shaderStage.COMPUTE;
  const bindings = device.createBindGroupLayout({
    entries: [
      { binding: 0, visibility, buffer: { type: 'uniform' } },
      { binding: 1, visibility, texture: { sampleType: 'sint', viewDimension: '3d' } },
      { binding: 2, visibility, buffer: { type: 'storage' } },
    ],
  });
  const layout = device.createPipelineLayout({ bindGroupLayouts: [bindings] });
  const module = device.createShaderModule({ code: rayShader(straightLines(tissueTable)) });
  const compile = (entryPoint: Interpolation): Promise<GPUComputePipeline> =>
    device.createComputePipelineAsync({ layout, compute: { module, entryPoint } });
  const [exact, trilinear] = await Promise.all([compile('exact'), compile('trilinear')]);
  return { bindings, exact, trilinear };
}
