/**
 * tfjs's WebGPU backend on Dawn: tensors on a graphics processor that CUDA does not serve. Its package is written for
 * browsers; what it misses in Node is lent to it here (tensorflow/tfjs, pull request 7595, is still open).
 */
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import type * as TfjsWebgpu from '@tensorflow/tfjs-backend-webgpu';
import { CalcarError } from '../contract/errors.ts';
import { openGraphicsDevice, type GraphicsDevice } from '../graphics/graphicsDevice.ts';

const require = createRequire(import.meta.url);
const name = 'webgpu';

/** A healthy driver gives a device within a second or two. */
const openWithinMs = 30_000;

let current: GraphicsDevice | null = null;

/**
 * Registers tfjs's backend 'webgpu' on a device of its own. A second call keeps that device while it is there and
 * opens another when it was lost or failed; the tensors of that one are gone.
 *
 * @param software whether an adapter that is a program on the CPU will do
 * @returns the adapter's name
 * @throws Error where there is no adapter, no device or no package
 */
export async function registerWebgpu(software: boolean): Promise<string> {
  if (current !== null && isSound(current) && (software || !current.software)) return current.name;
  const graphics = await inTime(openGraphicsDevice(software));
  if (graphics === null) throw new Error('no graphics adapter answers through WebGPU');
  // Before the borrowed globals: where the package finds a browser's, it registers itself on a device of its choice.
  const { WebGPUBackend } = require('@tensorflow/tfjs-backend-webgpu') as typeof TfjsWebgpu;
  await lendBrowser();
  if (current !== null) tf.removeBackend(name);
  const backend = new WebGPUBackend(graphics.device, graphics.device.adapterInfo);
  watchReads(backend, graphics);
  tf.registerBackend(name, () => backend);
  current = graphics;
  return graphics.name;
}

const isSound = (graphics: GraphicsDevice): boolean =>
  graphics.lost() === null && graphics.failure() === null;

/** A driver that never answers must not hold up the start; what it answers later is thrown away. */
function inTime(opening: Promise<GraphicsDevice | null>): Promise<GraphicsDevice | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('the graphics driver does not answer'));
      void opening.then((late) => late?.device.destroy());
    }, openWithinMs);
    opening.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** The constants and classes of WebGPU as globals, and a `navigator.gpu` that the package only looks for. */
async function lendBrowser(): Promise<void> {
  const { globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: {}, configurable: true });
}

/**
 * WebGPU tells of a lost device and of work that failed beside the work, not in its answer: a value that is read says
 * it here, so that no number that was never computed goes on as one.
 */
function watchReads(backend: TfjsWebgpu.WebGPUBackend, graphics: GraphicsDevice): void {
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    let values: tf.BackendValues | null = null;
    let cause: unknown;
    try {
      values = await read(dataId);
    } catch (error) {
      cause = error;
    }
    if (graphics.lost() !== null) throw deviceLost(graphics.lost());
    if (values === null || graphics.failure() !== null) throw workFailed(graphics.failure() ?? cause);
    return values;
  };
}

const deviceLost = (cause: unknown): CalcarError =>
  new CalcarError(
    'compute-crashed',
    'The graphics processor stopped while it computed. Nothing that was saved is lost. Start this again; if it stops again, set CALCAR_BACKEND=wasm for reading or CALCAR_BACKEND=tensorflow for training.',
    cause,
  );

/** What failed leaves tensors behind that hold nothing, so the process cannot go on with any of them. */
const workFailed = (cause: unknown): CalcarError =>
  new CalcarError(
    'compute-crashed',
    'The graphics processor could not compute this, perhaps for want of memory. Nothing that was saved is lost. Close other programs that use graphics, or set CALCAR_BACKEND=tensorflow, and start it again.',
    cause,
  );
