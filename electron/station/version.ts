import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const packageFile = z.object({ name: z.literal('calcar'), version: z.string() });

/** Calcar's version, from the nearest package.json above this file that is its own. */
export const stationVersion = findVersion(import.meta.dirname);

function findVersion(folder: string): string {
  const path = join(folder, 'package.json');
  if (existsSync(path)) {
    const parsed = packageFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (parsed.success) return parsed.data.version;
  }
  const above = dirname(folder);
  return above === folder ? 'unknown' : findVersion(above);
}
