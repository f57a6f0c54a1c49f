/**
 * The first network: where the hips are. A heat map a kind of hip, and a box at each of its cells (as in
 * Zhou, Wang and Krähenbühl, "Objects as Points", arXiv 1904.07850). The two kinds are hips whose medial
 * side (acetabulum, pelvis) is to the picture's right or to its left, so the side is learned from what the
 * hip looks like and not from where it is on the film.
 */
import * as tf from '@tensorflow/tfjs';
import { fold } from './folded.ts';
import { cellSize, medialSides, unitBoxSide, type MedialSide } from './hipMap.ts';
import type { LayerSpec, Parameters, Runner } from './layers.ts';
import { residualBlock, residualLayers } from './residual.ts';

export interface LocalizerConfig {
  readonly inputSize: number;
  /** Channels at strides 2, 4, 8, 16 and 32. */
  readonly channels: readonly [number, number, number, number, number];
}

export const defaultLocalizerConfig: LocalizerConfig = { inputSize: 256, channels: [16, 24, 48, 96, 192] };

export function localizerLayers(config: LocalizerConfig): LayerSpec[] {
  const [c2, c4, c8, c16, c32] = config.channels;
  const norm = (name: string, size: number, inputs: number, outputs: number, stride: number): LayerSpec => ({
    kind: 'conv-norm',
    name,
    size,
    inputs,
    outputs,
    stride,
    activation: 'relu',
  });
  return [
    norm('conv2', 3, 1, c2, 2),
    norm('conv4', 3, c2, c4, 2),
    ...residualLayers('block8', c4, c8, 2),
    ...residualLayers('block16', c8, c16, 2),
    ...residualLayers('block32', c16, c32, 2),
    norm('up16/in', 1, c32, c16, 1),
    norm('up16/out', 3, c16, c16, 1),
    norm('up8/in', 1, c16, c8, 1),
    norm('up8/out', 3, c8, c8, 1),
    // A hip is in one cell of a thousand: the heat starts at a probability of 1 %.
    {
      kind: 'conv',
      name: 'heat',
      size: 1,
      inputs: c8,
      outputs: medialSides.length,
      biasStart: Math.log(0.01 / 0.99),
    },
    { kind: 'conv', name: 'box', size: 1, inputs: c8, outputs: 4, biasStart: 0 },
  ];
}

export interface LocalizerOutput {
  /** Logits, [n, size / 8, size / 8, 2] in the order of `medialSides`. */
  readonly heat: tf.Tensor4D;
  /**
   * [n, size / 8, size / 8, 4]: centre x and y from the cell's centre in cells, then ln(width / 64) and
   * ln(height / 64).
   */
  readonly box: tf.Tensor4D;
}

export function localizerForward(run: Runner, x: tf.Tensor4D): LocalizerOutput {
  const y4 = run.layer('conv4', run.layer('conv2', x)) as tf.Tensor4D;
  const y8 = residualBlock(run, 'block8', y4);
  const y16 = residualBlock(run, 'block16', y8);
  const y32 = residualBlock(run, 'block32', y16);
  const up16 = run.layer('up16/out', tf.add(y16, enlarged(run.layer('up16/in', y32) as tf.Tensor4D)));
  const up8 = run.layer('up8/out', tf.add(y8, enlarged(run.layer('up8/in', up16) as tf.Tensor4D)));
  return { heat: run.layer('heat', up8) as tf.Tensor4D, box: run.layer('box', up8) as tf.Tensor4D };
}

/** Every cell as 2 × 2 of itself. */
function enlarged(x: tf.Tensor4D): tf.Tensor4D {
  const [, rows, columns] = x.shape;
  return tf.image.resizeNearestNeighbor(x, [rows * 2, columns * 2]);
}

export interface HipDetection {
  /** In pixels of the localizer's input. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly medialSide: MedialSide;
  /** 0..1. */
  readonly score: number;
}

/** A localizer that reads. Makes tensors on the current backend; `dispose` gives them back. */
export interface Localizer {
  readonly config: LocalizerConfig;
  /**
   * The hips of one picture of inputSize × inputSize values in 0..1: at most one of each kind, best first,
   * those that score at least `threshold`.
   */
  locate(data: Float32Array, threshold?: number): Promise<HipDetection[]>;
  dispose(): void;
}

