/** Teaches the quality gate, and fixes its levels on films that it did not learn from. */
import * as tf from '@tensorflow/tfjs';
import { filmScopes } from '../../contract/scope.ts';
import {
  distanceFrom,
  familiarParameters,
  halved,
  initialParameters,
  scopeForward,
  scopeHidden,
  scopeLayers,
  trainingLayers,
  type Familiar,
  type Kernels,
  type Parameters,
  type ScopeConfig,
} from '../../../models/index.ts';
import type { Random } from '../../random/random.ts';
import { localizerInput, localizerSize } from '../../reading/prepare.ts';
import type { GreyImage } from '../../contract/image.ts';
import { quantile } from '../../statistics/bootstrap.ts';
import { MovingAverage } from '../training/average.ts';
import { Nadam, nadamDefaults } from '../training/nadam.ts';
import { trainingStep } from '../training/step.ts';
import { drawExample, type GoodFilm } from './examples.ts';
import type { StrangePicture } from './strangePictures.ts';
import { whiteningOf } from './whitening.ts';

export interface ScopeTraining {
  readonly learn: readonly GoodFilm[];
  /** Films of the right kind that nothing is learned from: the gate's levels are fixed on them. */
  readonly heldOut: readonly GoodFilm[];
  readonly strange: readonly StrangePicture[];
  readonly steps: number;
}

const shape = {
  inputSize: localizerSize / 2,
  channels: [12, 24, 48, 64, 96],
  hidden: 48,
  scopes: [...filmScopes],
};
const batch = 32;
const largestRate = 2e-3;
/**
 * Shares of held-out films of the right kind that each level may cost. A film is never refused while the gate gives it
 * one chance of four, nor doubted for its scope while it gives it three.
 */
const costOf = { refusal: 0.0025, doubt: 0.005, strangeness: 0.005 };
const mostSurelyRefused = 0.25;
const mostSurelyDoubted = 0.75;

/** What the gate's network sees of a picture. */
export const scopeInput = (image: GreyImage): Float32Array =>
  halved(localizerInput(image).data, localizerSize);

/** @param report is told of each step and the mean loss of the steps behind it */
export async function trainScope(
  { learn, heldOut, strange, steps }: ScopeTraining,
  kernels: Kernels,
  random: Random,
  report: (step: number, loss: number) => void,
): Promise<{ readonly config: ScopeConfig; readonly parameters: Parameters }> {
  const unfixed: ScopeConfig = { ...shape, refuseBelow: 0, doubtBelow: 0, strangeBelow: costOf.strangeness };
  const learned = await learnNetwork(unfixed, { learn, heldOut, strange, steps }, kernels, random, report);
  const network = scopeHidden(unfixed, learned);
  try {
    const known = await judged(network, learn);
    const others = await judged(network, heldOut);
    const place = whiteningOf(known.map(({ hidden }) => hidden));
    const familiar: Familiar = {
      ...place,
      distances: Float32Array.from(
        others.map(({ hidden }) => distanceFrom({ ...place, distances: new Float32Array() }, hidden)),
      ).toSorted(),
    };
    const sure = others.map(({ probabilities }) => probabilities[0]!).sort((a, b) => a - b);
    return {
      config: {
        ...unfixed,
        refuseBelow: Math.min(mostSurelyRefused, quantile(sure, costOf.refusal)),
        doubtBelow: Math.min(mostSurelyDoubted, quantile(sure, costOf.doubt)),
      },
      parameters: new Map([...learned, ...familiarParameters(familiar)]),
    };
  } finally {
    network.dispose();
  }
}

async function learnNetwork(
  config: ScopeConfig,
  { learn, strange, steps }: ScopeTraining,
  kernels: Kernels,
  random: Random,
  report: (step: number, loss: number) => void,
): Promise<Parameters> {
  const layers = scopeLayers(config);
  const start = random.stream('start');
  const network = trainingLayers(
    layers,
    initialParameters(layers, () => start.uniform()),
    kernels,
  );
  const nadam = new Nadam(nadamDefaults, kernels);
  const average = new MovingAverage(network.variables, 0.99, kernels);
  const side = config.inputSize;
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const draw = random.stream(`step ${String(step)}`);
    const examples = Array.from({ length: batch }, () => drawExample(learn, strange, draw));
    const data = new Float32Array(batch * side * side);
    examples.forEach(({ image }, i) => data.set(scopeInput(image), i * side * side));
    const [x, truth] = tf.tidy(() => [
      tf.tensor4d(data, [batch, side, side, 1]),
      tf.oneHot(
        examples.map(({ scope }) => filmScopes.indexOf(scope)),
        filmScopes.length,
      ),
    ]);
    const loss = trainingStep(
      { network, nadam, average },
      (run) =>
        tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(
          truth,
          scopeForward(run, config, x).scopes,
          undefined,
          0.02,
        ),
      // Down to nothing along a quarter of a cosine.
      { step, learningRate: largestRate * Math.cos((0.5 * Math.PI * step) / steps) },
    );
    sum += (await loss.data())[0]!;
    tf.dispose([x, truth, loss]);
    report(step + 1, sum / (step + 1));
  }
  const parameters = await average.parameters();
  average.dispose();
  nadam.dispose();
  network.dispose();
  return parameters;
}

async function judged(network: ReturnType<typeof scopeHidden>, films: readonly GoodFilm[]) {
  const answers = [];
  for (const { image } of films) answers.push(await network.judge(scopeInput(image)));
  return answers;
}
