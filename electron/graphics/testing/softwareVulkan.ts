/** A Vulkan driver that is a program on the CPU, so that the WebGPU projector is tested where there is no graphics card. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** Where installed browsers keep SwiftShader and Vulkan's loader beside their program. */
const browserFolders = ['/usr/lib/chromium', '/opt/google/chrome', '/usr/lib/chromium-browser'];

const manifest = 'vk_swiftshader_icd.json';

/**
 * The environment in which a process finds SwiftShader: that of an installed browser, else the one in the npm package
 * `@sparticuz/chromium`, which is unpacked into `folder`. Null where there is neither (anything but Linux, for one).
 * It must stand before the process starts, because its dynamic linker reads it.
 */
export function softwareVulkan(folder: string): Record<string, string> | null {
  if (process.platform !== 'linux') return null;
  const found = browserFolders.find(
    (place) => existsSync(path.join(place, manifest)) && existsSync(path.join(place, 'libvulkan.so.1')),
  );
  const place = found ?? unpacked(folder);
  if (place === null) return null;
  const driver = path.join(place, manifest);
  // Loaders of before 2022 know the first name only, later ones prefer the second.
  return { VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: place };
}

function unpacked(folder: string): string | null {
  if (process.arch !== 'x64') return null;
  const require = createRequire(import.meta.url);
  let archive: string;
  try {
    archive = path.join(path.dirname(require.resolve('@sparticuz/chromium')), '../bin/swiftshader.tar.br');
  } catch {
    return null;
  }
  if (!existsSync(archive)) return null;
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-x', '-C', folder], { input: brotliDecompressSync(readFileSync(archive)) });
  return folder;
}
