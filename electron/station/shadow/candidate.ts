/** The process in which a candidate reads, beside and below that of the current model. */
import { constants, setPriority } from 'node:os';
import type { ComputeState } from '../../contract/api.ts';
import { CalcarError } from '../../contract/errors.ts';
import { forkCompute, type SpawnCompute } from '../../compute/childPort.ts';
import { startCompute, type ComputeClient, type ComputeLog } from '../../compute/client.ts';
import type { NamedModel } from '../../database/shadow.ts';

interface CandidateRequest {
  readonly folder: string;
  /** What the folder must hold. */
  readonly hash: string;
  readonly spawn?: SpawnCompute | undefined;
  readonly log: ComputeLog;
}

/**
 * Starts the process and waits until the candidate is loaded.
 *
 * @throws CalcarError 'model-missing', 'model-damaged' where its files are gone or hold another model,
 *   'backend-unavailable', 'compute-crashed'
 */
export async function openCandidate({
  folder,
  hash,
  spawn = forkCompute,
  log,
}: CandidateRequest): Promise<{ compute: ComputeClient; model: NamedModel }> {
  const compute = startCompute({ modelFolder: folder, spawn: lowly(spawn), log });
  const { state, sentence } = await settledState(compute);
  const model = compute.model();
  if (model?.hash === hash) return { compute, model: { name: model.name, hash } };
  await compute.close();
  if (model !== null) throw new CalcarError('model-damaged', sentences.another);
  throw new CalcarError(
    state === 'failed' ? 'backend-unavailable' : 'model-missing',
    sentence === null ? sentences.gone : `${sentences.gone} ${sentence}`,
  );
}

/** The first state in which nothing is being started. */
export function settledState(machine: {
  state(): ComputeState;
  subscribe(listener: (state: ComputeState) => void): () => void;
}): Promise<ComputeState> {
  const isSettled = ({ state }: ComputeState): boolean => state === 'ready' || state === 'failed';
  const state = machine.state();
  if (isSettled(state)) return Promise.resolve(state);
  return new Promise((resolve) => {
    const stop = machine.subscribe((next) => {
      if (!isSettled(next)) return;
      stop();
      resolve(next);
    });
  });
}

/** Whoever waits for the current model is served first, by the system too. */
const lowly =
  (spawn: SpawnCompute): SpawnCompute =>
  (args) => {
    const port = spawn(args);
    try {
      if (port.pid !== undefined) setPriority(port.pid, constants.priority.PRIORITY_LOW);
    } catch {
      // It reads one film at a time and only when nobody waits; a system that refuses costs no more than that.
    }
    return port;
  };

const sentences = {
  another:
    'The folder of this candidate holds another model, so it was not started. Put it on the shelf again.',
  gone: 'The candidate could not be loaded, so it reads nothing; the current model is not affected.',
};
