/** The classifier in Keras' graph mode, in a Python of its own, kept running so that only its steps are timed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { MutasaConfig, ParameterSpec } from '../../models/index.ts';

export interface KerasSetup {
  readonly config: MutasaConfig;
  readonly optimizer: {
    readonly learningRate: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
    readonly l2: number;
  };
  readonly dropout: number;
  readonly batch: number;
  /** Steps without dropout whose losses are told. */
  readonly checked: number;
  readonly weights: readonly (ParameterSpec & { readonly values: Float32Array })[];
  /** [batch, inputSize, inputSize, 1] and [batch, 3] */
  readonly x: Float32Array;
  readonly y: Float32Array;
}

export interface KerasTraining {
  readonly version: string;
  readonly learned: number;
  readonly losses: readonly number[];
  /** Seconds of each of the steps. */
  train(steps: number): Promise<number[]>;
  close(): Promise<void>;
}

export const hasKeras = (python: string): boolean =>
  spawnSync(python, ['-c', 'import tensorflow, keras'], { stdio: 'ignore' }).status === 0;

export async function openKeras(python: string, setup: KerasSetup): Promise<KerasTraining> {
  const folder = mkdtempSync(join(tmpdir(), 'calcar-keras-'));
  const { x, y, weights, ...rest } = setup;
  const flat = Buffer.concat(weights.map(({ values }) => Buffer.from(new Uint8Array(values.slice().buffer))));
  const named = weights.map(({ name, shape }) => ({ name, shape }));
  writeFileSync(join(folder, 'setup.json'), JSON.stringify({ ...rest, weights: named }));
  writeFileSync(join(folder, 'weights.f32'), flat);
  writeFileSync(join(folder, 'x.f32'), x);
  writeFileSync(join(folder, 'y.f32'), y);
  const script = fileURLToPath(new URL('./kerasTraining.py', import.meta.url));
  const child = spawn(python, [script, folder], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`The Python that runs Keras ended. Try ${python} ${script} yourself.`);
    return JSON.parse(value);
  };
  try {
    const about = (await answer()) as Pick<KerasTraining, 'version' | 'learned' | 'losses'>;
    return {
      ...about,
      train: async (steps) => {
        child.stdin.write(`${String(steps)}\n`);
        return (await answer()) as number[];
      },
      close: async () => {
        child.stdin.end();
        if (child.exitCode === null) await once(child, 'exit');
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
