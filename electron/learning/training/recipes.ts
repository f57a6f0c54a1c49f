/** Recipes to start from. */
import type {
  Augmentation,
  ClassifierShape,
  NetworkName,
  Recipe,
  StrongStep,
} from '../../contract/recipe.ts';

const strong = (isOn: boolean): Record<StrongStep, boolean> => ({
  inversion: isOn,
  gammaAndContrast: isOn,
  blur: isOn,
  sharpening: isOn,
  multiplicativeNoise: isOn,
  gaussianNoise: isOn,
  impulseNoise: isOn,
  boxDropout: isOn,
  pooling: isOn,
  elastic: isOn,
  affine: isOn,
});

/** Every step switched off. */
export const noAugmentation: Augmentation = {
  mirror: 0,
  upsideDown: 0,
  rotationDegrees: 0,
  logScale: 0,
  shift: 0,
  contrast: 0,
  logGamma: 0,
  noise: 0,
  strong: strong(false),
};

/**
 * The paper turns films by up to 30° and upside down too. No reader hangs one so, and a short training that has to
 * see both does not get as far as the faint fractures.
 */
const shippedAugmentation: Record<NetworkName, Augmentation> = {
  classifier: {
    ...noAugmentation,
    mirror: 0.5,
    rotationDegrees: 15,
    logScale: 0.1,
    shift: 0.05,
    logGamma: 0.3,
    noise: 0.004,
  },
  localizer: {
    ...noAugmentation,
    mirror: 0.5,
    rotationDegrees: 12,
    logScale: 0.25,
    shift: 0.12,
    logGamma: 0.4,
    noise: 0.02,
  },
};

const mutasa: ClassifierShape = { architecture: 'mutasa', size: 'full', transformer: 'conditioned' };
const shapeOf = (network: NetworkName): ClassifierShape | null => (network === 'classifier' ? mutasa : null);

/**
 * The paper, as far as it states its training (J Digit Imaging 2020, appendix, 'Neural Network Implementation
 * Details' and 'Data Augmentation'): Nadam with 1e-3, 200 epochs, L2 1e-4, decay of the moving average 0.999, keep
 * probability 50 % ("final hyperparameter settings"; 75 % elsewhere), flips both ways, rotation by −30° to 30°,
 * contrast jitter and Gaussian noise. It does not state batch size, strengths of contrast and noise, schedule, early
 * stopping or balancing: batch size 128 and a contrast of 0.97 to 1.03 are those of its author's later public code,
 * whose uniform noise of amplitude up to 0.1 has a standard deviation up to 0.1/√12. The localizer's training is not
 * described; it is given the same.
 */
export function paperRecipe(network: NetworkName): Recipe {
  return {
    network,
    shape: shapeOf(network),
    epochs: 200,
    batchSize: 128,
    learningRate: 1e-3,
    schedule: 'constant',
    warmUpSteps: 0,
    patience: 200,
    l2: 1e-4,
    averageDecay: 0.999,
    dropoutKeep: 0.5,
    balance: 'none',
    sources: null,
    augmentation: {
      ...noAugmentation,
      mirror: 0.5,
      upsideDown: 0.5,
      rotationDegrees: 30,
      contrast: 0.03,
      noise: 0.029,
    },
    seed: 1,
  };
}

/** What the models that come with Calcar are trained with. */
export function shippedRecipe(network: NetworkName): Recipe {
  return {
    network,
    shape: shapeOf(network),
    epochs: 20,
    batchSize: 32,
    learningRate: 1e-3,
    schedule: 'cosine',
    warmUpSteps: 60,
    patience: 12,
    l2: 1e-4,
    averageDecay: 0.999,
    dropoutKeep: 0.75,
    balance: 'weights',
    sources: null,
    augmentation: shippedAugmentation[network],
    seed: 1,
  };
}

/** The shipped one with every step of strong randomisation: for films unlike those it learns from. */
export function strongRecipe(network: NetworkName): Recipe {
  return {
    ...shippedRecipe(network),
    augmentation: { ...shippedAugmentation[network], strong: strong(true) },
  };
}

/** A trial: whether a snapshot can be learned from at all, within minutes. */
export function quickRecipe(network: NetworkName): Recipe {
  return {
    ...shippedRecipe(network),
    shape: network === 'classifier' ? { ...mutasa, size: 'small' } : null,
    epochs: 4,
    warmUpSteps: 10,
    patience: 4,
    averageDecay: 0.97,
  };
}
