import * as tf from '@tensorflow/tfjs';
import type { LearnedVariable } from '../../models/index.ts';

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

/**
 * Adam with Nesterov momentum and the momentum schedule μ_t = β₁ (1 − ½ · 0.96^(t ψ)) (Dozat, "Incorporating
 * Nesterov Momentum into Adam", ICLR 2016 workshop):
 *
 *   θ ← θ − η · (μ_{t+1} m_t / (1 − Π_{i≤t+1} μ_i) + (1 − μ_t) g_t / (1 − Π_{i≤t} μ_i)) / (√(v_t / (1 − β₂ᵗ)) + ε)
 */
export class Nadam {
  readonly #options: NadamOptions;
  readonly #slots = new Map<string, { first: tf.Variable; second: tf.Variable }>();
  #step = 0;
  #momentumProduct = 1;

  constructor(options: NadamOptions = nadamDefaults) {
    this.#options = options;
  }

  /** Moves each variable that has a gradient. The caller disposes of the gradients. */
  apply(
    variables: readonly LearnedVariable[],
    gradients: Readonly<Record<string, tf.Tensor>>,
    learningRate: number,
  ): void {
    const { beta1, beta2, epsilon, momentumDecay } = this.#options;
    this.#step += 1;
    const momentumAt = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    const now = momentumAt(this.#step);
    const next = momentumAt(this.#step + 1);
    this.#momentumProduct *= now;
    const ofFirst = (learningRate * next) / (1 - this.#momentumProduct * next);
    const ofGradient = (learningRate * (1 - now)) / (1 - this.#momentumProduct);
    const secondScale = 1 / Math.sqrt(1 - beta2 ** this.#step);
    for (const { name, role, variable } of variables) {
      const raw = gradients[variable.name];
      if (raw === undefined) continue;
      const { first, second } = this.#slotsOf(name, variable);
      tf.tidy(() => {
        const gradient = role === 'kernel' ? tf.add(raw, tf.mul(variable, this.#options.l2)) : raw;
        first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
        second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
        const direction = tf.add(tf.mul(first, ofFirst), tf.mul(gradient, ofGradient));
        const size = tf.add(tf.mul(tf.sqrt(second), secondScale), epsilon);
        variable.assign(tf.sub(variable, tf.div(direction, size)));
      });
    }
  }

  dispose(): void {
    for (const { first, second } of this.#slots.values()) tf.dispose([first, second]);
    this.#slots.clear();
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
