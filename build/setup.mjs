/**
 * Sets up native TensorFlow after `npm ci`: everything it fetches or compiles is kept outside node_modules, so a
 * second `npm ci` only links it in. It never fails an install: what cannot be had is named in one line, and the
 * station runs on WebAssembly.
 *
 * CALCAR_TENSORFLOW=cpu|cuda|none chooses the build (cuda where an NVIDIA driver answers, else cpu).
 * CALCAR_CACHE is the folder that keeps it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, isWhole } from './cache.mjs';
import { run } from './commands.mjs';
import { asSetupFailure, describeFailure, SetupFailure } from './failure.mjs';
import { bringPackage } from './npmPackage.mjs';
import {
  binding,
  bindingName,
  install,
  isInstalled,
  library,
  libraryName,
  missingTools,
} from './tensorflow.mjs';
import { cudaWheels, processorWheels } from './wheels.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const npmPackage = '@tensorflow/tfjs-node-gpu';
const packageFolder = path.join(project, 'node_modules', npmPackage);

/** The wheel sets to try, best first. */
async function wheelSets() {
  const machine = `${process.platform}-${process.arch}`;
  const processor = processorWheels[machine];
  if (processor === undefined) {
    throw new SetupFailure(`there is no tested build of it for ${process.platform} on ${process.arch}`, null);
  }
  const asked = process.env.CALCAR_TENSORFLOW ?? ((await hasNvidiaDriver()) ? 'cuda' : 'cpu');
  if (!['cpu', 'cuda'].includes(asked)) {
    throw new SetupFailure(
      `CALCAR_TENSORFLOW is '${asked}'`,
      'CALCAR_TENSORFLOW=cpu (or cuda, or none) node build/setup.mjs',
    );
  }
  const cuda = cudaWheels[machine];
  return asked === 'cuda' && cuda !== undefined ? [cuda, processor] : [processor];
}

async function hasNvidiaDriver() {
  return fs.existsSync('/proc/driver/nvidia/version') || (await run('nvidia-smi', ['-L'])).ok;
}

/** @returns {Promise<boolean>} whether anything had to be made or linked */
async function setUp(set, say) {
  const cache = cacheFolder();
  await bringPackage(project, npmPackage);
  if (isInstalled(set, packageFolder)) return false;
  const missing = await missingTools({
    needsLibrary: !isWhole(path.join(cache, libraryName(set))),
    needsBinding: !isWhole(path.join(cache, bindingName(set, packageFolder))),
  });
  if (missing.length > 0) {
    const names = missing.map(({ what }) => what).join(' and ');
    throw new SetupFailure(
      `${names} ${missing.length > 1 ? 'are' : 'is'} missing`,
      `sudo apt-get install ${missing.map(({ debian }) => debian).join(' ')} && node build/setup.mjs`,
    );
  }
  const libraryAt = await library(cache, set, say);
  const bindingAt = await binding(cache, set, libraryAt.folder, packageFolder, project);
  await install(set, libraryAt.folder, bindingAt.folder, packageFolder);
  return true;
}

async function main() {
  if (process.env.CALCAR_TENSORFLOW === 'none') return;
  const say = (line) => console.log(line);
  const sets = await wheelSets();
  for (const [index, set] of sets.entries()) {
    try {
      if (await setUp(set, say)) say(`Calcar: native TensorFlow for ${set.name} is ready.`);
      return;
    } catch (error) {
      const failure = asSetupFailure(error);
      if (index === sets.length - 1) throw failure;
      say(`Calcar: TensorFlow for ${set.name} is not set up, because ${failure.message}; trying without.`);
    }
  }
}

try {
  await main();
} catch (error) {
  console.log(describeFailure(asSetupFailure(error)));
}
