/** `calcar doctor`: what this machine gives Calcar, what is used where it gives nothing, and what mends it. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expectedNativeOverWasm } from '../compute/nativeOverWasm.ts';
import { startCompute } from '../compute/client.ts';
import type { BackendSurvey } from '../compute/jobs.ts';
import type { BackendReport, DoctorLine, DoctorReport } from '../contract/doctor.ts';
import { CalcarError } from '../contract/errors.ts';
import { stationVersion } from './version.ts';

/** A browser of Chromium's family, as the shell finds it. */
export interface FoundBrowser {
  readonly name: string;
  /** Cannot open a window, only draw into memory. */
  readonly headlessOnly: boolean;
}

export interface DoctorOptions {
  /** The folder whose disk is looked at. */
  readonly dataDir: string;
  /** Omitted in Electron's own window, which needs no browser. */
  readonly findBrowser?: () => Promise<FoundBrowser | null>;
  /** The measurement of all backends: by the station's compute process, else by one started for it. */
  readonly survey?: () => Promise<BackendSurvey>;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Free space under which an import of a few studies may fill the disk. */
const littleSpaceBytes = 1e9;

/** Looks at everything; takes some seconds. Never rejects: what cannot be found out is a line of the report. */
export async function doctorReport(options: DoctorOptions): Promise<DoctorReport> {
  const environment = options.environment ?? process.env;
  const tensors = await measured(options.survey ?? surveyInOwnProcess);
  const native = tensors.survey?.backends.find(({ name }) => name === 'tensorflow');
  const browser = options.findBrowser ? await options.findBrowser().catch(() => null) : undefined;
  const tools = { environment, works: native?.passed === true };
  const lines = [
    electronLine(browser),
    ...(browser === undefined ? [] : [browserLine(browser)]),
    displayLine(environment),
    nativeLine(tensors, environment),
    await graphicsLine(environment, tensors.survey?.backends ?? []),
    await sqliteLine(),
    await diskLine(options.dataDir),
    await pythonLine(tools),
    await compilerLine(tools),
  ];
  return {
    version: stationVersion,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    lines,
    backends: tensors.survey?.backends ?? [],
    nativeOverWasm: tensors.survey?.nativeOverWasm ?? null,
  };
}

interface Measured {
  readonly survey: BackendSurvey | null;
  /** Why nothing could be measured. */
  readonly sentence: string | null;
}

async function measured(survey: () => Promise<BackendSurvey>): Promise<Measured> {
  try {
    return { survey: await survey(), sentence: null };
  } catch (error) {
    const sentence =
      error instanceof CalcarError ? error.message : 'The compute process could not be started.';
    return { survey: null, sentence };
  }
}

async function surveyInOwnProcess(): Promise<BackendSurvey> {
  // No models: the survey needs none, and a damaged one must not hide what the backends can do.
  const compute = startCompute({ modelFolder: '' });
  try {
    return await compute.survey();
  } finally {
    await compute.close();
  }
}

const ok = (part: string, found: string): DoctorLine => ({
  part,
  state: 'ok',
  found,
  instead: null,
  mend: null,
});

/** Electron's binary as its package has it; null where the package came without, as on closed networks. */
export function electronBinary(): string | null {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
    const binary = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

function electronLine(browser: FoundBrowser | null | undefined): DoctorLine {
  const running = (process.versions as { readonly electron?: string }).electron;
  if (running !== undefined) return ok('Electron', `${running}, which shows this`);
  const binary = electronBinary();
  if (binary !== null) return ok('Electron', binary);
  return {
    part: 'Electron',
    state: 'missing',
    found: 'its binary was not downloaded',
    instead:
      browser != null && !browser.headlessOnly
        ? `the station opens in ${browser.name}`
        : 'the terminal (calcar read)',
    mend: 'node node_modules/electron/install.js',
  };
}

function browserLine(browser: FoundBrowser | null): DoctorLine {
  const mend = 'sudo apt-get install chromium';
  if (browser === null) {
    return {
      part: 'Browser',
      state: 'missing',
      found: 'no Chromium, Chrome or Edge',
      instead: 'Electron where it is there, else the terminal',
      mend,
    };
  }
  if (!browser.headlessOnly) return ok('Browser', browser.name);
  return {
    part: 'Browser',
    state: 'fallback',
    found: `${browser.name}, which opens no window`,
    instead: 'it serves the tests; the station needs Electron or an installed browser',
    mend,
  };
}

function displayLine(environment: NodeJS.ProcessEnv): DoctorLine {
  if (process.platform === 'darwin' || process.platform === 'win32') return ok('Display', 'yes');
  const display = environment['WAYLAND_DISPLAY'] || environment['DISPLAY'];
  if (display) return ok('Display', display);
  return {
    part: 'Display',
    state: 'missing',
    found: 'none',
    instead: 'npm start reads the demo films in the terminal',
    mend: 'run npm start on a desktop, or: xvfb-run -a npm start',
  };
}

const setUp = 'node build/setup.mjs';

function nativeLine({ survey, sentence }: Measured, environment: NodeJS.ProcessEnv): DoctorLine {
  const part = 'Native TensorFlow';
  const chosen = survey?.backends.find((backend) => backend.chosen);
  const native = survey?.backends.find(({ name }) => name === 'tensorflow');
  if (survey === null || native === undefined || chosen === undefined) {
    return {
      part,
      state: 'failed',
      found: sentence ?? 'no backend works',
      instead: 'films can be read by a person only',
      mend: environment['CALCAR_BACKEND'] ? 'unset CALCAR_BACKEND' : `npm ci && ${setUp}`,
    };
  }
  if (!native.passed) {
    return {
      part,
      state: native.loaded ? 'failed' : 'missing',
      found: native.reason ?? 'it was not tried',
      instead: `${chosen.name}: reads more slowly${chosen.canTrain ? '' : ' and cannot train'}`,
      mend: setUp,
    };
  }
  const { nativeOverWasm } = survey;
  const times = nativeOverWasm === null ? '' : `, ${nativeOverWasm.toFixed(1)} times wasm's speed`;
  if (nativeOverWasm !== null && nativeOverWasm < expectedNativeOverWasm) {
    return {
      part,
      state: 'failed',
      found: `slower than it should be: ${nativeOverWasm.toFixed(2)} times wasm's speed, ${expectedNativeOverWasm} expected`,
      instead: chosen.name,
      mend: `close other programs and run calcar doctor again; if it stays: ${setUp}`,
    };
  }
  return ok(part, `it computes rightly${times}`);
}

async function graphicsLine(
  environment: NodeJS.ProcessEnv,
  backends: readonly BackendReport[],
): Promise<DoctorLine> {
  const native = backends.find((backend) => backend.name === 'tensorflow');
  const webgpu = backends.find((backend) => backend.name === 'webgpu' && backend.passed);
  const query = ['--query-gpu=name', '--format=csv,noheader'];
  const name = (await firstLineOf('nvidia-smi', query, environment)) ?? '';
  if (native?.device !== name && webgpu !== undefined)
    return ok('Graphics card', `${webgpu.device}, through WebGPU`);
  if (name === '') {
    return {
      part: 'Graphics card',
      state: 'fallback',
      found: 'no NVIDIA driver answers',
      instead: 'the processor',
      mend: null,
    };
  }
  if (native?.device === name) return ok('Graphics card', name);
  return {
    part: 'Graphics card',
    state: 'fallback',
    found: `${name}, which TensorFlow does not use`,
    instead: 'the processor',
    mend: `CALCAR_TENSORFLOW=cuda ${setUp}`,
  };
}

async function sqliteLine(): Promise<DoctorLine> {
  try {
    const { default: sqlite3 } = await import('sqlite3');
    const version = await new Promise<string>((resolve, reject) => {
      const database = new sqlite3.Database(':memory:', (error) => {
        if (error) reject(error);
      });
      database.get<{ version: string }>('SELECT sqlite_version() AS version', (error, row) => {
        database.close();
        if (error) reject(error);
        else resolve(row.version);
      });
    });
    return ok('SQLite', version);
  } catch {
    return {
      part: 'SQLite',
      state: 'failed',
      found: 'it does not load',
      instead: 'nothing: without it no read can be kept, so the station does not open',
      mend: 'npm rebuild sqlite3',
    };
  }
}

async function diskLine(dataDir: string): Promise<DoctorLine> {
  try {
    const { bavail, bsize } = await statfs(nearestFolder(dataDir));
    const free = bavail * bsize;
    const found = `${(free / 1e9).toFixed(1)} GB free at ${dataDir}`;
    if (free >= littleSpaceBytes) return ok('Disk', found);
    return {
      part: 'Disk',
      state: 'failed',
      found,
      instead: 'films are imported until it is full',
      mend: 'free some space, or set CALCAR_HOME to a folder on another disk',
    };
  } catch {
    return {
      part: 'Disk',
      state: 'failed',
      found: `${dataDir} cannot be looked at`,
      instead: 'nothing',
      mend: 'set CALCAR_HOME to a folder that you may write',
    };
  }
}

/** The folder itself, or the one above it where it will be made. */
function nearestFolder(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : nearestFolder(above);
}

interface Tools {
  readonly environment: NodeJS.ProcessEnv;
  /** Native TensorFlow works, so the tools that set it up are not missed. */
  readonly works: boolean;
}

async function pythonLine({ environment, works }: Tools): Promise<DoctorLine> {
  const python = environment['PYTHON'] ?? 'python3';
  const version = await firstLineOf(python, ['--version'], environment);
  const pip = version === null ? null : await firstLineOf(python, ['-m', 'pip', '--version'], environment);
  if (version !== null && pip !== null) return ok('Python', `${version} with pip`);
  return {
    part: 'Python',
    state: 'missing',
    found: version === null ? 'no python3' : `${version} without pip`,
    instead: works ? 'the TensorFlow that is already set up' : 'WebAssembly',
    mend: `sudo apt-get install ${version === null ? 'python3 ' : ''}python3-pip && ${setUp}`,
  };
}

async function compilerLine({ environment, works }: Tools): Promise<DoctorLine> {
  for (const command of [environment['CXX'], 'c++', 'g++', 'clang++']) {
    const version = command ? await firstLineOf(command, ['--version'], environment) : null;
    if (version !== null) return ok('C++ compiler', version);
  }
  return {
    part: 'C++ compiler',
    state: 'missing',
    found: 'none',
    instead: works ? 'the TensorFlow that is already set up' : 'WebAssembly',
    mend: `sudo apt-get install g++ && ${setUp}`,
  };
}

/** The first line that a command prints; null when it is not there or fails. */
function firstLineOf(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(command, args, { env: environment, timeout: 20_000 }, (error, stdout) => {
      resolve(error ? null : stdout.split('\n', 1)[0]!.trim());
    });
  });
}

