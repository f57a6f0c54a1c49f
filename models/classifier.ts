/**
 * The second network: none / Garden I-II / Garden III-IV from one hip. Which layers it has is the configuration's
 * to say: the paper's own (mutasa.ts) or one of those that the paper compares it with.
 */
import * as tf from '@tensorflow/tfjs';
import { answer, type Architecture, type ClassifierOutput } from './architecture.ts';
import { denseNet, denseNetConfig, smallDenseNetConfig, type DenseNetConfig } from './densenet.ts';
import { fold } from './folded.ts';
import { inception, inceptionConfig, smallInceptionConfig, type InceptionConfig } from './inception.ts';
import type { LayerSpec, Parameters, Runner } from './layers.ts';
import { defaultClassifierConfig, mutasa, smallMutasaConfig, type MutasaConfig } from './mutasa.ts';
import { resNet, resNetConfig, smallResNetConfig, type ResNetConfig } from './resnet.ts';

export type ClassifierConfig = MutasaConfig | ResNetConfig | InceptionConfig | DenseNetConfig;

/** Order of the probabilities; the same as `gradeGroups` of the contract. */
export const classes = ['none', 'I-II', 'III-IV'] as const;

const configs = {
  mutasa: { full: defaultClassifierConfig, small: smallMutasaConfig },
  'resnet-50': { full: resNetConfig, small: smallResNetConfig },
  'inception-v4': { full: inceptionConfig, small: smallInceptionConfig },
  'densenet-100': { full: denseNetConfig, small: smallDenseNetConfig },
} as const;

/** A network by its name; `transformer` is for 'mutasa', which alone has one. */
export function classifierConfigFor(shape: {
  readonly architecture: ClassifierConfig['architecture'];
  readonly size: 'full' | 'small';
  readonly transformer: MutasaConfig['transformer'];
}): ClassifierConfig {
  const config = configs[shape.architecture][shape.size];
  return config.architecture === 'mutasa' ? { ...config, transformer: shape.transformer } : config;
}

/** The configuration that a weights file holds. Before there was more than one architecture it named none. */
export function storedClassifierConfig(stored: unknown): ClassifierConfig {
  return { architecture: 'mutasa', ...(stored as object) } as ClassifierConfig;
}

/** @throws RangeError when the configuration names an architecture that there is not */
function architectureOf(config: ClassifierConfig): Architecture {
  switch (config.architecture) {
    case 'mutasa':
      return mutasa(config, classes.length);
    case 'resnet-50':
      return resNet(config);
    case 'inception-v4':
      return inception(config);
    case 'densenet-100':
      return denseNet(config);
    default:
      throw new RangeError(`no architecture ${String((config as { architecture: unknown }).architecture)}`);
  }
}

export function classifierLayers(config: ClassifierConfig): readonly LayerSpec[] {
  return architectureOf(config).layers;
}

/** Activations in the picture's own frame (in front of the spatial transformer), where Grad-CAM looks. */
export function classifierStem(config: ClassifierConfig, run: Runner, x: tf.Tensor4D): tf.Tensor4D {
  return architectureOf(config).stem(run, x);
}

/** From the stem to the logits. `dropout` is applied to what the output layer sees. */
export function classifierHead(
  config: ClassifierConfig,
  run: Runner,
  stem: tf.Tensor4D,
  dropout?: (x: tf.Tensor) => tf.Tensor,
): ClassifierOutput {
  const { layers, body } = architectureOf(config);
  return answer(layers, run, body(run, stem), dropout);
}

/** @param x [n, size, size, channels], values in 0..1 */
export function classifierForward(
  config: ClassifierConfig,
  run: Runner,
  x: tf.Tensor4D,
  dropout?: (x: tf.Tensor) => tf.Tensor,
): ClassifierOutput {
  const { layers, stem, body } = architectureOf(config);
  return answer(layers, run, body(run, stem(run, x)), dropout);
}

/** What Grad-CAM needs: activations and the gradient of one class's logit by them, both [rows, columns, channels]. */
export interface Evidence {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly activations: Float32Array;
  readonly gradient: Float32Array;
}

