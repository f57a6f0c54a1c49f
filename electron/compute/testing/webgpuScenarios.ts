/** What is asked of the WebGPU backend in a process of its own: its driver must be known before the process starts. */
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import {
  classifierForward,
  classifierLayers,
  defaultClassifierConfig,
  initialParameters,
  loadModels,
  plainKernels,
  trainingLayers,
} from '../../../models/index.ts';
import { CalcarError } from '../../contract/errors.ts';
import { Nadam } from '../../learning/training/nadam.ts';
import { seeded } from '../../random/random.ts';
import { chooseBackend } from '../backend.ts';
import { candidates } from '../candidates.ts';

/** The largest difference of an array from its reference, as a share of the reference's largest value. */
export interface Difference {
  readonly array: string;
  readonly share: number;
}

type Arrays = ReadonlyMap<string, Float32Array>;

async function load(name: 'webgpu' | 'wasm' | 'cpu'): Promise<void> {
  await candidates.find((candidate) => candidate.name === name)!.load(true);
}

function differences(expected: Arrays, found: Arrays): Difference[] {
  return [...expected].map(([array, values]) => {
    const other = found.get(array)!;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const apart = values.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
    return { array, share: apart / largest };
  });
}

/** The shipped networks on one picture: what they say, and the evidence by back-propagation. */
async function shipped(): Promise<Difference[]> {
  const weights = new URL('../../../models/weights/', import.meta.url);
  const random = seeded(31);
  const picture = new Float32Array(256 * 256).map(() => random.uniform());
  const answers = async (): Promise<Arrays> => {
    const models = await loadModels(async (name) => new Uint8Array(await readFile(new URL(name, weights))));
    const [hip] = await models.localizer.locate(picture, 0);
    const [probabilities] = await models.classifier.classify([picture]);
    const { activations, gradient } = await models.classifier.fineEvidence(picture, 2);
    models.dispose();
    const { x, y, width, height } = hip!.box;
    return new Map([
      ['box and score', Float32Array.of(x, y, width, height, hip!.score)],
      ['probabilities', probabilities!],
      ['activations', activations],
      ['gradient by them', gradient],
    ]);
  };
  // Held to the cpu backend elsewhere, and quicker.
  await load('wasm');
  const expected = await answers();
  await load('webgpu');
  return differences(expected, await answers());
}

/** The paper's network with few channels: gradients of a step, and all its parameters after three steps of Nadam. */
async function learning(): Promise<{ differences: Difference[]; tensorsLeft: number }> {
  const config = { ...defaultClassifierConfig, inputSize: 64, channels: [4, 4, 6, 8, 8, 10, 12], hidden: 9 };
  const layers = classifierLayers(config);
  const steps = async (): Promise<Arrays> => {
    const random = seeded(32);
    const start = new Map(initialParameters(layers, () => random.uniform()));
    // An affine map that depends on the picture, so that the transformer's gradients are not nothing.
    for (const [name, { values }] of start)
      if (name.includes('affine'))
        values.forEach((value, i) => (values[i] = value + random.between(-0.1, 0.1)));
    const network = trainingLayers(layers, start, plainKernels);
    const learned = network.variables.filter(({ variable }) => variable.trainable);
    const x = tf.tensor4d(
      new Float32Array(4 * 64 * 64).map(() => random.uniform()),
      [4, 64, 64, 1],
    );
    const truth = tf.tidy(() => tf.oneHot(tf.tensor1d([0, 1, 2, 1], 'int32'), 3));
    const nadam = new Nadam();
    const found = new Map<string, Float32Array>();
    for (let step = 0; step < 3; step++) {
      const { value, grads } = tf.variableGrads(
        () => tf.losses.softmaxCrossEntropy(truth, classifierForward(config, network, x).logits),
        learned.map(({ variable }) => variable),
      );
      if (step === 0) {
        found.set('loss', (await value.data<'float32'>()).slice());
        for (const { name, variable } of learned)
          found.set(`gradient by ${name}`, (await grads[variable.name]!.data<'float32'>()).slice());
      }
      nadam.apply(learned, grads, 1e-3);
      tf.dispose([value, grads]);
    }
    for (const [name, { values }] of await network.parameters()) found.set(`learned ${name}`, values);
    nadam.dispose();
    network.dispose();
    tf.dispose([x, truth]);
    return found;
  };
  await load('cpu');
  const expected = await steps();
  await load('webgpu');
  const before = tf.memory().numTensors;
  const found = await steps();
  return { differences: differences(expected, found), tensorsLeft: tf.memory().numTensors - before };
}

/** A device that is lost under the work, and the next one. */
async function loss(): Promise<{ kind: string; next: readonly number[] }> {
  await load('webgpu');
  const nine = (): tf.Tensor => tf.tidy(() => tf.sum(tf.square(tf.fill([40, 40], 3))));
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  await nine().data();
  const broken = nine();
  device.destroy();
  let kind = 'none';
  try {
    await broken.data();
  } catch (error) {
    kind = error instanceof CalcarError ? error.kind : String(error);
  }
  await load('webgpu');
  return { kind, next: [...(await nine().data())] };
}

const rivals = candidates.filter(({ name }) => name === 'webgpu' || name === 'wasm');

/** What is chosen where nobody asks for WebGPU, and why not that. */
async function unasked(): Promise<{ unasked: string; reason: string | null }> {
  const { name, reports } = await chooseBackend({ candidates: rivals, force: '' });
  return { unasked: name, reason: reports[0]!.reason };
}

/** The same, and then asked for by name. */
async function choice(): Promise<Record<string, unknown>> {
  const before = await unasked();
  const { name, device, canTrain } = await chooseBackend({
    candidates: rivals,
    force: 'webgpu',
    needs: 'training',
  });
  return { ...before, asked: `${name}: ${device}`, trains: canTrain };
}

const scenarios: Record<string, () => Promise<unknown>> = { shipped, learning, loss, unasked, choice };
console.log(JSON.stringify(await scenarios[process.argv[2]!]!()));
