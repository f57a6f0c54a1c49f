/**
 * `node build/package.ts`: bundles the app and packs it with Electron for this machine's system, without
 * publishing. Electron's binary must be downloadable. The fuses that build/electron-builder.json burns leave
 * no way to run the packed app as Node, to debug it from outside or to swap its code.
 */
import { readFile } from 'node:fs/promises';
import { build, type Configuration } from 'electron-builder';
import { bundleApp } from './bundle.ts';

await bundleApp();
const config = JSON.parse(
  await readFile(new URL('./electron-builder.json', import.meta.url), 'utf8'),
) as Configuration;
const made = await build({ config, publish: 'never' });
console.log(made.join('\n'));
