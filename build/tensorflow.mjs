/**
 * libtensorflow out of the Python wheels, and the Node binding compiled from the source that the npm package
 * carries. The package's own install script downloads both from a host that closed networks do not reach.
 */
import fs from 'node:fs';
import path from 'node:path';
import { cached, filesUnder, sha256, sha256OfFile } from './cache.mjs';
import { findCompiler, findPython, run } from './commands.mjs';
import { SetupFailure } from './failure.mjs';

const again = 'node build/setup.mjs';
/** Node-API version of the binding: one build serves Node 20, Node 24 and Electron. */
const napiVersion = 8;

/** Name of the cache folder of a wheel set: it changes with every wheel and every file kept of it. */
export function libraryName(set) {
  const key = sha256(JSON.stringify(set.wheels.map(({ sha256: hash, keep }) => [hash, keep])));
  return `tensorflow-${key.slice(0, 16)}`;
}

/** Name of the cache folder of the binding: it changes with the library, the source and the flags. */
export function bindingName(set, packageFolder) {
  const sources = bindingSources(packageFolder).map((file) => fs.readFileSync(file, 'utf8'));
  return `binding-${sha256(libraryName(set), compileFlags.join(' '), ...sources).slice(0, 16)}`;
}

/** The unpacked library, from the cache or from the package index. */
export async function library(cache, set, say) {
  return cached(cache, libraryName(set), async (folder) => {
    const python = await findPython();
    requireDisk(cache, set);
    say(
      `Calcar: fetching TensorFlow for ${set.name} once (${String(set.megabytes)} MB, kept in ${cache}) ...`,
    );
    for (const wheel of set.wheels) await unpackWheel(python.python, set, wheel, folder);
  });
}

/** What is missing here to make what the cache does not hold; an empty list when all is there. */
export async function missingTools({ needsLibrary, needsBinding }) {
  const missing = [];
  if (needsLibrary) {
    const python = await findPython();
    if (python === null) missing.push({ what: 'Python 3', debian: 'python3 python3-pip' });
    else if (!python.pip) missing.push({ what: "Python's pip", debian: 'python3-pip' });
  }
  if (needsBinding) {
    if ((await findCompiler()) === null) missing.push({ what: 'a C++ compiler', debian: 'g++' });
  }
  return missing;
}

function requireDisk(cache, set) {
  const { bavail, bsize } = fs.statfsSync(cache);
  const free = (bavail * bsize) / 1e6;
  const needed = set.unpackedMegabytes + Math.min(set.megabytes, 750);
  if (free >= needed) return;
  throw new SetupFailure(
    `${cache} has ${free.toFixed(0)} MB free and ${String(needed)} MB are needed`,
    `free some space or set CALCAR_CACHE to another disk, then ${again}`,
  );
}

async function unpackWheel(python, set, wheel, folder) {
  const downloads = path.join(folder, 'download');
  fs.mkdirSync(downloads);
  const tags = ['manylinux_2_27', 'manylinux_2_17', 'manylinux2014', 'manylinux_2_12', 'manylinux2010'];
  const download = await run(python, [
    ...['-m', 'pip', 'download', '--quiet', '--no-input', '--no-deps', '--no-cache-dir'],
    ...['--only-binary=:all:', '--implementation', 'cp', '--python-version', '3.12'],
    ...tags.flatMap((tag) => ['--platform', `${tag}_${set.platform}`]),
    ...['--retries', '2', '--timeout', '30', '--dest', downloads, wheel.requirement],
  ]);
  if (!download.ok) throw downloadFailure(wheel, download.error);
  const file = path.join(downloads, fs.readdirSync(downloads)[0]);
  if ((await sha256OfFile(file)) !== wheel.sha256) {
    throw new SetupFailure(
      `the index sent a ${wheel.requirement} that is not the one Calcar was built for`,
      `check where pip downloads from (pip config list), then ${again}`,
    );
  }
  const unpack = await run(python, ['-c', unpackScript, file, folder, JSON.stringify(wheel.keep)]);
  if (!unpack.ok) {
    if (/No space left|Disk quota/.test(unpack.error)) throw diskFull();
    throw new SetupFailure(`${wheel.requirement} could not be unpacked`, again, unpack.error);
  }
  fs.rmSync(downloads, { recursive: true });
}

function downloadFailure(wheel, said) {
  if (/No space left|Disk quota/.test(said)) return diskFull();
  const reason = /No module named pip/.test(said)
    ? 'Python here has no pip'
    : `no package index gave ${wheel.requirement}`;
  return new SetupFailure(
    reason,
    `connect to the network, or name an index that can be reached: PIP_INDEX_URL=<address> ${again}`,
    said,
  );
}

const diskFull = () => new SetupFailure('the disk is full', `free some space, then ${again}`);

const unpackScript = `
import json, os, shutil, sys, zipfile
wheel, folder, keep = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        for start, goal in keep.items():
            if entry.filename.startswith(start) and not entry.is_dir():
                target = os.path.join(folder, goal + entry.filename[len(start):])
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with archive.open(entry) as source, open(target, 'wb') as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
                if entry.external_attr >> 16 & 0o111:
                    os.chmod(target, 0o755)
`;