/** Below this score a peak of the heat map is no hip. */
export const defaultThreshold = 0.3;

/** @throws RangeError when the parameters do not fit the configuration */
export function buildLocalizer(config: LocalizerConfig, parameters: Parameters): Localizer {
  const layers = fold(localizerLayers(config), parameters);
  const size = config.inputSize;
  return {
    config,
    locate: async (data, threshold = defaultThreshold) => {
      if (data.length !== size * size) throw new RangeError(`a localizer input has ${data.length} values`);
      const [heat, box] = tf.tidy(() => {
        const output = localizerForward(layers.fast, tf.tensor4d(data, [1, size, size, 1]));
        return [tf.sigmoid(output.heat), output.box];
      });
      const scores = (await heat.data()) as Float32Array;
      const boxes = (await box.data()) as Float32Array;
      tf.dispose([heat, box]);
      return decodeHips(scores, boxes, size / cellSize, threshold);
    },
    dispose: () => layers.dispose(),
  };
}

/** Two peaks whose boxes overlap more than this are one hip. */
const sameHipOverlap = 0.4;

/** Cells around a peak that say where its box is, and the share of the peak's score from which they do. */
const votingReach = 2;
const votingFrom = 0.1;

/**
 * Best cell of each heat-map channel → boxes. A box is the mean of what the cells around the peak say, each
 * weighing as much as its score lies above a tenth of the peak's: one cell alone is off by more, and a weight that
 * begins at nothing does not jump between backends.
 *
 * @param scores side × side × 2 probabilities
 * @param boxes side × side × 4, see LocalizerOutput.box
 */
export function decodeHips(
  scores: Float32Array,
  boxes: Float32Array,
  side: number,
  threshold: number,
): HipDetection[] {
  const kinds = medialSides.length;
  const found = medialSides
    .map((medialSide, kind): HipDetection => {
      let best = 0;
      for (let cell = 1; cell < side * side; cell++) {
        if (scores[cell * kinds + kind]! > scores[best * kinds + kind]!) best = cell;
      }
      return {
        box: votedBox(scores, boxes, best, kind, side),
        medialSide,
        score: scores[best * kinds + kind]!,
      };
    })
    .filter(({ score }) => score >= threshold)
    .sort((a, b) => b.score - a.score);
  const [first, second] = found;
  return first && second && overlap(first.box, second.box) > sameHipOverlap ? [first] : found;
}

function votedBox(
  scores: Float32Array,
  boxes: Float32Array,
  peak: number,
  kind: number,
  side: number,
): HipDetection['box'] {
  const scoreAt = (cell: number): number => scores[cell * medialSides.length + kind]!;
  const least = votingFrom * scoreAt(peak);
  const column = peak % side;
  const row = Math.floor(peak / side);
  const within = (place: number): number[] =>
    Array.from({ length: 2 * votingReach + 1 }, (_, i) => place - votingReach + i).filter(
      (index) => index >= 0 && index < side,
    );
  const votes = within(row)
    .flatMap((r) => within(column).map((c) => r * side + c))
    .map((cell) => ({ box: boxAt(boxes, cell, side), weight: Math.max(0, scoreAt(cell) - least) }))
    .filter(({ weight }) => weight > 0);
  const total = votes.reduce((sum, { weight }) => sum + weight, 0);
  const meanOf = (edge: (box: HipDetection['box']) => number): number =>
    votes.reduce((sum, { box, weight }) => sum + weight * edge(box), 0) / total;
  const x = meanOf((box) => box.x);
  const y = meanOf((box) => box.y);
  return { x, y, width: meanOf((box) => box.width), height: meanOf((box) => box.height) };
}

function boxAt(boxes: Float32Array, cell: number, side: number): HipDetection['box'] {
  const [dx, dy, logWidth, logHeight] = boxes.subarray(cell * 4, cell * 4 + 4);
  const width = unitBoxSide * Math.exp(logWidth!);
  const height = unitBoxSide * Math.exp(logHeight!);
  const centreX = ((cell % side) + 0.5 + dx!) * cellSize;
  const centreY = (Math.floor(cell / side) + 0.5 + dy!) * cellSize;
  return { x: centreX - width / 2, y: centreY - height / 2, width, height };
}

/** Intersection over union. */
function overlap(a: HipDetection['box'], b: HipDetection['box']): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}
