import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tissueTable } from './materials.ts';
import { softwareVulkan } from '../graphics/testing/softwareVulkan.ts';
import type { Difference } from './testing/webgpuScenarios.ts';
import { straightLines } from './webgpuTissue.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'calcar-vulkan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const driver = softwareVulkan(folder);
const title =
  driver === null
    ? 'openWebgpuProjector (skipped: no software Vulkan driver; an installed Chromium on Linux brings one)'
    : 'openWebgpuProjector';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Runs one scenario in a process that is left to end by itself. */
function run(name: string, environment: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    const script = path.join(import.meta.dirname, 'testing/webgpuScenarios.ts');
    const child = spawn(process.execPath, [script, name], { env: environment, timeout: 50_000 });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
}

/** What a scenario found, after a clean end: no crash at exit, nothing that keeps the process alive, no complaint. */
async function found<Result>(name: string): Promise<Result> {
  const { code, signal, out, err } = await run(name, { ...process.env, ...driver });
  expect({ code, signal, err }).toEqual({ code: 0, signal: null, err: '' });
  return JSON.parse(out) as Result;
}

/** Closer than the tolerance that webgpuProjector.ts states: a fifth of it here, where no voxel is large. */
function expectSame(differences: readonly Difference[]): void {
  expect(differences.length).toBeGreaterThan(0);
  for (const difference of differences) {
    const { case: name, highest, most, mean } = difference;
    expect(highest, name).toBeGreaterThan(1);
    expect(most, name).toBeLessThan(2e-5);
    expect(mean, name).toBeLessThan(1e-6);
  }
}

describe.skipIf(driver === null)(title, () => {
  it('gives the chords of a box', async () => {
    expect((await found<Difference>('chords')).most).toBeLessThan(2e-6);
  });

  it('gives the CPU’s picture of grain and metal from every side, exact and trilinear, with ends of air and continued', async () => {
    expectSame(await found<Difference[]>('compare'));
  });

  it('gives the same numbers in parts, in several submissions and once more', async () => {
    const result = await found<{ rowsSame: boolean; bands: Difference[]; repeats: boolean }>('parts');
    expect(result).toMatchObject({ rowsSame: true, repeats: true });
    expectSame(result.bands);
  });

  it('takes volumes one after another and side by side, and nothing after it is closed', async () => {
    const result = await found<{ differences: Difference[]; air: boolean; afterClose: string }>('volumes');
    expectSame(result.differences);
    expect(result).toMatchObject({ air: true, afterClose: 'cancelled' });
  });

  it('says that a lost device crashed, and takes a new one for the next picture', async () => {
    const result = await found<{ underway: string; next: Difference[]; closing: string }>('loss');
    expect(result).toMatchObject({ underway: 'compute-crashed', closing: 'cancelled' });
    expectSame(result.next);
  });

  it('takes software only where it is asked for, and says what it is', async () => {
    const result = await found<{ unasked: boolean; name: string; clock: boolean }>('adapters');
    expect(result.unasked).toBe(false);
    expect(result.name).toMatch(/SwiftShader.*software/);
    expect(result.clock).toBe(true);
  });

  it('is chosen where there is a processor that holds the volume, and says why where it does not', async () => {
    const result = await found<Record<string, string>>('choice');
    expect(result).toEqual({
      asked: expect.stringMatching(/^webgpu: .*software/) as unknown,
      askedTooLong: 'too-large',
      software: 'cpu: 1 thread',
      processor: 'webgpu: SwiftShader driver 5.0.0',
      tooLong: expect.stringMatching(
        /^cpu: 1 thread\. The CT volume does not fit on the graphics/,
      ) as unknown,
    });
  });
});

/** Vulkan's loader reads this folder whatever the environment says. */
const driverForAll = existsSync('/etc/vulkan/icd.d');

describe.skipIf(process.platform !== 'linux' || driverForAll)(
  'openWebgpuProjector where no Vulkan driver is installed',
  () => {
    it('leaves the work to the CPU without a word on the terminal', async () => {
      const nowhere = {
        HOME: folder,
        XDG_DATA_DIRS: folder,
        XDG_CONFIG_DIRS: folder,
        PATH: process.env['PATH'],
      };
      expect(await run('none', nowhere)).toEqual({
        code: 0,
        signal: null,
        out: '{"chosen":"cpu","asked":"backend-unavailable"}\n',
        err: '',
      });
    });
  },
);

describe('straightLines', () => {
  it('gives every entry of the tissue table again', () => {
    const lines = straightLines(tissueTable);
    expect(lines.length).toBeLessThan(16);
    let line = 0;
    for (let hounsfield = -32_768; hounsfield <= 32_767; hounsfield++) {
      while (line + 1 < lines.length && lines[line + 1]!.from <= hounsfield) line++;
      const { base, slope } = lines[line]!;
      for (const tissue of [0, 1] as const) {
        const wanted = tissueTable[2 * (hounsfield + 32_768) + tissue]!;
        const apart = Math.abs(base[tissue] + slope[tissue] * hounsfield - wanted);
        if (apart > 1e-8) expect({ hounsfield, apart }).toBeUndefined();
      }
    }
  });
});
