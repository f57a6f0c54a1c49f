/** How each tensor backend is loaded. All of them share the one engine of `@tensorflow/tfjs`. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { BackendName } from '../contract/doctor.ts';
import { plainKernels, type Kernels } from '../../models/index.ts';
import { nativeKernels } from './kernels.native.ts';
import type { TensorFlowBackend } from './tensorflowBackend.ts';
import { registerWebgpu } from './webgpuBackend.ts';

export interface Candidate {
  readonly name: BackendName;
  /**
   * Makes it the current backend.
   *
   * @param software whether it may stand on a graphics driver that is a program on the CPU, which is slower than every
   *   other backend but one; only who asks for the backend by name wants that
   * @throws anything when it is not to be had on this machine
   */
  load(software?: boolean): Promise<LoadedBackend>;
  /** Timed runs of the convolution; the plain JavaScript one takes seconds for one. */
  readonly timedRuns: number;
  readonly mend: string;
}

export interface LoadedBackend {
  /** What it computes on, in words. */
  readonly device: string;
  /** That is a graphics card through CUDA, beside which no other one is looked for. */
  readonly usesCuda: boolean;
  readonly kernels: Kernels;
}

const require = createRequire(import.meta.url);

async function use(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`tfjs could not start its ${name} backend`);
  await tf.ready();
}

const processor = (): string => {
  const cores = os.availableParallelism();
  return `${os.cpus()[0]?.model.trim() ?? os.arch()}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
};

const graphicsCard = (): string => {
  try {
    const names = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    return names.split('\n', 1)[0]!.trim();
  } catch {
    return 'NVIDIA card';
  }
};

const tensorflow: Candidate = {
  name: 'tensorflow',
  timedRuns: 5,
  mend: 'node build/setup.mjs',
  async load() {
    // tfjs-node 4.22 still calls the first, which Node 23 removed, and the second, which Node warns of.
    Object.assign(util, {
      isNullOrUndefined: (value: unknown) => value === null || value === undefined,
      isArray: Array.isArray,
    });
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
    require('@tensorflow/tfjs-node-gpu');
    await use('tensorflow');
    const backend = tf.backend() as unknown as TensorFlowBackend & { readonly isUsingGpuDevice: boolean };
    return {
      device: backend.isUsingGpuDevice ? graphicsCard() : processor(),
      usesCuda: backend.isUsingGpuDevice,
      kernels: nativeKernels(backend),
    };
  },
};

const webgpu: Candidate = {
  name: 'webgpu',
  timedRuns: 3,
  mend: 'calcar doctor on a machine with a graphics driver',
  async load(software = false) {
    const device = await registerWebgpu(software);
    await use('webgpu');
    return { device, usesCuda: false, kernels: plainKernels };
  },
};

const wasm: Candidate = {
  name: 'wasm',
  timedRuns: 3,
  mend: 'npm ci',
  async load() {
    const folder = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
    setWasmPaths(folder + path.sep);
    await use('wasm');
    // tfjs 4.22 has no wasm threads under Node.
    return { device: `${processor()}, one used`, usesCuda: false, kernels: plainKernels };
  },
};

const cpu: Candidate = {
  name: 'cpu',
  timedRuns: 1,
  mend: 'npm ci',
  async load() {
    // Else tfjs advertises its native package on the terminal, which is what Calcar has just tried.
    tf.env().set('PROD', true);
    await use('cpu');
    return { device: `${processor()}, one used`, usesCuda: false, kernels: plainKernels };
  },
};

/** Best first. */
export const candidates: readonly Candidate[] = [tensorflow, webgpu, wasm, cpu];