const stateWords: Record<DoctorLine['state'], string> = {
  ok: 'ok',
  fallback: 'instead',
  missing: 'missing',
  failed: 'failed',
};

/** The report for a terminal with a font of one width. */
export function formatDoctor(report: DoctorReport): string {
  const parts = table(
    report.lines.map(({ part, state, found }) => [part, stateWords[state], found]),
    ['left', 'left', 'left'],
  );
  const indent = ' '.repeat(4);
  const lines = report.lines.flatMap(({ instead, mend }, i) => [
    parts[i]!,
    ...(instead === null ? [] : [`${indent}used instead  ${instead}`]),
    ...(mend === null ? [] : [`${indent}to mend it    ${mend}`]),
  ]);
  const backends = table(
    [
      ['Tensors', 'self-test', 'GFLOP/s', 'trains', 'runs on'],
      ...report.backends.map((backend) => [
        `${backend.chosen ? '> ' : '  '}${backend.name}`,
        backend.passed ? 'passed' : backend.loaded ? 'failed' : 'not here',
        backend.gigaflops === null ? '-' : backend.gigaflops.toFixed(backend.gigaflops < 10 ? 1 : 0),
        backend.passed ? (backend.canTrain ? 'yes' : 'no') : '-',
        backend.device === '' ? '-' : backend.device,
      ]),
    ],
    ['left', 'left', 'right', 'left', 'left'],
  );
  // Native TensorFlow's reason stands in its line above.
  const reasons = report.backends
    .filter(({ name, reason }) => name !== 'tensorflow' && reason !== null)
    .map(({ name, reason }) => `${name}: ${reason ?? ''}`);
  const speed =
    report.nativeOverWasm === null
      ? []
      : [`Native convolution: ${report.nativeOverWasm.toFixed(1)} times as fast as wasm's.`];
  return [
    `Calcar ${report.version}, Node ${report.node}, ${report.platform}`,
    '',
    ...lines,
    ...(report.backends.length === 0 ? [] : ['', ...backends, ...reasons, ...speed]),
  ].join('\n');
}

function table(rows: readonly (readonly string[])[], align: readonly ('left' | 'right')[]): string[] {
  const widths = align.map((_, column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        align[column] === 'right' ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
