import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  classifierLayers,
  defaultClassifierConfig,
  defaultLocalizerConfig,
  initialParameters,
  localizerLayers,
  modelFiles,
  writeWeights,
} from '../../models/index.ts';
import type { ComputeState } from '../contract/api.ts';
import type { GreyImage } from '../contract/image.ts';
import { reading } from '../contract/reading.ts';
import type { FilmTags } from '../contract/reading.ts';
import { seeded } from '../random/random.ts';
import { forkCompute, forkFile, type ChildPort, type SpawnCompute } from './childPort.ts';
import { startCompute, type ComputeClient, type ComputeOptions } from './client.ts';

const tags: FilmTags = {
  modality: 'DX',
  bodyPart: 'HIP',
  view: 'AP',
  laterality: 'left',
  lossy: false,
  simulated: true,
  uncalibrated: false,
  invertedPhotometric: false,
  notes: [],
};

const film: GreyImage = {
  rows: 300,
  columns: 280,
  values: Float32Array.from({ length: 300 * 280 }, (_, i) => {
    const [x, y] = [(i % 280) / 280, Math.floor(i / 280) / 300];
    return 1000 * Math.sin(3 * x) + 400 * Math.cos(5 * y);
  }),
};
const wholeFilm = { x: 40, y: 40, width: 200, height: 200 };

// Every test starts real processes, which take their time where other tests run beside.
vi.setConfig({ testTimeout: 240_000 });

let folder: string;
const clients: ComputeClient[] = [];

beforeAll(async () => {
  // Untrained networks of the shipped shapes: the process is what is tested, not the answers.
  folder = await mkdtemp(path.join(os.tmpdir(), 'calcar-compute-'));
  const random = seeded(1);
  const uniform = () => random.between(0, 1);
  const networks = [
    ['localizer', defaultLocalizerConfig, localizerLayers(defaultLocalizerConfig)],
    ['classifier', defaultClassifierConfig, classifierLayers(defaultClassifierConfig)],
  ] as const;
  for (const [network, config, layers] of networks) {
    const parameters = initialParameters(layers, uniform);
    await writeFile(
      path.join(folder, modelFiles[network]),
      await writeWeights({ network, config, parameters }),
    );
  }
  await writeFile(path.join(folder, modelFiles.card), 'Untrained, for tests.\n\n# Untrained\n');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const client of clients.splice(0)) await client.close();
});
afterAll(() => rm(folder, { recursive: true }));

function start(options: Partial<ComputeOptions> = {}): ComputeClient {
  // wasm starts in half a second and is there on every machine.
  if (process.env['CALCAR_BACKEND'] === undefined) vi.stubEnv('CALCAR_BACKEND', 'wasm');
  const client = startCompute({ modelFolder: folder, ...options });
  clients.push(client);
  return client;
}