/** A classifier that reads. Makes tensors on the current backend; `dispose` gives them back. */
export interface Classifier {
  readonly config: ClassifierConfig;
  /** Probabilities in the order of `classes` for each crop of inputSize × inputSize values in 0..1. */
  classify(crops: readonly Float32Array[]): Promise<Float32Array[]>;
  /** For tests and evaluation on tensors: [n, size, size, 1] → features, hidden, logits. The caller disposes. */
  featuresAndLogits(x: tf.Tensor4D): ClassifierOutput;
  /** Evidence at the last activations (4 × 4 by default), behind the spatial transformer where there is one. */
  evidence(crop: Float32Array, classIndex: number): Promise<Evidence>;
  /**
   * Evidence in front of the spatial transformer (8 × 8 by default, in the picture's own frame), by
   * back-propagation through the last block: finer, and runs on backends without filter gradients too.
   */
  fineEvidence(crop: Float32Array, classIndex: number): Promise<Evidence>;
  /**
   * Guided backpropagation (Springenberg et al., arXiv 1412.6806): the gradient of one class's logit by every pixel of
   * the crop, [inputSize, inputSize], with every ReLU's gradient cut where it is negative. Runs on every backend.
   */
  guidedGradient(crop: Float32Array, classIndex: number): Promise<Float32Array>;
  dispose(): void;
}

/** @throws RangeError when the parameters do not fit the configuration, or it is not for hips */
export function buildClassifier(config: ClassifierConfig, parameters: Parameters): Classifier {
  const { layers, stem, body } = architectureOf(config);
  if (config.architecture !== 'mutasa' && (config.inputs !== 1 || config.classes !== classes.length)) {
    throw new RangeError(
      `a network of ${config.inputs} channels and ${config.classes} classes reads no hips`,
    );
  }
  const { fast, differentiable, guided, dispose } = fold(layers, parameters);
  const size = config.inputSize;

  const input = (crops: readonly Float32Array[]): tf.Tensor4D => {
    const data = new Float32Array(crops.length * size * size);
    crops.forEach((crop, i) => {
      if (crop.length !== size * size) throw new RangeError(`a crop has ${crop.length} values`);
      data.set(crop, i * size * size);
    });
    return tf.tensor4d(data, [crops.length, size, size, 1]);
  };
  const featuresAndLogits = (x: tf.Tensor4D): ClassifierOutput =>
    tf.tidy(() => answer(layers, fast, body(fast, stem(fast, x))));
  const evidenceAt = async (
    activationsOf: () => tf.Tensor4D,
    logitsOf: (y: tf.Tensor4D) => tf.Tensor2D,
    classIndex: number,
  ): Promise<Evidence> => {
    const [activations, gradient] = tf.tidy(() => {
      const at = activationsOf();
      const logit = (y: tf.Tensor): tf.Scalar =>
        tf.sum(tf.slice(logitsOf(y as tf.Tensor4D), [0, classIndex], [1, 1]));
      return [at, tf.grad(logit)(at)];
    });
    const [, rows, columns, channels] = activations.shape;
    const values = await Promise.all([activations.data<'float32'>(), gradient.data<'float32'>()]);
    tf.dispose([activations, gradient]);
    return { rows, columns, channels, activations: values[0], gradient: values[1] };
  };

  return {
    config,
    featuresAndLogits,
    classify: async (crops) => {
      const probabilities = tf.tidy(() => tf.softmax(featuresAndLogits(input(crops)).logits));
      const flat = (await probabilities.data()) as Float32Array;
      probabilities.dispose();
      const n = classes.length;
      return crops.map((_, i) => flat.slice(i * n, (i + 1) * n));
    },
    evidence: (crop, classIndex) =>
      evidenceAt(
        () => featuresAndLogits(input([crop])).features,
        (y) => answer(layers, differentiable, y).logits,
        classIndex,
      ),
    fineEvidence: (crop, classIndex) =>
      evidenceAt(
        () => stem(fast, input([crop])),
        (y) => answer(layers, differentiable, body(differentiable, y)).logits,
        classIndex,
      ),
    guidedGradient: async (crop, classIndex) => {
      const gradient = tf.tidy(() => {
        const logit = (x: tf.Tensor): tf.Scalar => {
          const { logits } = answer(layers, guided, body(guided, stem(guided, x as tf.Tensor4D)));
          return tf.sum(tf.slice(logits, [0, classIndex], [1, 1]));
        };
        return tf.grad(logit)(input([crop]));
      });
      const values = await gradient.data<'float32'>();
      gradient.dispose();
      return values;
    },
    dispose,
  };
}