const compileFlags = ['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${String(napiVersion)}`];

const bindingSources = (packageFolder) => {
  const folder = path.join(packageFolder, 'binding');
  return fs
    .readdirSync(folder)
    .filter((name) => /\.(cc|h)$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
};

/**
 * The binding, from the cache or compiled: two files against Node-API, so the compiler is called directly and
 * neither make nor node-gyp nor a download of Node's headers is needed.
 */
export async function binding(cache, set, libraryFolder, packageFolder, projectFolder) {
  return cached(cache, bindingName(set, packageFolder), async (folder) => {
    const compiler = await findCompiler();
    const nodeHeaders = findNodeHeaders(projectFolder);
    if (nodeHeaders === null) {
      throw new SetupFailure(
        "Node's C headers were not found",
        `sudo apt-get install libnode-dev && ${again}`,
      );
    }
    const compiled = await run(compiler, [
      ...compileFlags,
      ...[`-I${path.join(libraryFolder, 'include')}`, `-I${nodeHeaders}`],
      ...bindingSources(packageFolder).filter((file) => file.endsWith('.cc')),
      ...['-o', path.join(folder, 'tfjs_binding.node'), `-L${path.join(libraryFolder, 'lib')}`],
      ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      // lib/napi-v8/tfjs_binding.node finds deps/lib beside it, wherever node_modules stands.
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ]);
    if (!compiled.ok) {
      const line = compiled.error.split('\n').find((text) => /error|fatal|No space/i.test(text));
      throw new SetupFailure(
        `${compiler} could not compile the binding (${line ?? 'it said nothing'})`,
        `sudo apt-get install g++ && ${again}`,
        compiled.error,
      );
    }
  });
}

/** Where node_api.h is: with the project's own Node, the Node that runs this, or the system's. */
function findNodeHeaders(projectFolder) {
  const own = `node-${process.platform}-${process.arch}`;
  const candidates = [
    path.join(projectFolder, 'node_modules', own, 'include', 'node'),
    path.join(path.dirname(path.dirname(fs.realpathSync(process.execPath))), 'include', 'node'),
    '/usr/include/node',
    '/usr/local/include/node',
  ];
  return candidates.find((folder) => fs.existsSync(path.join(folder, 'node_api.h'))) ?? null;
}

const stampName = 'calcar.json';

/** Whether the package already holds exactly this library and binding. */
export function isInstalled(set, packageFolder) {
  try {
    const stamp = JSON.parse(fs.readFileSync(path.join(packageFolder, 'deps', stampName), 'utf8'));
    return (
      stamp.library === libraryName(set) &&
      stamp.binding === bindingName(set, packageFolder) &&
      fs.existsSync(bindingPath(packageFolder)) &&
      stamp.files.every((file) => fs.existsSync(path.join(packageFolder, 'deps', file)))
    );
  } catch {
    return false;
  }
}

const bindingPath = (packageFolder) =>
  path.join(packageFolder, 'lib', `napi-v${String(napiVersion)}`, 'tfjs_binding.node');

/**
 * Puts library and binding into the npm package; the stamp comes last, so a set-up that was killed is done again.
 *
 * @throws {SetupFailure} when the binding does not load here; the package is then left without it
 */
export async function install(set, libraryFolder, bindingFolder, packageFolder) {
  const deps = path.join(packageFolder, 'deps');
  fs.rmSync(deps, { recursive: true, force: true });
  fs.rmSync(path.join(packageFolder, 'lib'), { recursive: true, force: true });
  const files = filesUnder(libraryFolder).filter((file) => !file.startsWith('include'));
  for (const file of files) {
    const target = path.join(deps, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    place(path.join(libraryFolder, file), target);
  }
  const target = bindingPath(packageFolder);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  // A copy, never a symbolic link: Node loads the real path, and `$ORIGIN` must be the package.
  fs.copyFileSync(path.join(bindingFolder, 'tfjs_binding.node'), target);
  const loaded = await run(process.execPath, ['-e', `require(${JSON.stringify(target)})`]);
  if (!loaded.ok) {
    fs.rmSync(target, { force: true });
    const line = loaded.error.split('\n').find((text) => /Error|AVX|cannot/.test(text));
    throw new SetupFailure(
      `TensorFlow ${set.wheels[0].requirement} does not run on this machine (${line?.trim() ?? 'it stopped at once'})`,
      null,
      loaded.error,
    );
  }
  const stamp = { library: libraryName(set), binding: bindingName(set, packageFolder), files };
  fs.writeFileSync(path.join(deps, stampName), JSON.stringify(stamp));
}

/** One file of the cache in node_modules without a second copy where the file system allows it. */
function place(source, target) {
  try {
    fs.linkSync(source, target);
  } catch {
    try {
      fs.symlinkSync(source, target);
    } catch {
      fs.copyFileSync(source, target);
    }
  }
}
