import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Cache {
  cached: (
    cache: string,
    name: string,
    fill: (folder: string) => unknown,
  ) => Promise<{ folder: string; made: boolean }>;
  cacheFolder: (environment: Record<string, string>) => string;
}
interface NpmPackage {
  neededBy: (lock: Record<string, { dependencies?: Record<string, string> }>, start: string) => string[];
}

const build = path.dirname(fileURLToPath(import.meta.url));
const project = path.dirname(build);
const nativePackage = path.join('node_modules', '@tensorflow', 'tfjs-node-gpu');
// Plain JavaScript, because set-up runs before anything that strips types is installed.
const { cached, cacheFolder } = (await import(path.join(build, 'cache.mjs'))) as Cache;
const { neededBy } = (await import(path.join(build, 'npmPackage.mjs'))) as NpmPackage;

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'calcar-setup-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** A project as npm leaves it: the set-up scripts and the packages without anything native. */
async function freshProject(): Promise<string> {
  const folder = await mkdtemp(path.join(scratch, 'project-'));
  await cp(build, path.join(folder, 'build'), { recursive: true });
  await cp(path.join(project, 'package-lock.json'), path.join(folder, 'package-lock.json'));
  const modules = path.join(folder, 'node_modules');
  await mkdir(path.join(modules, '@tensorflow'), { recursive: true });
  for (const name of await readdir(path.join(project, 'node_modules'))) {
    if (name === '@tensorflow' || name.startsWith('.')) continue;
    await symlink(path.join(project, 'node_modules', name), path.join(modules, name));
  }
  for (const name of await readdir(path.join(project, 'node_modules', '@tensorflow'))) {
    if (name === 'tfjs-node-gpu') continue;
    await symlink(
      path.join(project, 'node_modules', '@tensorflow', name),
      path.join(modules, '@tensorflow', name),
    );
  }
  await cp(path.join(project, nativePackage), path.join(folder, nativePackage), {
    recursive: true,
    filter: (source) => !/tfjs-node-gpu\/(deps|lib)(\/|$)/.test(source),
  });
  return folder;
}

function runSetup(folder: string, environment: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['build/setup.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    env: { HOME: scratch, ...environment },
  });
  return { status, lines: (stdout + stderr).split('\n').filter((line) => line !== '') };
}

const isPackaged = existsSync(path.join(project, nativePackage, 'binding'));
const isSetUp = existsSync(path.join(project, nativePackage, 'deps', 'calcar.json'));

describe.skipIf(!isPackaged)('set-up on a machine that lacks', () => {
  it('Python and a compiler: one line with the loss and the command, and exit 0', async () => {
    const folder = await freshProject();
    const { status, lines } = runSetup(folder, {
      PATH: path.join(scratch, 'nothing'),
      CALCAR_CACHE: path.join(scratch, 'empty-cache'),
      CALCAR_TENSORFLOW: 'cpu',
    });
    expect(status).toBe(0);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('Python 3 and a C++ compiler are missing');
    expect(lines[0]).toContain('WebAssembly');
    expect(lines[0]).toContain('sudo apt-get install python3 python3-pip g++ && node build/setup.mjs');
  });

  it('a folder that can be written', async () => {
    const folder = await freshProject();
    const file = path.join(scratch, 'a-file');
    await writeFile(file, '');
    const { status, lines } = runSetup(folder, {
      PATH: process.env['PATH']!,
      CALCAR_CACHE: path.join(file, 'below'),
      CALCAR_TENSORFLOW: 'cpu',
    });
    expect(status).toBe(0);
    expect(lines).toHaveLength(1);
  });

  it('a package index', async () => {
    const folder = await freshProject();
    const { status, lines } = runSetup(folder, {
      PATH: process.env['PATH']!,
      CALCAR_CACHE: path.join(scratch, 'offline-cache'),
      CALCAR_TENSORFLOW: 'cpu',
      PIP_CONFIG_FILE: '/dev/null',
      PIP_NO_INDEX: '1',
    });
    expect(status).toBe(0);
    expect(lines.at(-1)).toContain('no package index gave tensorflow-cpu==2.21.0');
    // What was begun is taken away again.
    expect(await readdir(path.join(scratch, 'offline-cache'))).toEqual([]);
  });

  it('sense in CALCAR_TENSORFLOW', async () => {
    const { status, lines } = runSetup(await freshProject(), { PATH: '', CALCAR_TENSORFLOW: 'abacus' });
    expect(status).toBe(0);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("CALCAR_TENSORFLOW is 'abacus'");
  });
});

