/** Worker thread: reads one CT or builds one phantom, looks for the hips, and keeps the volume. Ends when done. */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { LabHip, LabVolume, PhantomRequest } from '../../contract/lab.ts';
import { mm } from '../../contract/units.ts';
import { buildPhantom, samplePatient, type HipTruth } from '../../phantom/phantom.ts';
import { seeded } from '../../random/random.ts';
import { findHips, type HipMissing, type HipSite } from '../../volume/hips.ts';
import { openVolume } from '../../volume/open.ts';
import { VolumeStore, type NewVolume } from './volumeStore.ts';
import { workerFailure, type WorkerFailure } from './workerError.ts';

export type VolumeTask =
  | { readonly kind: 'add'; readonly path: string; readonly name: string }
  | { readonly kind: 'phantom'; readonly request: PhantomRequest };

export interface VolumeWork {
  readonly folder: string;
  readonly task: VolumeTask;
}

export type VolumeReply =
  | { readonly kind: 'progress'; readonly done: number; readonly of: number; readonly label: string }
  | { readonly kind: 'kept'; readonly volume: LabVolume }
  | { readonly kind: 'failed'; readonly failure: WorkerFailure };

// The station that started this thread made this value.
const { folder, task } = workerData as VolumeWork;
const answer = (reply: VolumeReply): void => parentPort?.postMessage(reply);
const progress = (label: string, done = 0, of = 0): void => answer({ kind: 'progress', done, of, label });

async function ct(path: string, name: string): Promise<NewVolume> {
  progress('Reading the slices');
  const { volume, source } = await openVolume(path, {
    onProgress: (share) => progress('Reading the slices', Math.round(share * 100), 100),
  });
  progress('Looking for the hips');
  const { left, right } = findHips(volume);
  const notes = [left, right].flatMap((hip) => (hip.found && hip.note !== null ? [hip.note] : []));
  return {
    volume,
    hips: { left: searched(left), right: searched(right) },
    about: {
      volume: source.sha256,
      kind: 'ct',
      name,
      description: source.description,
      simulated: source.simulated,
      addedAt: new Date().toISOString(),
      notes: [...source.notes, ...notes],
    },
    source: { ...source, name },
  };
}

function phantom(request: PhantomRequest): NewVolume {
  progress('Building the phantom');
  const { seed, left, right, voxel } = request;
  const random = seeded(seed);
  const parameters = samplePatient(random.stream('patient'), { left, right });
  const { volume, truth } = buildPhantom(parameters, mm(voxel), random.stream('phantom'));
  progress('Keeping the phantom');
  const { sex, age } = parameters;
  return {
    volume,
    hips: { left: known(truth.hips.left), right: known(truth.hips.right) },
    about: {
      volume: createHash('sha256')
        .update(JSON.stringify([request, parameters]))
        .digest('hex'),
      kind: 'phantom',
      name: `Phantom ${String(seed)}`,
      description: `${sex}, ${String(age)} years, ${injury(left, right)}`,
      simulated: true,
      addedAt: new Date().toISOString(),
      notes: [],
    },
    source: { request, parameters },
  };
}

const searched = (hip: HipSite | HipMissing): LabHip =>
  hip.found
    ? { state: 'here', by: 'search', headCentre: [...hip.headCentre], headRadius: hip.headRadius }
    : { state: 'missing', reason: hip.reason };

const known = ({ headCentre, headDiameter }: HipTruth): LabHip => ({
  state: 'here',
  by: 'phantom',
  headCentre: [...headCentre],
  headRadius: headDiameter / 2,
});

function injury(left: PhantomRequest['left'], right: PhantomRequest['right']): string {
  const broken = [
    ...(right === 'none' ? [] : [`right Garden ${right}`]),
    ...(left === 'none' ? [] : [`left Garden ${left}`]),
  ];
  return broken.length === 0 ? 'no fracture' : broken.join(', ');
}

try {
  const made = task.kind === 'add' ? await ct(task.path, task.name) : phantom(task.request);
  answer({ kind: 'kept', volume: await new VolumeStore(folder).keep(made) });
} catch (error) {
  answer({
    kind: 'failed',
    failure: workerFailure(error),
  });
}
