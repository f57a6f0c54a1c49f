#!/usr/bin/env node
// The installed `calcar`. Calcar's source is TypeScript that only its own Node 24 runs, so this file, which any
// Node runs, hands the command line over to it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(realpathSync(fileURLToPath(import.meta.url)));
const root = path.resolve(here, '../..');
const require = createRequire(import.meta.url);

/** Node as npm brought it for this machine: one of the optional `node-…` packages. */
function ownNode() {
  const { optionalDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const name of Object.keys(optionalDependencies).filter((dependency) =>
    dependency.startsWith('node-'),
  )) {
    try {
      const folder = path.dirname(require.resolve(`${name}/package.json`));
      for (const file of ['bin/node', 'bin/node.exe', 'node.exe']) {
        const node = path.join(folder, file);
        if (existsSync(node)) return node;
      }
    } catch {
      // Not the package of this machine.
    }
  }
  return null;
}

const major = Number(process.versions.node.split('.')[0]);
const node = ownNode() ?? (major >= 24 ? process.execPath : null);
if (node === null) {
  console.error(
    `Calcar brings its own Node 24, which is missing here, and this Node (${process.versions.node}) is too old. ` +
      'Run npm ci in the folder of Calcar.',
  );
  process.exit(70);
}
const child = spawn(node, [path.join(here, 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of signals) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`Calcar could not be started: ${error.message}`);
  process.exit(70);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 70);
  // Ends as the child did, so that a shell sees the signal.
  for (const each of signals) process.removeAllListeners(each);
  process.kill(process.pid, signal);
});
