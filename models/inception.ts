/**
 * Inception-v4 (Szegedy, Ioffe, Vanhoucke and Alemi, AAAI 2017, figures 3 to 9): a stem, 4 blocks A, a reduction,
 * 7 blocks B, a reduction, 3 blocks C. Where the figures leave a choice the authors' own program decides: the two
 * reductions have the channels of its release, and the stem's 1 × 7 stands before its 7 × 1.
 */
import * as tf from '@tensorflow/tfjs';
import { answerLayers, convNorm, type Architecture } from './architecture.ts';
import type { KernelSize, LayerSpec, Runner } from './layers.ts';
import { meanOfNeighbours } from './pooling.ts';

export interface InceptionConfig {
  readonly architecture: 'inception-v4';
  readonly inputSize: number;
  /** Channels of a picture. */
  readonly inputs: number;
  readonly classes: number;
  /** Blocks A, B and C. */
  readonly blocks: readonly [a: number, b: number, c: number];
  /** Channels of the first convolution, 32 as published; every other number of channels goes with it. */
  readonly width: number;
}

export const inceptionConfig: InceptionConfig = {
  architecture: 'inception-v4',
  inputSize: 256,
  inputs: 1,
  classes: 3,
  blocks: [4, 7, 3],
  width: 32,
};

/** For tests and quick trials. */
export const smallInceptionConfig: InceptionConfig = { ...inceptionConfig, blocks: [1, 1, 1], width: 2 };

/** One convolution of a branch: kernel, channels in 32nds of the width as published, and how it walks. */
type Step = readonly [size: KernelSize, outputs: number, walk?: 'halving' | 'inside'];
/** What is put side by side at the end of a block. */
type Branch =
  | { readonly steps: readonly Step[]; readonly after?: 'mean' }
  /** The last two stand side by side, both after the rest. */
  | { readonly steps: readonly Step[]; readonly fork: readonly [Step, Step] }
  | 'greatest';
type Block = readonly Branch[];

const wide: KernelSize = [1, 7];
const tall: KernelSize = [7, 1];
const halving = 'halving';
const inside = 'inside';

const stem: readonly Block[] = [
  [{ steps: [[3, 32, halving]] }],
  [{ steps: [[3, 32, inside]] }],
  [{ steps: [[3, 64]] }],
  ['greatest', { steps: [[3, 96, halving]] }],
  [
    {
      steps: [
        [1, 64],
        [3, 96, inside],
      ],
    },
    {
      steps: [
        [1, 64],
        [wide, 64],
        [tall, 64],
        [3, 96, inside],
      ],
    },
  ],
  [{ steps: [[3, 192, halving]] }, 'greatest'],
];
const blockA: Block = [
  { steps: [[1, 96]] },
  {
    steps: [
      [1, 64],
      [3, 96],
    ],
  },
  {
    steps: [
      [1, 64],
      [3, 96],
      [3, 96],
    ],
  },
  { after: 'mean', steps: [[1, 96]] },
];
const reductionA: Block = [
  { steps: [[3, 384, halving]] },
  {
    steps: [
      [1, 192],
      [3, 224],
      [3, 256, halving],
    ],
  },
  'greatest',
];
const blockB: Block = [
  { steps: [[1, 384]] },
  {
    steps: [
      [1, 192],
      [wide, 224],
      [tall, 256],
    ],
  },
  {
    steps: [
      [1, 192],
      [tall, 192],
      [wide, 224],
      [tall, 224],
      [wide, 256],
    ],
  },
  { after: 'mean', steps: [[1, 128]] },
];
const reductionB: Block = [
  {
    steps: [
      [1, 192],
      [3, 192, halving],
    ],
  },
  {
    steps: [
      [1, 256],
      [wide, 256],
      [tall, 320],
      [3, 320, halving],
    ],
  },
  'greatest',
];
const fork: readonly [Step, Step] = [
  [[1, 3], 256],
  [[3, 1], 256],
];
const blockC: Block = [
  { steps: [[1, 256]] },
  { steps: [[1, 384]], fork },
  {
    steps: [
      [1, 384],
      [[3, 1], 448],
      [[1, 3], 512],
    ],
    fork,
  },
  { after: 'mean', steps: [[1, 256]] },
];

interface NamedBlock {
  readonly name: string;
  readonly branches: Block;
}

export function inception(config: InceptionConfig): Architecture {
  const [a, b, c] = config.blocks;
  const repeated = (name: string, branches: Block, count: number): NamedBlock[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${name}${String(i + 1)}`, branches }));
  const shallow: readonly NamedBlock[] = [
    ...stem.map((branches, i) => ({ name: `stem${String(i + 1)}`, branches })),
    ...repeated('a', blockA, a),
    { name: 'reduction-a', branches: reductionA },
    ...repeated('b', blockB, b),
    { name: 'reduction-b', branches: reductionB },
  ];
  // No greatest of neighbours among them: which of several that are equal it follows back is every backend's own.
  const deep = repeated('c', blockC, c);
  const layers: LayerSpec[] = [];
  let channels = config.inputs;
  for (const block of [...shallow, ...deep]) {
    const made = blockLayers(block, channels, config.width);
    layers.push(...made.layers);
    channels = made.outputs;
  }
  const through = (blocks: readonly NamedBlock[], run: Runner, x: tf.Tensor4D): tf.Tensor4D =>
    blocks.reduce((y, block) => throughBlock(block, run, y), x);
  return {
    layers: [...layers, ...answerLayers(channels, null, config.classes)],
    stem: (run, x) => through(shallow, run, x),
    body: (run, y) => through(deep, run, y),
  };
}

/** All numbers of channels are multiples of 32. */
const publishedWidth = 32;

function stepName(block: NamedBlock, branch: number, step: number): string {
  return `${block.name}/${String(branch + 1)}/${String(step + 1)}`;
}

function stepsOf(branch: Exclude<Branch, 'greatest'>): readonly Step[] {
  return 'fork' in branch ? [...branch.steps, ...branch.fork] : branch.steps;
}

function blockLayers(
  block: NamedBlock,
  inputs: number,
  width: number,
): { readonly layers: readonly LayerSpec[]; readonly outputs: number } {
  const layers: LayerSpec[] = [];
  let outputs = 0;
  block.branches.forEach((branch, b) => {
    if (branch === 'greatest') {
      outputs += inputs;
      return;
    }
    let channels = inputs;
    stepsOf(branch).forEach(([size, published, walk], s) => {
      const made = (published / publishedWidth) * width;
      layers.push(
        convNorm(stepName(block, b, s), size, channels, made, {
          stride: walk === halving ? 2 : 1,
          padding: walk === undefined ? 'same' : 'valid',
        }),
      );
      const isFork = s >= branch.steps.length;
      const isLast = s >= branch.steps.length - 1 && (isFork || !('fork' in branch));
      if (isLast) outputs += made;
      if (!isFork) channels = made;
    });
  });
  return { layers, outputs };
}

function throughBlock(block: NamedBlock, run: Runner, x: tf.Tensor4D): tf.Tensor4D {
  const parts = block.branches.flatMap((branch, b): tf.Tensor4D[] => {
    if (branch === 'greatest') return [tf.maxPool(x, 3, 2, 'valid')];
    let y = 'after' in branch ? meanOfNeighbours(x) : x;
    branch.steps.forEach((_, s) => {
      y = run.layer(stepName(block, b, s), y) as tf.Tensor4D;
    });
    if (!('fork' in branch)) return [y];
    return branch.fork.map(
      (_, i) => run.layer(stepName(block, b, branch.steps.length + i), y) as tf.Tensor4D,
    );
  });
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 3);
}
