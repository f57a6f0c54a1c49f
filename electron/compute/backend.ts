/**
 * Chooses the tensor backend of a process: the first of tensorflow, webgpu, wasm and cpu that loads, passes the known
 * answers and is not slower in one timed convolution than the next. A graphics card is used through CUDA where it can.
 */
import * as tf from '@tensorflow/tfjs';
import { backendName, type BackendName, type BackendReport } from '../contract/doctor.ts';
import { CalcarError } from '../contract/errors.ts';
import type { Kernels } from '../../models/index.ts';
import { candidates as allCandidates, type Candidate, type LoadedBackend } from './candidates.ts';
import { convolutionGigaflops } from './convolutionSpeed.ts';
import { expectedNativeOverWasm } from './nativeOverWasm.ts';
import { selfTest } from './selfTest.ts';

export interface BackendOptions {
  /** The one backend to use; the environment variable CALCAR_BACKEND by default. */
  readonly force?: string | undefined;
  /** 'training' passes over backends without gradients of convolutions. */
  readonly needs?: 'inference' | 'training';
  /** 'all' loads, tests and times every backend, as `calcar doctor` does; 'choice' only what the choice needs. */
  readonly measure?: 'choice' | 'all';
  /** Backends not to be touched, because they brought this process down before. */
  readonly without?: readonly BackendName[];
  /** Called before each backend is tried. */
  readonly onTrial?: (name: BackendName, done: number, of: number) => void;
  readonly candidates?: readonly Candidate[];
}

export interface Backend {
  readonly name: BackendName;
  readonly device: string;
  readonly canTrain: boolean;
  /** What the backend does faster than plain operations, for the networks. */
  readonly kernels: Kernels;
  /** One for every backend, in order of preference. */
  readonly reports: readonly BackendReport[];
  /** Throughput of native TensorFlow over wasm; null when one of them did not run. */
  readonly nativeOverWasm: number | null;
}

interface Trial {
  readonly candidate: Candidate;
  readonly loaded: LoadedBackend | null;
  readonly passed: boolean;
  readonly canTrain: boolean;
  readonly gigaflops: number | null;
  readonly reason: string | null;
}

/**
 * Makes the winner the current backend of `@tensorflow/tfjs`.
 *
 * @throws CalcarError 'backend-unavailable' when the forced backend, or every one, cannot be used
 */
export async function chooseBackend(options: BackendOptions = {}): Promise<Backend> {
  const { needs = 'inference', measure = 'choice', without = [], candidates = allCandidates } = options;
  const force = forced(options.force ?? process.env['CALCAR_BACKEND']);
  const trials: Trial[] = [];
  for (const [done, candidate] of candidates.entries()) {
    options.onTrial?.(candidate.name, done, candidates.length);
    trials.push(
      without.includes(candidate.name)
        ? untried(candidate, 'It stopped the compute process, so it is left out until the next start.')
        : isNeeded(candidate, trials, { needs, measure, force })
          ? await tryOut(candidate, force)
          : untried(candidate, null),
    );
  }
  const winner = pick(trials, needs, force);
  if (winner?.loaded == null) throw unavailable(trials, needs, force);
  await tf.setBackend(winner.candidate.name);
  const nativeOverWasm = ratio(trials);
  return {
    name: winner.candidate.name,
    device: winner.loaded.device,
    canTrain: winner.canTrain,
    kernels: winner.loaded.kernels,
    reports: trials.map((trial) => report(trial, trial === winner, nativeOverWasm)),
    nativeOverWasm,
  };
}

function forced(name: string | undefined): BackendName | null {
  if (name === undefined || name === '') return null;
  const parsed = backendName.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new CalcarError(
    'backend-unavailable',
    `CALCAR_BACKEND is '${name}', and Calcar knows ${backendName.options.join(', ')}. Unset it or name one of them.`,
  );
}

