/**
 * Brings the npm package that npm itself dropped: npm 10 runs the install script of @tensorflow/tfjs-node-gpu
 * whatever package.json allows, the script fails on a closed network, and npm then removes the optional package
 * with everything that only it needs.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from './commands.mjs';
import { SetupFailure } from './failure.mjs';

/**
 * Unpacks every package of the lock file that `name` needs and that is not in node_modules, each checked
 * against the lock file's integrity.
 *
 * @returns {Promise<number>} how many were brought
 */
export async function bringPackage(projectFolder, name) {
  const lock = JSON.parse(fs.readFileSync(path.join(projectFolder, 'package-lock.json'), 'utf8')).packages;
  const missing = neededBy(lock, `node_modules/${name}`).filter(
    (place) => !fs.existsSync(path.join(projectFolder, place, 'package.json')),
  );
  if (missing.length === 0) return 0;
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'calcar-npm-'));
  try {
    const specs = missing.map((place) => `${nameOf(place)}@${lock[place].version}`);
    const packed = await npm(
      ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch, ...specs],
      scratch,
    );
    if (!packed.ok) {
      throw new SetupFailure(
        `npm could not bring ${name}`,
        'connect to the network, then node build/setup.mjs',
        packed.error,
      );
    }
    const answers = new Map(
      JSON.parse(packed.out).map((answer) => [`${answer.name}@${answer.version}`, answer]),
    );
    // The package itself comes last: while it is missing the next set-up starts over.
    for (const place of missing.reverse()) {
      const spec = `${nameOf(place)}@${lock[place].version}`;
      const file = path.join(scratch, answers.get(spec).filename.replace('@', '').replace('/', '-'));
      checkIntegrity(file, lock[place].integrity, spec);
      await unpack(file, path.join(projectFolder, place));
    }
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  return missing.length;
}

/** The places in the lock file that a place needs, itself first, found as Node finds modules. */
export function neededBy(lock, start) {
  const found = [];
  const waiting = [start];
  while (waiting.length > 0) {
    const place = waiting.pop();
    if (found.includes(place) || lock[place] === undefined) continue;
    found.push(place);
    for (const dependency of Object.keys(lock[place].dependencies ?? {})) {
      const target = resolve(lock, place, dependency);
      if (target !== null) waiting.push(target);
    }
  }
  return found;
}

function resolve(lock, from, dependency) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = folder === '' ? `node_modules/${dependency}` : `${folder}/node_modules/${dependency}`;
    if (lock[place] !== undefined) return place;
    if (folder === '') return null;
  }
}

const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

function npm(args, cwd) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? run(process.execPath, [cli, ...args], { cwd }) : run('npm', args, { cwd });
}

function checkIntegrity(file, integrity, spec) {
  const [algorithm, expected] = integrity.split(/-(.*)/s);
  if (createHash(algorithm).update(fs.readFileSync(file)).digest('base64') === expected) return;
  throw new SetupFailure(
    `the registry sent a ${spec} that is not the one in package-lock.json`,
    'check where npm downloads from (npm config get registry), then node build/setup.mjs',
  );
}

async function unpack(file, folder) {
  const partial = `${folder}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  const done = await run('tar', ['-xzf', file, '-C', partial, '--strip-components=1']);
  if (!done.ok)
    throw new SetupFailure(
      `${path.basename(file)} could not be unpacked`,
      'node build/setup.mjs',
      done.error,
    );
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(partial, folder);
}
