import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { backendName } from '../contract/doctor.ts';
import { CalcarError } from '../contract/errors.ts';
import { plainKernels } from '../../models/index.ts';
import { chooseBackend, type Backend } from './backend.ts';
import { candidates, type Candidate } from './candidates.ts';
import { convolutionGigaflops } from './convolutionSpeed.ts';
import { selfTest } from './selfTest.ts';

/** The cpu backend with one kernel that gives 1.01 times the right answer. */
function brokenCandidate(kernel: string): Candidate {
  const name = `broken-${kernel}`;
  tf.copyRegisteredKernels('cpu', name);
  const right = tf.getKernel(kernel, 'cpu');
  tf.unregisterKernel(kernel, name);
  tf.registerKernel({
    ...right,
    backendName: name,
    kernelFunc: (call) => {
      const result = right.kernelFunc(call) as tf.TensorInfo;
      const backend = call.backend as unknown as {
        data: { get(id: object): { values: Float32Array } };
      };
      const { values } = backend.data.get(result.dataId);
      for (let i = 0; i < values.length; i++) values[i]! *= 1.01;
      return result;
    },
  });
  tf.registerBackend(name, () => tf.findBackendFactory('cpu')());
  return {
    name: 'wasm',
    timedRuns: 1,
    mend: 'nothing',
    load: async () => {
      await tf.setBackend(name);
      return { device: 'broken on purpose', usesCuda: false, kernels: plainKernels };
    },
  };
}

