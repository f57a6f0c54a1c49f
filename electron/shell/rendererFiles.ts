import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CalcarError } from '../contract/errors.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const builtFolder = join(root, 'dist/renderer');
/** What the built renderer is made of: a change in any of it makes the build stale. */
const sources = ['renderer', 'electron/contract', 'package-lock.json'];

/** Time of the last change of anything at or under a path, in ms; 0 when it is not there. */
async function lastChange(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (found === null) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await readdir(path);
  const changes = await Promise.all(names.map((name) => lastChange(join(path, name))));
  return Math.max(found.mtimeMs, ...changes);
}

/**
 * The built renderer, file by file; builds it first when it is missing or older than its sources.
 *
 * @throws CalcarError 'internal' when the build fails
 */
export async function openRendererFiles(): Promise<(path: string) => Promise<Uint8Array | null>> {
  const built = await lastChange(join(builtFolder, 'index.html'));
  const changed = Math.max(...(await Promise.all(sources.map((path) => lastChange(join(root, path))))));
  if (built < changed) await buildRenderer();
  return (path) => readFile(join(builtFolder, path)).catch(() => null);
}

async function buildRenderer(): Promise<void> {
  try {
    const { build } = await import('vite');
    await build({ configFile: join(root, 'renderer/vite.config.ts'), logLevel: 'error' });
  } catch (error) {
    throw new CalcarError(
      'internal',
      'The screens could not be built. Run `npm ci`, then `npm run build:renderer`, which prints the reason.',
      error,
    );
  }
}
