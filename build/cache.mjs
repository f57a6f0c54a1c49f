import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Where things stay that survive `npm ci`: CALCAR_CACHE, else calcar/ in the user's cache folder. */
export function cacheFolder(env = process.env) {
  if (env.CALCAR_CACHE) return path.resolve(env.CALCAR_CACHE);
  const base = env.XDG_CACHE_HOME ? path.resolve(env.XDG_CACHE_HOME) : path.join(os.homedir(), '.cache');
  return path.join(base, 'calcar');
}

export function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

export async function sha256OfFile(file) {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

const manifestName = 'manifest.json';

/**
 * The folder `name` of the cache, filled once by `fill(folder)`. It is filled under another name and renamed,
 * so it is there whole or not at all; of two set-ups at once the later one's work is dropped.
 *
 * @returns {Promise<{folder: string, made: boolean}>}
 */
export async function cached(cache, name, fill) {
  const folder = path.join(cache, name);
  if (isWhole(folder)) return { folder, made: false };
  fs.mkdirSync(cache, { recursive: true });
  removeAbandoned(cache);
  const partial = fs.mkdtempSync(path.join(cache, `${partialPrefix()}${process.pid}-`));
  try {
    await fill(partial);
    writeManifest(partial);
    // A damaged folder of this name would keep the rename from working for ever.
    if (fs.existsSync(folder) && !isWhole(folder)) fs.rmSync(folder, { recursive: true, force: true });
    try {
      fs.renameSync(partial, folder);
    } catch (error) {
      if (!isWhole(folder)) throw error;
    }
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  return { folder, made: true };
}

/** The files of a folder as paths relative to it, without the manifest. */
export function filesUnder(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .filter((file) => file !== manifestName)
    .sort();
}

function writeManifest(folder) {
  const sizes = {};
  for (const file of filesUnder(folder)) {
    const handle = fs.openSync(path.join(folder, file), 'r');
    sizes[file] = fs.fstatSync(handle).size;
    fs.fsyncSync(handle);
    fs.closeSync(handle);
  }
  fs.writeFileSync(path.join(folder, manifestName), JSON.stringify(sizes), { flush: true });
}

/** Whether every file that the manifest names is there in its full length. */
export function isWhole(folder) {
  try {
    const sizes = JSON.parse(fs.readFileSync(path.join(folder, manifestName), 'utf8'));
    return Object.entries(sizes).every(([file, size]) => fs.statSync(path.join(folder, file)).size === size);
  } catch {
    return false;
  }
}

const partialPrefix = () => `.partial-${os.hostname()}-`;

/** Removes what set-ups of this machine left that were killed half-way. */
function removeAbandoned(cache) {
  for (const name of fs.readdirSync(cache)) {
    if (!name.startsWith(partialPrefix())) continue;
    const pid = Number.parseInt(name.slice(partialPrefix().length), 10);
    if (Number.isInteger(pid) && isRunning(pid)) continue;
    fs.rmSync(path.join(cache, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