const missing: Candidate = {
  name: 'tensorflow',
  timedRuns: 1,
  mend: 'node build/setup.mjs',
  load: () => Promise.reject(new Error('libtensorflow_cc.so.2: cannot open shared object file\nand more')),
};
const wasm = candidates.find(({ name }) => name === 'wasm')!;
const cpu = candidates.find(({ name }) => name === 'cpu')!;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('self-test', () => {
  it.each(['Conv2D', 'BatchMatMul', 'ResizeBilinear', 'Softmax', 'Tanh', 'Rsqrt'])(
    'rejects a backend whose %s is one per cent off',
    async (kernel) => {
      await cpu.load();
      await brokenCandidate(kernel).load();
      const { failures } = await selfTest();
      expect(failures).not.toEqual([]);
    },
  );

  it('leaves no tensor behind', async () => {
    await cpu.load();
    const before = tf.memory().numTensors;
    await selfTest();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('choice', () => {
  it('passes over a backend that does not load and one that computes wrongly, and says why', async () => {
    const backend = await chooseBackend({ candidates: [missing, brokenCandidate('Conv2D'), cpu] });
    expect(backend.name).toBe('cpu');
    const [first, second, third] = backend.reports;
    expect(first).toMatchObject({ loaded: false, passed: false, chosen: false, gigaflops: null });
    expect(first!.reason).toBe('It does not load: libtensorflow_cc.so.2: cannot open shared object file');
    expect(second).toMatchObject({ loaded: true, passed: false, chosen: false });
    expect(second!.reason).toContain('conv2d');
    expect(third).toMatchObject({ passed: true, canTrain: true, chosen: true });
  });

  it('takes the next one when the first is slower, and names it as a finding', async () => {
    const slow: Candidate = { ...cpu, name: 'tensorflow' };
    const backend = await chooseBackend({ candidates: [slow, wasm] });
    expect(backend.name).toBe('wasm');
    expect(backend.nativeOverWasm).toBeLessThan(1);
    expect(backend.reports[0]!.reason).toContain("times as fast as wasm's");
  });

  it('never takes wasm for training', async () => {
    const backend = await chooseBackend({ needs: 'training', candidates: [missing, wasm, cpu] });
    expect(backend.name).toBe('cpu');
    expect(backend.reports[1]).toMatchObject({ name: 'wasm', passed: true, canTrain: false });
    await expect(chooseBackend({ needs: 'training', candidates: [missing, wasm] })).rejects.toThrow(
      'Run node build/setup.mjs',
    );
  });

  it('leaves out what brought the process down before', async () => {
    const backend = await chooseBackend({ candidates: [missing, wasm], without: ['tensorflow'] });
    expect(backend.reports[0]!.reason).toContain('stopped the compute process');
  });

  it('obeys CALCAR_BACKEND', async () => {
    vi.stubEnv('CALCAR_BACKEND', 'wasm');
    const backend = await chooseBackend();
    expect(backend.name).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
  });

  it('refuses a forced backend that is not there, with the reason and the command', async () => {
    const refusal = chooseBackend({ force: 'tensorflow', candidates: [missing, cpu] });
    await expect(refusal).rejects.toBeInstanceOf(CalcarError);
    await expect(refusal).rejects.toMatchObject({ kind: 'backend-unavailable' });
    await expect(refusal).rejects.toThrow(/cannot open shared object.*node build\/setup\.mjs/);
    await expect(chooseBackend({ force: 'webgl' })).rejects.toMatchObject({ kind: 'backend-unavailable' });
  });
});

describe('parity', () => {
  let loading: string[];
  let all: Backend;

  beforeAll(async () => {
    all = await chooseBackend({ measure: 'all', force: '' });
    loading = all.reports.filter(({ passed }) => passed).map(({ name }) => name);
  });

  /** A residual block with batch norm, down-sampling, pooling, dense layer and softmax, in fixed pseudo-random numbers. */
  function network(): tf.Tensor {
    const noise = (shape: number[], seed: number): tf.Tensor =>
      tf.tensor(
        Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(seed + i * 12.9898)),
        shape,
      );
    const x = noise([2, 24, 24, 3], 1) as tf.Tensor4D;
    const stem = tf.relu(tf.conv2d(x, noise([3, 3, 3, 8], 2) as tf.Tensor4D, 2, 'same'));
    const y = plainBatchNorm(stem);
    const block = tf.relu(tf.add(stem, tf.conv2d(y, noise([3, 3, 8, 8], 3) as tf.Tensor4D, 1, 'same')));
    const resized = tf.image.resizeBilinear(block as tf.Tensor4D, [7, 5]);
    const pooled = tf.mean(tf.maxPool(resized, 2, 1, 'same'), [1, 2]);
    const dense = tf.tanh(tf.add(tf.matMul(pooled, noise([8, 3], 4)), noise([3], 5)));
    return tf.concat([tf.softmax(dense), tf.sigmoid(dense), tf.exp(dense)], 1);
  }

  function plainBatchNorm(x: tf.Tensor4D): tf.Tensor4D {
    const moving = { mean: tf.variable(tf.zeros([8])), variance: tf.variable(tf.ones([8])) };
    const y = plainKernels.batchNorm(x, tf.ones([8]), tf.zeros([8]), { ...moving, kept: 0.9 });
    tf.dispose([moving.mean, moving.variance]);
    return y;
  }

  it('every backend that loads gives the same numbers to 1e-4', async () => {
    const answers = new Map<string, Float32Array>();
    for (const name of loading) {
      await tf.setBackend(name);
      const result = tf.tidy(network);
      answers.set(name, (await result.data()) as Float32Array);
      result.dispose();
    }
    expect(loading).toContain('wasm');
    expect(loading).toContain('cpu');
    const reference = answers.get('cpu')!;
    for (const [name, values] of answers) {
      const worst = Math.max(...values.map((value, i) => Math.abs(value - reference[i]!)));
      expect(worst, name).toBeLessThan(1e-4);
    }
  });

  it('reports every backend, one of them chosen, in the shape of the contract', () => {
    expect(all.reports.map(({ name }) => name)).toEqual(backendName.options);
    expect(all.reports.filter(({ chosen }) => chosen)).toHaveLength(1);
    for (const report of all.reports) if (report.passed) expect(report.gigaflops).toBeGreaterThan(0);
  });

  it('times nothing but the convolution and leaves no tensor behind', async () => {
    await tf.setBackend('wasm');
    const before = tf.memory().numTensors;
    await convolutionGigaflops(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});
