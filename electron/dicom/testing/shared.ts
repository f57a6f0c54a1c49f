import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

/** A folder of real test files beside the repository; null where this machine does not have it. */
export function sharedData(folder: string): string | null {
  const path = `${root}${folder}`;
  if (existsSync(path)) return path;
  process.stdout.write(`skipped: the real test files of ../shared/data/${folder} are not on this machine\n`);
  return null;
}

/** True where a command of dcmtk, GDCM or dicom3tools is installed. */
export function hasTool(command: string): boolean {
  if (spawnSync('which', [command]).status === 0) return true;
  process.stdout.write(`skipped: ${command} is not installed\n`);
  return false;
}
