/**
 * The compute process: owns every tensor, the backend and the models for its whole life. Started with one
 * argument, `ComputeArguments` as JSON, by child_process.fork or by Electron's utilityProcess. It holds nothing
 * that cannot be computed again, so it may be killed at any moment.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { CalcarError, toWireError } from '../contract/errors.ts';
import { openReader, type OpenedReader } from '../reading/openReader.ts';
import type { Reader } from '../reading/reader.ts';
import { chooseBackend, type Backend } from './backend.ts';
import { computeArguments, jobRequest, jobs, type JobInput, type ProcessMessage } from './jobs.ts';
import { parentPort } from './parentPort.ts';

const port = parentPort();
const post = (message: ProcessMessage) => {
  port.post(message);
};

async function start(): Promise<void> {
  const { modelFolder, without } = computeArguments.parse(JSON.parse(process.argv[2] ?? '{}'));
  let backend: Backend;
  try {
    backend = await chooseBackend({ without, onTrial: (name) => post({ kind: 'trial', backend: name }) });
  } catch (error) {
    // Force and machine stay what they are, so another start would end the same way.
    port.post({ kind: 'refused', error: toWireError(error) });
    return;
  }
  const { reader, error } = await tryToLoad(modelFolder);
  if (reader !== null) await reader.warmUp();
  port.onMessage((message) => {
    queue = queue.then(() => answer(message, backend, reader, error));
  });
  post({
    kind: 'ready',
    backend: backend.reports.find(({ chosen }) => chosen)!,
    backends: [...backend.reports],
    nativeOverWasm: backend.nativeOverWasm,
    model:
      reader === null
        ? null
        : {
            name: reader.modelName,
            hash: reader.modelHash,
            warning: reader.card.split('\n', 1)[0]!,
            confidence: reader.confidence,
            confidenceHash: reader.confidenceHash,
            saliency: reader.saliencyVerdict,
            reference: reader.reference,
          },
    modelError: error === null ? null : toWireError(error),
  });
}

/** One job at a time: the backend is one, and a survey changes it. */
let queue = Promise.resolve();

async function tryToLoad(
  folder: string,
): Promise<{ reader: OpenedReader; error: null } | { reader: null; error: CalcarError }> {
  try {
    // A plain copy: the `slice` of Node's Buffer is a view, and the models cut their arrays with it.
    const read = async (name: string) => new Uint8Array(await readFile(path.join(folder, name)));
    return { reader: await openReader(read), error: null };
  } catch (cause) {
    const error =
      cause instanceof CalcarError
        ? cause
        : new CalcarError(
            'model-damaged',
            'The models could not be loaded, so no film can be read by the machine. Install Calcar again.',
            cause,
          );
    return { reader: null, error };
  }
}

async function answer(
  message: unknown,
  backend: Backend,
  reader: Reader | null,
  modelError: CalcarError | null,
): Promise<void> {
  const request = jobRequest.safeParse(message);
  if (!request.success) return;
  const { id, job, input } = request.data;
  const withReader = <T>(use: (reader: Reader) => T): T => {
    if (reader === null) throw modelError!;
    return use(reader);
  };
  try {
    switch (job) {
      case 'survey':
        post({ kind: 'answer', id, value: await survey(id, backend) });
        break;
      case 'read': {
        const { image, tags } = parse('read', input);
        post({ kind: 'answer', id, value: await withReader((use) => use.read(image, tags)) });
        break;
      }
      case 'saliency': {
        const { image, box, of, method } = parse('saliency', input);
        post({
          kind: 'answer',
          id,
          value: await withReader((use) => use.saliency(image, box, of ?? undefined, method)),
        });
        break;
      }
    }
  } catch (error) {
    // The backend is gone; the station starts another process and asks it again.
    if (error instanceof CalcarError && error.kind === 'compute-crashed') {
      console.error(error.message);
      process.exit(1);
    }
    // The cause stays in this process's log, which its parent collects; it holds no patient's name.
    if (!(error instanceof CalcarError)) console.error(error);
    post({ kind: 'error', id, error: toWireError(computeError(error)) });
  }
}

function parse<N extends 'read' | 'saliency'>(job: N, input: unknown): JobInput<N> {
  const parsed = jobs[job].input.safeParse(input);
  if (parsed.success) return parsed.data as JobInput<N>;
  throw new CalcarError(
    'invalid-input',
    'The pixels of this film do not fit its size, so it was not graded. Import the film again.',
    parsed.error,
  );
}

function computeError(error: unknown): CalcarError {
  if (error instanceof CalcarError) return error;
  return new CalcarError(
    'compute-failed',
    'The computation on this film failed. Nothing is lost; read it again, and if it happens twice, run calcar doctor.',
    error,
  );
}

/** Measures every backend and goes back to the one that this process works on. */
async function survey(id: number, current: Backend) {
  try {
    const all = await chooseBackend({
      measure: 'all',
      onTrial: (name, done, of) => post({ kind: 'progress', id, progress: { done, of, label: name } }),
    });
    const backends = all.reports.map((report) => ({ ...report, chosen: report.name === current.name }));
    return { backends, nativeOverWasm: all.nativeOverWasm };
  } finally {
    await tf.setBackend(current.name);
  }
}

await start();
