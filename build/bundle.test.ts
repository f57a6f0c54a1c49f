import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleModules, bundlePreload, entries } from './bundle.ts';

describe('what Electron runs', () => {
  let app: string;
  let modules: { path: string; code: string }[];

  beforeAll(async () => {
    app = await mkdtemp(join(tmpdir(), 'calcar-bundle-'));
    await bundleModules(app);
    await bundlePreload(app);
    const paths = (await readdir(app, { recursive: true })).filter((path) => /\.c?js$/.test(path));
    modules = await Promise.all(
      paths.map(async (path) => ({ path, code: await readFile(join(app, path), 'utf8') })),
    );
  });
  afterAll(() => rm(app, { recursive: true }));

  it('has every process and worker where the checkout has it, and names no TypeScript file', async () => {
    for (const entry of entries) await access(join(app, entry.replace(/\.ts$/, '.js')));
    for (const { path, code } of modules) expect(code, path).not.toMatch(/['"]\.{1,2}\/[^'"\n]*\.ts['"]/);
  });

  it('has every file that a URL names beside it', async () => {
    const started = modules.flatMap(({ path, code }) =>
      [...code.matchAll(/new URL\(['"]([^'"]+\.c?js)['"]/g)].map((match) => join(app, path, '..', match[1]!)),
    );
    expect(started.length).toBeGreaterThan(2);
    for (const file of started) await access(file);
  });

  it('gives the sandboxed preload nothing but Electron', () => {
    const preload = modules.find(({ path }) => path.endsWith('preload.cjs'))!;
    const required = [...preload.code.matchAll(/require\(['"]([^'"]+)['"]\)/g)].map((match) => match[1]);
    expect(required).toEqual(['electron']);
    for (const name of builtinModules) expect(preload.code).not.toContain(`"node:${name}"`);
  });

  it('keeps Electron out of everything but main and preload', () => {
    const knowing = modules
      .filter(({ code }) => /(?:from|require\()\s*['"]electron['"]/.test(code))
      .map(({ path }) => path.split('/').slice(0, 2).join('/'));
    expect(new Set(knowing)).toEqual(new Set(['electron/main', 'electron/preload']));
  });
});