function waitFor(client: ComputeClient, wanted: ComputeState['state']): Promise<ComputeState> {
  return new Promise((resolve) => {
    if (client.state().state === wanted) resolve(client.state());
    const stop = client.subscribe((state) => {
      if (state.state !== wanted) return;
      stop();
      resolve(state);
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Stops the process where it stands, so that a job that is sent to it is running and stays so. */
function freeze(client: ComputeClient): number {
  const pid = client.pid()!;
  process.kill(pid, 'SIGSTOP');
  return pid;
}

/** A child that is no compute process: the given program, told to us by its exit alone. */
async function impostor(program: string): Promise<SpawnCompute> {
  const file = path.join(folder, `impostor-${program.length}.mjs`);
  await writeFile(file, program);
  return (args) => forkFile(file, args);
}

describe('the compute process', () => {
  it('starts, names backend and model, and reads', async () => {
    const client = start();
    expect(client.state().state).toBe('starting');
    const answer = await client.read(film, tags);
    expect(reading.parse(answer.reading)).toEqual(answer.reading);
    expect(answer.backend).toBe('wasm');
    expect(answer.model).toMatchObject({ name: 'Untrained', warning: 'Untrained, for tests.' });
    expect(client.state()).toMatchObject({ state: 'ready', backend: { name: 'wasm', chosen: true } });
    const map = await client.saliency(film, wholeFilm, 'III-IV');
    expect(map.values).toHaveLength(map.rows * map.columns);
    expect(map.of).toBe('III-IV');
  });

  it('surveys every backend with progress and goes on with its own', async () => {
    const client = start();
    const labels: string[] = [];
    const survey = await client.survey({ onProgress: ({ label }) => labels.push(label) });
    expect(labels).toEqual(['tensorflow', 'webgpu', 'wasm', 'cpu']);
    expect(survey.backends.filter(({ chosen }) => chosen).map(({ name }) => name)).toEqual(['wasm']);
    expect((await client.read(film, tags)).backend).toBe('wasm');
  });

  it('refuses pixels that do not fit their size', async () => {
    const client = start();
    await expect(client.read({ ...film, rows: 10 }, tags)).rejects.toMatchObject({ kind: 'invalid-input' });
    await expect(client.read(film, tags)).resolves.toBeDefined();
  });

  it('says so when there are no models, and keeps running', async () => {
    const client = start({ modelFolder: path.join(folder, 'nowhere') });
    await expect(client.read(film, tags)).rejects.toMatchObject({ kind: 'model-missing' });
    expect(client.state()).toMatchObject({ state: 'ready' });
    expect(client.state().sentence).toContain('could not be read');
    expect(client.model()).toBeNull();
  });

  it('fails for good, with the reason, when the forced backend is not to be had', async () => {
    vi.stubEnv('CALCAR_BACKEND', 'abacus');
    const client = start();
    await expect(client.read(film, tags)).rejects.toMatchObject({ kind: 'backend-unavailable' });
    expect(client.state().state).toBe('failed');
    await expect(client.read(film, tags)).rejects.toThrow('abacus');
  });

  it('is gone once it is closed', async () => {
    const client = start();
    await waitFor(client, 'ready');
    const pid = client.pid()!;
    await client.close();
    expect(isAlive(pid)).toBe(false);
  });
});

describe('kill -9 of the station', () => {
  it('ends its compute process too', async () => {
    const program = `
      import { startCompute } from ${JSON.stringify(path.join(import.meta.dirname, 'client.ts'))};
      const client = startCompute({ modelFolder: ${JSON.stringify(folder)} });
      client.subscribe(({ state }) => state === 'ready' && console.log(client.pid()));`;
    const station = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, CALCAR_BACKEND: 'wasm' },
    });
    const pid = await new Promise<number>((resolve) => {
      station.stdout.setEncoding('utf8').once('data', (text) => {
        resolve(Number(text));
      });
    });
    expect(isAlive(pid)).toBe(true);
    station.kill('SIGKILL');
    await vi.waitUntil(() => !isAlive(pid), { timeout: 60_000 });
  });
});

describe('kill -9 of the compute process', () => {
  it('is said, mended, and loses neither the running nor the waiting reads', async () => {
    const client = start();
    const before = await client.read(film, tags);
    const states: string[] = [];
    client.subscribe(({ state }) => states.push(state));
    const pid = freeze(client);
    const reads = [client.read(film, tags), client.read(film, tags)];
    process.kill(pid, 'SIGKILL');
    const after = await Promise.all(reads);
    expect(states).toEqual(['restarting', 'ready']);
    expect(client.pid()).not.toBe(pid);
    for (const { reading: answer } of after) {
      expect(answer.outcome).toBe(before.reading.outcome);
      expect(answer.hips).toEqual(before.reading.hips);
    }
  });

  it('twice over one film gives that film up and no other', async () => {
    const client = start();
    await waitFor(client, 'ready');
    let kills = 0;
    const killOverJob = () => {
      const pid = freeze(client);
      setTimeout(() => process.kill(pid, 'SIGKILL'), 50);
      kills++;
    };
    client.subscribe(({ state }) => {
      // The retry is sent right after 'ready' is told, so it runs, frozen, when the process is killed.
      if (state === 'ready' && kills === 1) killOverJob();
    });
    killOverJob();
    const poison = client.read(film, tags);
    const innocent = client.read(film, tags);
    await expect(poison).rejects.toMatchObject({ kind: 'compute-crashed' });
    await expect(innocent).resolves.toBeDefined();
    expect(kills).toBe(2);
  });

  it('while nothing runs costs nothing', async () => {
    const client = start();
    await waitFor(client, 'ready');
    process.kill(client.pid()!, 'SIGKILL');
    await waitFor(client, 'restarting');
    await expect(client.read(film, tags)).resolves.toBeDefined();
  });
});

describe('a process that cannot live', () => {
  const limits = { deathsInARow: 3, backOffMs: 10 };

  it('is given up after some deaths in a row, and says so', async () => {
    const started: string[][] = [];
    const spawn = await impostor('process.exit(3);');
    const client = start({
      limits,
      spawn: (args) => {
        started.push(args.without);
        return spawn(args);
      },
    });
    await expect(client.read(film, tags)).rejects.toMatchObject({ kind: 'compute-crashed' });
    expect(client.state()).toMatchObject({ state: 'failed' });
    expect(client.state().sentence).toContain('3 times in a row');
    // Native TensorFlow is left out after two deaths before the process was ready.
    expect(started).toEqual([[], [], ['tensorflow']]);
    await expect(client.read(film, tags)).rejects.toMatchObject({ kind: 'compute-crashed' });
  });

  it('does without the backend that it was trying when it died twice', async () => {
    const started: string[][] = [];
    const spawn = await impostor(
      "process.send({ kind: 'trial', backend: 'webgpu' }, () => process.exit(3));",
    );
    const client = start({
      limits,
      spawn: (args) => {
        started.push(args.without);
        return spawn(args);
      },
    });
    await waitFor(client, 'failed');
    expect(started).toEqual([[], [], ['webgpu']]);
  });

  it('that hangs at its start is ended', async () => {
    const spawn = await impostor('setInterval(() => undefined, 1000);');
    const client = start({ spawn, limits: { ...limits, deathsInARow: 1, startMs: 200 } });
    await waitFor(client, 'failed');
    expect(client.pid()).toBeNull();
  });

  it('that hangs over a film is ended and the film read by the next', async () => {
    const ports: ChildPort[] = [];
    const client = start({
      limits: { jobMs: 10_000 },
      spawn: (args) => {
        const port = forkCompute(args);
        ports.push(port);
        return port;
      },
    });
    await waitFor(client, 'ready');
    freeze(client);
    await expect(client.read(film, tags)).resolves.toBeDefined();
    expect(ports).toHaveLength(2);
  });
});

describe('cancel', () => {
  it('drops a job that waits and throws away the answer of one that runs', async () => {
    const client = start();
    await waitFor(client, 'ready');
    const pid = freeze(client);
    const control = new AbortController();
    const running = client.read(film, tags, { signal: control.signal });
    const waiting = client.read(film, tags, { signal: control.signal });
    const refusals = [running, waiting].map((job) =>
      expect(job).rejects.toMatchObject({ kind: 'cancelled' }),
    );
    control.abort();
    await Promise.all(refusals);
    process.kill(pid, 'SIGCONT');
    await expect(client.read(film, tags)).resolves.toBeDefined();
    await expect(client.read(film, tags, { signal: control.signal })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});
