import * as tf from '@tensorflow/tfjs';
import {
  plainKernels,
  type Kernels,
  type LearnedVariable,
  type Parameter,
  type Parameters,
} from '../../../models/index.ts';

export interface NadamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Weight of ½ Σ kernel² in the loss; its gradient is added here instead of through the tape. */
  readonly l2: number;
  /** ψ of the momentum schedule. */
  readonly momentumDecay: number;
}

export const nadamDefaults: NadamOptions = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  l2: 1e-4,
  momentumDecay: 4e-3,
};

const slotNames = ['first', 'second'] as const;
const stepName = 'step';

/**
 * Adam with Nesterov momentum and the momentum schedule μ_t = β₁ (1 − ½ · 0.96^(t ψ)) (Dozat, "Incorporating
 * Nesterov Momentum into Adam", ICLR 2016 workshop):
 *
 *   θ ← θ − η · (μ_{t+1} m_t / (1 − Π_{i≤t+1} μ_i) + (1 − μ_t) g_t / (1 − Π_{i≤t} μ_i)) / (√(v_t / (1 − β₂ᵗ)) + ε)
 */
export class Nadam {
  readonly #options: NadamOptions;
  readonly #kernels: Kernels;
  readonly #slots = new Map<string, { first: tf.Variable; second: tf.Variable }>();
  #step = 0;
  #momentumProduct = 1;

  constructor(options: NadamOptions = nadamDefaults, kernels: Kernels = plainKernels) {
    this.#options = options;
    this.#kernels = kernels;
  }

  /** Moves each variable that has a gradient. The caller disposes of the gradients. */
  apply(
    variables: readonly LearnedVariable[],
    gradients: Readonly<Record<string, tf.Tensor>>,
    learningRate: number,
  ): void {
    const { beta1, beta2, epsilon, l2 } = this.#options;
    this.#step += 1;
    const now = this.#momentumAt(this.#step);
    const next = this.#momentumAt(this.#step + 1);
    this.#momentumProduct *= now;
    this.#kernels.nadam(
      variables.flatMap(({ name, role, variable }) => {
        const gradient = gradients[variable.name];
        if (gradient === undefined) return [];
        return [{ variable, ...this.#slotsOf(name, variable), gradient, l2: role === 'kernel' ? l2 : 0 }];
      }),
      {
        beta1,
        beta2,
        epsilon,
        ofFirst: (learningRate * next) / (1 - this.#momentumProduct * next),
        ofGradient: (learningRate * (1 - now)) / (1 - this.#momentumProduct),
        secondScale: 1 / Math.sqrt(1 - beta2 ** this.#step),
      },
    );
  }

  /** The moments by name and the number of steps: all that `restore` needs to go on with the same bytes. */
  async save(): Promise<Parameters> {
    const saved = new Map<string, Parameter>([
      [stepName, { shape: [1], values: Float32Array.of(this.#step) }],
    ]);
    for (const [name, slots] of this.#slots) {
      for (const part of slotNames) {
        const values = (await slots[part].data()) as Float32Array;
        saved.set(`${part}/${name}`, { shape: slots[part].shape, values: values.slice() });
      }
    }
    return saved;
  }

  /**
   * Takes the place of everything learned so far.
   *
   * @throws RangeError when it is not what `save` gave
   */
  restore(saved: Parameters): void {
    const step = saved.get(stepName)?.values[0];
    if (step === undefined) throw new RangeError('no count of steps');
    this.dispose();
    this.#step = step;
    this.#momentumProduct = 1;
    for (let t = 1; t <= step; t++) this.#momentumProduct *= this.#momentumAt(t);
    for (const [key, first] of saved) {
      if (!key.startsWith('first/')) continue;
      const name = key.slice('first/'.length);
      const second = saved.get(`second/${name}`);
      if (second === undefined) throw new RangeError(`no second moment of ${name}`);
      const variable = ({ shape, values }: Parameter): tf.Variable =>
        tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...shape]), false));
      this.#slots.set(name, { first: variable(first), second: variable(second) });
    }
  }

  dispose(): void {
    for (const { first, second } of this.#slots.values()) tf.dispose([first, second]);
    this.#slots.clear();
  }

  #momentumAt(t: number): number {
    return this.#options.beta1 * (1 - 0.5 * 0.96 ** (t * this.#options.momentumDecay));
  }

  #slotsOf(name: string, variable: tf.Variable): { first: tf.Variable; second: tf.Variable } {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const zero = (): tf.Variable => tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
    const made = { first: zero(), second: zero() };
    this.#slots.set(name, made);
    return made;
  }
}
