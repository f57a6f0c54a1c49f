import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoOutput, failedOutput, filmsOutput, readOutput, verifyOutput } from '../contract/cli.ts';
import { hasDisplay } from './startCommand.ts';
import { openStation } from '../station/openStation.ts';
import { smallFilm } from '../station/testing/films.ts';
import { seeded } from '../random/random.ts';
import {
  classifierLayers,
  defaultClassifierConfig,
  defaultLocalizerConfig,
  initialParameters,
  localizerLayers,
  modelFiles,
  writeWeights,
} from '../../models/index.ts';

let folder: string;
let home: string;

/** Models of the shipped shapes that learned nothing: the whole way from file to answer, and no meaning in it. */
async function writeUntrainedModels(folder: string): Promise<void> {
  const random = seeded(1);
  const uniform = (): number => random.uniform();
  mkdirSync(folder, { recursive: true });
  const localizer = await writeWeights({
    network: 'localizer',
    config: defaultLocalizerConfig,
    parameters: initialParameters(localizerLayers(defaultLocalizerConfig), uniform),
  });
  const classifier = await writeWeights({
    network: 'classifier',
    config: defaultClassifierConfig,
    parameters: initialParameters(classifierLayers(defaultClassifierConfig), uniform),
  });
  writeFileSync(join(folder, modelFiles.localizer), localizer);
  writeFileSync(join(folder, modelFiles.classifier), classifier);
  writeFileSync(join(folder, modelFiles.card), 'Untrained: its answers mean nothing.\n\n# Untrained\n');
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `calcar` as a person does, in a process of its own. */
function calcar(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], {
      env: {
        ...process.env,
        CALCAR_HOME: home,
        CALCAR_MODELS: join(folder, 'models'),
        CALCAR_BACKEND: 'wasm',
        ...environment,
      },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-cli-'));
  home = join(folder, 'home');
  await writeUntrainedModels(join(folder, 'models'));
  mkdirSync(join(folder, 'films', 'deeper'), { recursive: true });
  writeFileSync(join(folder, 'films', 'a.dcm'), smallFilm(1, 'Doe^Jane', 400));
  writeFileSync(join(folder, 'films', 'deeper', 'b.dcm'), smallFilm(2, 'Doe^John', 400));
  writeFileSync(join(folder, 'broken.dcm'), smallFilm(3).subarray(0, 900));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('calcar read', { timeout: 180_000 }, () => {
  it('reads a folder, stores the reads and draws the pictures', async () => {
    const { code, out, err } = await calcar(['read', join(folder, 'films'), '--json']);
    expect(err).not.toContain('    at ');
    expect(code).toBe(0);
    const { model, stored, files } = readOutput.parse(JSON.parse(out));
    expect(model).toMatchObject({ name: 'Untrained', warning: 'Untrained: its answers mean nothing.' });
    expect(stored).toBe(true);
    expect(files.map((file) => file.file.slice(folder.length + 1))).toEqual([
      join('films', 'a.dcm'),
      join('films', 'deeper', 'b.dcm'),
    ]);
    for (const file of files) {
      expect(file.finding?.modelHash).toBe(model?.hash);
      expect(PNG.sync.read(readFileSync(file.picture!)).width).toBeGreaterThan(400);
    }

    const films = filmsOutput.parse(JSON.parse((await calcar(['films', '--json'])).out));
    expect(films.map((film) => film.fileName).sort()).toEqual(['a.dcm', 'b.dcm']);
    const verified = await calcar(['db', 'verify', '--json']);
    expect(verified.code).toBe(0);
    expect(verifyOutput.parse(JSON.parse(verified.out))).toMatchObject({ reads: 2, brokenAt: null });
  });

  it('goes on after files that cannot be used, says why, and ends with 1', async () => {
    const { code, out } = await calcar([
      'read',
      join(folder, 'missing.dcm'),
      join(folder, 'broken.dcm'),
      join(folder, 'films', 'a.dcm'),
    ]);
    expect(code).toBe(1);
    expect(out).toContain('There is no such file');
    expect(out.match(/Cannot be used/g)).toHaveLength(2);
    expect(out).toContain('a.dcm');
    expect(out).toContain('Untrained: its answers mean nothing.');
  });

  it('keeps nothing under --no-store', async () => {
    const elsewhere = join(folder, 'untouched');
    const pictures = join(folder, 'pictures');
    const { code, out } = await calcar(
      ['read', '--no-store', '--out', pictures, '--json', join(folder, 'films', 'a.dcm')],
      { CALCAR_HOME: elsewhere },
    );
    expect(code).toBe(0);
    expect(readOutput.parse(JSON.parse(out))).toMatchObject({
      stored: false,
      files: [{ file: expect.any(String) as string }],
    });
    expect(readdirSync(pictures)).toHaveLength(1);
    expect(readdirSync(folder)).not.toContain('untouched');
  });
});

it('calcar demo reads simulated films with the truth beside them', { timeout: 180_000 }, async () => {
  const { code, out } = await calcar(['demo', '--patients', '1', '--json']);
  expect(code).toBe(0);
  const { files } = demoOutput.parse(JSON.parse(out));
  expect(files).toHaveLength(1);
  expect(files[0]!.finding?.warnings.map((warning) => warning.kind)).toContain('simulated');
  expect(files[0]!.truth.map(({ laterality, grade }) => `${laterality} ${grade}`).sort()).toEqual([
    'left III',
    'right none',
  ]);
  // Never among real films.
  const films = filmsOutput.parse(JSON.parse((await calcar(['films', '--json'])).out));
  expect(films.some((film) => film.simulated && film.fileName.startsWith('demo'))).toBe(false);
});

it('knows where a window can be opened', () => {
  expect(hasDisplay('linux', {})).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true);
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  expect(hasDisplay('darwin', {})).toBe(true);
});

describe('exit codes', { timeout: 180_000 }, () => {
  it.each([
    ['no file', ['read']],
    ['an unknown command', ['frobnicate']],
    ['too many patients', ['demo', '--patients', '21']],
  ])('2 for %s', async (_, words) => {
    const { code, err } = await calcar(words);
    expect(code).toBe(2);
    expect(err).not.toContain('    at ');
  });

  it('0 for --help, which names every code and command', async () => {
    const { code, out } = await calcar(['--help']);
    expect(code).toBe(0);
    for (const word of ['read', 'demo', 'films', 'db', 'doctor', 'start', 'Exit codes', 'CALCAR_HOME'])
      expect(out).toContain(word);
  });

  it('3 for a folder in use, a damaged database and a file for a folder', async () => {
    const dataDir = join(folder, 'taken');
    const station = await openStation({ dataDir, door: 'this test', compute: false });
    const taken = await calcar(['films', '--json'], { CALCAR_HOME: dataDir });
    await station.close();
    expect(taken.code).toBe(3);
    expect(failedOutput.parse(JSON.parse(taken.out)).error).toMatchObject({
      kind: 'folder-in-use',
      sentence: expect.stringContaining('this test') as string,
    });

    truncateSync(join(dataDir, 'calcar.sqlite'), 4096);
    const damaged = await calcar(['db', 'verify'], { CALCAR_HOME: dataDir });
    expect(damaged.code).toBe(3);
    expect(damaged.err.replace(/\s+/g, ' ')).toContain('is damaged and was not opened');
    expect((await calcar(['films'], { CALCAR_HOME: join(folder, 'broken.dcm') })).code).toBe(2);
  });

  it('4 without models', async () => {
    const { code, err } = await calcar(['read', join(folder, 'films', 'a.dcm')], {
      CALCAR_HOME: join(folder, 'home-without-models'),
      CALCAR_MODELS: join(folder, 'no-models'),
    });
    expect(code).toBe(4);
    expect(err).toContain('calcar train');
    expect(err).not.toContain('    at ');
  });
});
