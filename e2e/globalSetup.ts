import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFilms } from './writeFilms.ts';

/** Simulates the films once for all specs. Returns the way to clear them away. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'calcar-e2e-films-'));
  await writeFilms(folder);
  process.env['CALCAR_E2E_FILMS'] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
