/**
 * Nadam and the moving average of the weights in place, through TensorFlow's training kernels: one pass over the
 * weights where plain operations make ten, each into new memory.
 *
 * Those kernels work on TensorFlow's variables, and they copy first when anyone else holds the same memory. So each
 * tensor is lent to a carrier for as long as a kernel works on it: put into the carrier, let go of by its tfjs
 * variable (which is given some tensor of its shape to hold meanwhile), moved, and taken back.
 */
import * as tf from '@tensorflow/tfjs';
import type { Kernels } from '../../models/index.ts';
import { attributesOf, type TensorFlowBackend } from './tensorflowBackend.ts';

export function nativeUpdates(backend: TensorFlowBackend): Pick<Kernels, 'nadam' | 'follow'> {
  const { float32, text, truth, shape } = attributesOf(backend);
  const dtype = [float32('dtype')];
  const unlocked = [float32('T'), truth('use_locking', false)];
  const adam = [...unlocked, truth('use_nesterov', false)];
  const nesterov = [...unlocked, truth('use_nesterov', true)];

  const carrier = (name: string): tf.Tensor =>
    tf.keep(
      backend.executeSingleOutput(
        'VarHandleOp',
        [...dtype, shape('shape', []), text('container', ''), text('shared_name', `calcar/${name}`)],
        [],
      ),
    );
  const carriers = {
    variable: carrier('variable'),
    first: carrier('first'),
    second: carrier('second'),
    scratch: carrier('scratch'),
  };
  const run = (kernel: string, attributes: typeof dtype, inputs: tf.Tensor[]): void => {
    backend.executeMultipleOutputs(kernel, attributes, inputs, 0);
  };
  const put = (into: tf.Tensor, tensor: tf.Tensor): void => {
    run('AssignVariableOp', dtype, [into, tensor]);
  };
  const takeBack = (variable: tf.Variable, from: tf.Tensor): void => {
    const moved = backend.executeSingleOutput('ReadVariableOp', dtype, [from]);
    variable.assign(moved);
    moved.dispose();
  };

  return {
    /**
     * ResourceApplyAdam does, with α = its learning rate where the powers of its decays are given as 0,
     *
     *   first ← first + (g − first)(1 − β₁);  second ← second + (g² − second)(1 − β₂)
     *   variable ← variable − α first / (√second + ε)
     *
     * which is Nadam's share of the mean gradient. A second call with β₁ = 0, β₂ = 1 and Nesterov's look ahead
     * leaves the second moment alone and moves the variable by α g / (√second + ε), the share of the gradient.
     */
    nadam: (parameters, { beta1, beta2, epsilon, ofFirst, ofGradient, secondScale }) => {
      tf.tidy(() => {
        const [zero, one] = [tf.scalar(0), tf.scalar(1)];
        const [firstDecay, secondDecay] = [tf.scalar(beta1), tf.scalar(beta2)];
        const smallest = tf.scalar(epsilon / secondScale);
        const alongFirst = tf.scalar(ofFirst / secondScale);
        const alongGradient = tf.scalar(ofGradient / secondScale);
        for (const { variable, first, second, gradient, l2 } of parameters) {
          tf.tidy(() => {
            const decay = l2 === 0 ? null : tf.mul(variable, l2);
            const g = decay === null ? gradient : tf.add(gradient, decay);
            put(carriers.variable, variable);
            put(carriers.first, first);
            put(carriers.second, second);
            // What it holds is of no account.
            put(carriers.scratch, decay ?? g);
            decay?.dispose();
            for (const lent of [variable, first, second]) lent.assign(g);
            const { variable: v, first: m, second: s, scratch } = carriers;
            run('ResourceApplyAdam', adam, [
              ...[v, m, s, zero, zero, alongFirst],
              ...[firstDecay, secondDecay, smallest, g],
            ]);
            run('ResourceApplyAdam', nesterov, [
              ...[v, scratch, s, zero, zero, alongGradient],
              ...[zero, one, smallest, g],
            ]);
            takeBack(variable, v);
            takeBack(first, m);
            takeBack(second, s);
          });
        }
      });
    },

    follow: (pairs, kept) => {
      tf.tidy(() => {
        const share = tf.scalar(1 - kept);
        for (const { variable, average } of pairs) {
          tf.tidy(() => {
            const ahead = tf.sub(average, variable);
            put(carriers.variable, average);
            average.assign(ahead);
            run('ResourceApplyGradientDescent', unlocked, [carriers.variable, share, ahead]);
            takeBack(average, carriers.variable);
          });
        }
      });
    },
  };
}
