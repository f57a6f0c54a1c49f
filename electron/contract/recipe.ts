import * as z from 'zod';

/** How a network is trained: everything besides the pictures. The same snapshot, recipe and code give the same weights on a CPU. */

export const networkNames = ['localizer', 'classifier'] as const;
export const networkName = z.enum(networkNames);
export type NetworkName = z.infer<typeof networkName>;

/** The paper's own classifier, and those that it compares with; 'small' ones of each are for tests and quick trials. */
export const architectures = ['mutasa', 'resnet-50', 'inception-v4', 'densenet-100'] as const;
export const networkSizes = ['full', 'small'] as const;
export const transformers = ['conditioned', 'constant', 'none'] as const;
export const classifierShape = z.strictObject({
  architecture: z.enum(architectures),
  size: z.enum(networkSizes),
  /** The spatial transformer of 'mutasa'; the others have none. */
  transformer: z.enum(transformers),
});
export type ClassifierShape = z.infer<typeof classifierShape>;

const share = z.number().min(0).max(1);
/** Half the width of a uniform draw; 0 switches the step off. */
const reach = z.number().min(0);

/** What is done to a picture before the network sees it in training. 0 or false switches a step off. */
export const augmentation = z.strictObject({
  /** Chances of a flip. */
  mirror: share,
  upsideDown: share,
  rotationDegrees: reach.max(180),
  /** Scale is e to ± this; the picture's side times this is the shift. */
  logScale: reach.max(1),
  shift: reach.max(0.5),
  /** Contrast about the mean is 1 ± this, on the network's input: percentiles before it would take it away. */
  contrast: reach.max(1),
  logGamma: reach.max(2),
  /** Largest standard deviation of Gaussian noise, on greys in 0..1, before percentiles and even contrast. */
  noise: reach.max(1),
  /** The steps of strong randomisation (after SyntheX), each applied to a share of the pictures. */
  strong: z.strictObject({
    inversion: z.boolean(),
    gammaAndContrast: z.boolean(),
    blur: z.boolean(),
    sharpening: z.boolean(),
    multiplicativeNoise: z.boolean(),
    gaussianNoise: z.boolean(),
    impulseNoise: z.boolean(),
    boxDropout: z.boolean(),
    pooling: z.boolean(),
    elastic: z.boolean(),
    affine: z.boolean(),
  }),
});
export type Augmentation = z.infer<typeof augmentation>;
export type StrongStep = keyof Augmentation['strong'];

export const recipe = z.strictObject({
  network: networkName,
  /** Null for the localizer. */
  shape: classifierShape.nullable(),
  epochs: z.number().int().min(1).max(10_000),
  batchSize: z.number().int().min(1).max(1024),
  learningRate: z.number().positive().max(1),
  /** 'cosine' falls to 0 along half a cosine; 'step' falls to a tenth at 1/2 and 3/4 of the epochs. Both warm up. */
  schedule: z.enum(['cosine', 'step', 'constant']),
  warmUpSteps: z.number().int().nonnegative(),
  /** Epochs without a better validation after which training stops. */
  patience: z.number().int().min(1),
  l2: z.number().nonnegative(),
  /** Decay of the moving average of the weights. */
  averageDecay: z.number().min(0).max(0.999_999),
  /** Share of the fully connected layer's units that is kept. */
  dropoutKeep: z.number().gt(0).max(1),
  /** 'weights' lets each class weigh the same in the loss, 'draw' draws each as often. */
  balance: z.enum(['weights', 'draw', 'none']),
  /**
   * How many of the pictures of an epoch come from each source, as parts of the whole; a source with 0 is left out.
   * An epoch is as long as makes the films' part the number of films. Null takes all pictures as they are.
   */
  sources: z.strictObject({ film: share, drr: share, gan: share }).nullable(),
  augmentation,
  seed: z.number().int().min(0).max(0xffff_ffff),
});
export type Recipe = z.infer<typeof recipe>;