describe.skipIf(!isSetUp)('a second npm ci', () => {
  it('neither downloads nor compiles, and the binding loads', async () => {
    const folder = await freshProject();
    const stamp = path.join(project, nativePackage, 'deps', 'calcar.json');
    const isCuda = (await readFile(stamp, 'utf8')).includes('nvidia');
    const environment = {
      // Without Python and compiler it could do neither.
      PATH: path.join(scratch, 'nothing'),
      CALCAR_CACHE: cacheFolder(process.env as Record<string, string>),
      CALCAR_TENSORFLOW: isCuda ? 'cuda' : 'cpu',
    };
    const first = runSetup(folder, environment);
    expect(first.status).toBe(0);
    expect(first.lines).toHaveLength(1);
    expect(first.lines[0]).toMatch(/^Calcar: native TensorFlow for .* is ready\.$/);
    const binding = path.join(folder, nativePackage, 'lib', 'napi-v8', 'tfjs_binding.node');
    const load = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(binding)})`]);
    expect(load.status).toBe(0);
    expect(runSetup(folder, environment)).toEqual({ status: 0, lines: [] });
  });
});

describe('the cache', () => {
  const fill = (folder: string) => writeFile(path.join(folder, 'data'), 'whole');

  it('fills a folder once, and again when it was damaged', async () => {
    const cache = path.join(scratch, 'once');
    const { folder, made } = await cached(cache, 'thing', fill);
    expect(made).toBe(true);
    expect(await readFile(path.join(folder, 'data'), 'utf8')).toBe('whole');
    expect((await cached(cache, 'thing', fill)).made).toBe(false);
    await writeFile(path.join(folder, 'data'), 'who');
    expect((await cached(cache, 'thing', fill)).made).toBe(true);
    expect(await readFile(path.join(folder, 'data'), 'utf8')).toBe('whole');
    expect(await readdir(cache)).toEqual(['thing']);
  });

  it('keeps nothing of a filling that failed', async () => {
    const cache = path.join(scratch, 'failed');
    const noSpace = async (folder: string) => {
      await fill(folder);
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    };
    await expect(cached(cache, 'thing', noSpace)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readdir(cache)).toEqual([]);
  });

  it('lets two set-ups at once both end with a whole folder', async () => {
    const cache = path.join(scratch, 'both');
    const results = await Promise.all([1, 2, 3].map(() => cached(cache, 'thing', fill)));
    for (const { folder } of results) {
      expect(await readFile(path.join(folder, 'data'), 'utf8')).toBe('whole');
    }
    expect(await readdir(cache)).toEqual(['thing']);
  });

  it('removes what a set-up left that was killed half-way', async () => {
    const cache = path.join(scratch, 'killed');
    const program = `
      import { cached } from ${JSON.stringify(path.join(build, 'cache.mjs'))};
      await cached(${JSON.stringify(cache)}, 'thing', () => {
        console.log('filling');
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await readdir(cache)).toHaveLength(1);
    await cached(cache, 'thing', fill);
    expect(await readdir(cache)).toEqual(['thing']);
  });
});

describe('what npm dropped', () => {
  it('is found in the lock file as Node would find it', () => {
    const lock = {
      'node_modules/a': { dependencies: { b: '1', c: '1' } },
      'node_modules/a/node_modules/b': { dependencies: { c: '2' } },
      'node_modules/b': { dependencies: { d: '1' } },
      'node_modules/c': { dependencies: { a: '1' } },
      'node_modules/d': {},
    };
    expect(neededBy(lock, 'node_modules/a').sort()).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ]);
  });
});
