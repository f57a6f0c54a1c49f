import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { softwareVulkan } from '../graphics/testing/softwareVulkan.ts';
import type { Difference } from './testing/webgpuScenarios.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'calcar-vulkan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const driver = softwareVulkan(folder);
const title =
  driver === null
    ? 'the WebGPU backend (skipped: no software Vulkan driver; an installed Chromium on Linux brings one)'
    : 'the WebGPU backend';

/** A driver on the CPU compiles each kernel for seconds where other work runs beside it. */
const limitMs = 240_000;

/** What a scenario found, in a process that is left to end by itself and must do so without a word of complaint. */
function found<Result>(name: string, environment: NodeJS.ProcessEnv): Promise<Result> {
  return new Promise((resolve, reject) => {
    const script = path.join(import.meta.dirname, 'testing/webgpuScenarios.ts');
    const child = spawn(process.execPath, [script, name], {
      env: { ...process.env, CALCAR_BACKEND: '', ...environment },
      timeout: limitMs,
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code, signal) => {
      if (code === 0 && err === '') resolve(JSON.parse(out) as Result);
      else reject(new Error(`${name} ended with ${String(signal ?? code)}: ${err}`));
    });
  });
}

function expectSame(differences: readonly Difference[], tolerance: number): void {
  expect(differences.length).toBeGreaterThan(0);
  for (const { array, share } of differences) expect(share, array).toBeLessThan(tolerance);
}

describe.skipIf(driver === null)(title, () => {
  it(
    'reads as the others do with the shipped networks: to 1e-4 of the largest value',
    async () => expectSame(await found<Difference[]>('shipped', driver!), 1e-4),
    limitMs,
  );

  it(
    'learns as the cpu backend does: gradients to 1e-4, three steps of Nadam to 1e-3, no tensor left',
    async () => {
      const { differences, tensorsLeft } = await found<{ differences: Difference[]; tensorsLeft: number }>(
        'learning',
        driver!,
      );
      expectSame(
        differences.filter(({ array }) => !array.startsWith('learned')),
        1e-4,
      );
      // Early steps go by the sign of a gradient as much as by its size, which a rounded zero does not have.
      expectSame(
        differences.filter(({ array }) => array.startsWith('learned')),
        1e-3,
      );
      expect(tensorsLeft).toBe(0);
    },
    limitMs,
  );

  it(
    'says that its device was lost instead of giving numbers, and works again on the next one',
    async () => {
      // Σ 3² over 40 × 40
      expect(await found('loss', driver!)).toEqual({ kind: 'compute-crashed', next: [14_400] });
    },
    limitMs,
  );

  it(
    'is passed over where only software answers, and taken where it is asked for by name',
    async () => {
      const choice = await found<Record<string, unknown>>('choice', driver!);
      expect(choice).toMatchObject({ unasked: 'wasm', trains: true });
      expect(choice['reason']).toContain('no graphics adapter');
      expect(choice['asked']).toMatch(/^webgpu: SwiftShader/);
    },
    limitMs,
  );
});

describe('the WebGPU backend where no Vulkan driver is installed', () => {
  it.skipIf(process.platform !== 'linux')(
    'is one line of the report, and the process ends',
    async () => {
      const nowhere = { XDG_CONFIG_HOME: folder, XDG_CONFIG_DIRS: folder, XDG_DATA_HOME: folder };
      const none = { VK_DRIVER_FILES: '', VK_ICD_FILENAMES: '', XDG_DATA_DIRS: folder };
      const { unasked, reason } = await found<{ unasked: string; reason: string }>('unasked', {
        ...nowhere,
        ...none,
      });
      expect(unasked).toBe('wasm');
      expect(reason).toBe('It does not load: no graphics adapter answers through WebGPU');
    },
    limitMs,
  );
});
