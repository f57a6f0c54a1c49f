/**
 * The quality gate's network: what a film is, and how familiar it looks. Few strided convolutions over half the
 * localizer's input, and one hidden layer whose values also say how far a film lies from those that were learned from.
 */
import * as tf from '@tensorflow/tfjs';
import { fold } from './folded.ts';
import type { LayerSpec, Parameter, Parameters, Runner } from './layers.ts';

export interface ScopeConfig {
  /** Side of the square input; half the localizer's. */
  readonly inputSize: number;
  /** Channels of one convolution of stride 2 each. */
  readonly channels: readonly number[];
  /** Values of the hidden layer. */
  readonly hidden: number;
  /** What a film can be, in the order of the output. */
  readonly scopes: readonly string[];
  /** Chance of the first scope, 'in scope', below which a film is refused, and below which it is doubted. */
  readonly refuseBelow: number;
  readonly doubtBelow: number;
  /** Share of less familiar films below which a film is doubted. */
  readonly strangeBelow: number;
}

export function scopeLayers({ inputSize, channels, hidden, scopes }: ScopeConfig): LayerSpec[] {
  const side = inputSize / 2 ** channels.length;
  return [
    ...channels.map((outputs, i): LayerSpec => ({
      kind: 'conv-norm',
      name: `conv${String(i)}`,
      size: 3,
      inputs: channels[i - 1] ?? 1,
      outputs,
      stride: 2,
      activation: 'relu',
    })),
    {
      kind: 'dense',
      name: 'hidden',
      inputs: side * side * channels.at(-1)!,
      outputs: hidden,
      activation: 'tanh',
      start: 'glorot',
    },
    {
      kind: 'dense',
      name: 'scope',
      inputs: hidden,
      outputs: scopes.length,
      activation: 'linear',
      start: 'glorot',
    },
  ];
}

export interface ScopeOutput {
  /** [n, hidden] */
  readonly hidden: tf.Tensor2D;
  /** Logits, [n, scopes]. */
  readonly scopes: tf.Tensor2D;
}

/** @param x [n, inputSize, inputSize, 1] */
export function scopeForward(run: Runner, { channels }: ScopeConfig, x: tf.Tensor4D): ScopeOutput {
  const map = channels.reduce<tf.Tensor>((y, _, i) => run.layer(`conv${String(i)}`, y), x);
  const hidden = run.layer('hidden', tf.reshape(map, [x.shape[0], -1])) as tf.Tensor2D;
  return { hidden, scopes: run.layer('scope', hidden) as tf.Tensor2D };
}

/** A square picture of even side at half the size, each value the mean of four. */
export function halved(values: Float32Array, side: number): Float32Array {
  const half = side / 2;
  const out = new Float32Array(half * half);
  for (let row = 0; row < half; row++)
    for (let column = 0; column < half; column++) {
      const at = 2 * row * side + 2 * column;
      out[row * half + column] =
        (values[at]! + values[at + 1]! + values[at + side]! + values[at + side + 1]!) / 4;
    }
  return out;
}

/** Where the hidden values of in-scope films lie, stored beside the network's own parameters. */
export interface Familiar {
  /** Mean of each hidden value. */
  readonly mean: Float32Array;
  /** hidden × hidden, row-major: W with Wᵀ W the inverse covariance, so |W (h − mean)| is Mahalanobis' distance. */
  readonly whitening: Float32Array;
  /** Distances of held-out in-scope films, rising. */
  readonly distances: Float32Array;
}

export const familiarParameters = ({ mean, whitening, distances }: Familiar): [string, Parameter][] =>
  // One axis each: the file keeps those in full precision.
  Object.entries({ mean, whitening, distances }).map(([name, values]) => [
    `familiar/${name}`,
    { shape: [values.length], values },
  ]);

/** Mahalanobis' distance (1936) of hidden values from those of in-scope films. */
export function distanceFrom({ mean, whitening }: Familiar, hidden: Float32Array): number {
  const n = mean.length;
  let square = 0;
  for (let row = 0; row < n; row++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += whitening[row * n + i]! * (hidden[i]! - mean[i]!);
    square += sum * sum;
  }
  return Math.sqrt(square);
}

export interface ScopeJudgement {
  /** One a scope, in the order of `config.scopes`; they sum to 1. */
  readonly probabilities: Float32Array;
  /** Share of held-out in-scope films that are less familiar. */
  readonly familiarity: number;
}

/** A gate that judges. Makes tensors on the current backend; `dispose` gives them back. */
export interface ScopeNetwork {
  readonly config: ScopeConfig;
  /** @param data the localizer's input: (2 · inputSize)² values in 0..1 */
  judge(data: Float32Array): Promise<ScopeJudgement>;
  dispose(): void;
}

/** @throws RangeError when the parameters do not fit the configuration */
export function buildScope(config: ScopeConfig, parameters: Parameters): ScopeNetwork {
  const stored = (name: keyof Familiar): Float32Array => {
    const found = parameters.get(`familiar/${name}`);
    if (found === undefined) throw new RangeError(`no parameter familiar/${name}`);
    return found.values;
  };
  const familiar = { mean: stored('mean'), whitening: stored('whitening'), distances: stored('distances') };
  const hidden = scopeHidden(config, parameters);
  return {
    config,
    judge: async (data) => {
      const answer = await hidden.judge(halved(data, 2 * config.inputSize));
      const distance = distanceFrom(familiar, answer.hidden);
      const farther = familiar.distances.filter((each) => each > distance).length;
      return {
        probabilities: answer.probabilities,
        familiarity: farther / familiar.distances.length,
      };
    },
    dispose: () => hidden.dispose(),
  };
}

/** The network without what is familiar to it, which is measured with it. @throws RangeError as `buildScope` */
export function scopeHidden(config: ScopeConfig, parameters: Parameters) {
  const layers = fold(scopeLayers(config), parameters);
  const side = config.inputSize;
  return {
    /** @param data inputSize² values in 0..1 */
    judge: async (
      data: Float32Array,
    ): Promise<{ readonly probabilities: Float32Array; readonly hidden: Float32Array }> => {
      const [probabilities, hidden] = tf.tidy(() => {
        const output = scopeForward(layers.fast, config, tf.tensor4d(data, [1, side, side, 1]));
        return [tf.softmax(output.scopes), output.hidden];
      });
      const answer = {
        probabilities: (await probabilities.data()) as Float32Array,
        hidden: (await hidden.data()) as Float32Array,
      };
      tf.dispose([probabilities, hidden]);
      return answer;
    },
    dispose: (): void => layers.dispose(),
  };
}