const isUsable = (trial: Trial, needs: string): boolean =>
  trial.passed && (needs === 'inference' || trial.canTrain);

const isOnCuda = ({ passed, loaded }: Trial): boolean => passed && loaded?.usesCuda === true;

function isNeeded(
  candidate: Candidate,
  before: readonly Trial[],
  { needs, measure, force }: { needs: string; measure: string; force: BackendName | null },
): boolean {
  if (measure === 'all') return true;
  if (force !== null) return candidate.name === force;
  if (candidate.name === 'webgpu' && before.some(isOnCuda)) return false;
  // Plain JavaScript is tens of times slower than the others, so it is the last resort and no rival.
  return candidate.name !== 'cpu' || !before.some((trial) => isUsable(trial, needs));
}

const untried = (candidate: Candidate, reason: string | null): Trial => ({
  candidate,
  loaded: null,
  passed: false,
  canTrain: false,
  gigaflops: null,
  reason,
});

async function tryOut(candidate: Candidate, force: BackendName | null): Promise<Trial> {
  try {
    const loaded = await candidate.load(candidate.name === force);
    const { failures, canTrain } = await selfTest();
    if (failures.length > 0) {
      return {
        ...untried(candidate, `It computed a wrong answer for ${failures.join('; ')}.`),
        loaded,
      };
    }
    const gigaflops = await convolutionGigaflops(candidate.timedRuns);
    return { candidate, loaded, passed: true, canTrain, gigaflops, reason: null };
  } catch (error) {
    return untried(candidate, `It does not load: ${firstLine(error)}`);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}

/** The first usable trial that is not slower than the next usable one. */
function pick(trials: readonly Trial[], needs: string, force: BackendName | null): Trial | undefined {
  if (force !== null) return trials.find(({ candidate, passed }) => passed && candidate.name === force);
  const usable = trials.filter(
    (trial) => isUsable(trial, needs) && !(trial.candidate.name === 'webgpu' && trials.some(isOnCuda)),
  );
  return usable.find((trial, i) => (trial.gigaflops ?? 0) >= (usable[i + 1]?.gigaflops ?? 0));
}

function ratio(trials: readonly Trial[]): number | null {
  const speed = (name: BackendName) => trials.find(({ candidate }) => candidate.name === name)?.gigaflops;
  const native = speed('tensorflow');
  const wasm = speed('wasm');
  return native == null || wasm == null ? null : native / wasm;
}

function report(trial: Trial, chosen: boolean, nativeOverWasm: number | null): BackendReport {
  const { candidate, loaded, passed, canTrain, gigaflops, reason } = trial;
  const slow =
    candidate.name === 'tensorflow' && nativeOverWasm !== null && nativeOverWasm < expectedNativeOverWasm
      ? `Its convolution is ${nativeOverWasm.toFixed(2)} times as fast as wasm's; ${expectedNativeOverWasm} was expected.`
      : null;
  return {
    name: candidate.name,
    loaded: loaded !== null,
    passed,
    gigaflops,
    device: loaded?.device ?? '',
    canTrain,
    chosen,
    reason: reason ?? slow,
  };
}

function unavailable(trials: readonly Trial[], needs: string, force: BackendName | null): CalcarError {
  const asked = trials.find(({ candidate }) => candidate.name === force);
  if (asked !== undefined) {
    return new CalcarError(
      'backend-unavailable',
      `CALCAR_BACKEND asks for ${asked.candidate.name}, and it cannot be used here. ${asked.reason ?? ''} ` +
        `Run ${asked.candidate.mend}, or unset CALCAR_BACKEND.`,
    );
  }
  return new CalcarError(
    'backend-unavailable',
    needs === 'training'
      ? 'Training needs native TensorFlow or a graphics processor, and neither can be used here. Run node build/setup.mjs.'
      : 'No tensor backend works on this machine, so no film can be read. Run npm ci, then calcar doctor.',
  );
}
