/**
 * Variations of a stored picture at training time (the paper: flips, rotation by −30° to 30°, contrast
 * jitter, Gaussian noise), and of the box by shift and scale, so that the classifier bears a localizer that
 * is a little off. Plain numbers; the same random stream gives the same picture.
 */
import { finishInput } from '../reading/prepare.ts';
import type { Random } from '../random/random.ts';

/** From output to source: source = centre + [a b; c d] · (output − centre) + shift, in pixels. */
export interface AffineMap {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

export interface Jitter {
  readonly mirror: number;
  readonly upsideDown: number;
  readonly rotationDegrees: number;
  /** Scale is e to a uniform number in ± this. */
  readonly logScale: number;
  /** As a share of the picture's side. */
  readonly shift: number;
  /** Exponent of the grey values is e to a uniform number in ± this. */
  readonly logGamma: number;
  /** Largest standard deviation of the noise, on grey values in 0..1. */
  readonly noise: number;
}

/**
 * The paper turns films by up to 30° and upside down too. No reader hangs one so, and a short training that
 * has to see both does not get as far as the faint fractures.
 */
export const classifierJitter: Jitter = {
  mirror: 0.5,
  upsideDown: 0,
  rotationDegrees: 15,
  logScale: 0.1,
  shift: 0.05,
  logGamma: 0.3,
  noise: 0.004,
};

export const localizerJitter: Jitter = {
  mirror: 0.5,
  upsideDown: 0,
  rotationDegrees: 12,
  logScale: 0.25,
  shift: 0.12,
  logGamma: 0.4,
  noise: 0.02,
};

export const noJitter: Jitter = {
  mirror: 0,
  upsideDown: 0,
  rotationDegrees: 0,
  logScale: 0,
  shift: 0,
  logGamma: 0,
  noise: 0,
};

/** @param side of the picture, in pixels */
export function drawMap(random: Random, jitter: Jitter, side: number): AffineMap {
  const angle = (random.between(-jitter.rotationDegrees, jitter.rotationDegrees) * Math.PI) / 180;
  const scale = Math.exp(random.between(-jitter.logScale, jitter.logScale));
  const flipX = random.chance(jitter.mirror) ? -1 : 1;
  const flipY = random.chance(jitter.upsideDown) ? -1 : 1;
  const reach = jitter.shift * side;
  return {
    a: flipX * scale * Math.cos(angle),
    b: -flipX * scale * Math.sin(angle),
    c: flipY * scale * Math.sin(angle),
    d: flipY * scale * Math.cos(angle),
    shiftX: random.between(-reach, reach),
    shiftY: random.between(-reach, reach),
  };
}

/** The map onto a source whose pixels are finer: `step` of them to one. */
export function enlarged({ a, b, c, d, shiftX, shiftY }: AffineMap, step: number): AffineMap {
  return {
    a: a * step,
    b: b * step,
    c: c * step,
    d: d * step,
    shiftX: shiftX * step,
    shiftY: shiftY * step,
  };
}

/**
 * Samples a stored square picture bilinearly into `side` × `side` values. Beyond the picture its
 * last pixel repeats.
 */
export function warp(source: Uint16Array, sourceSide: number, map: AffineMap, side: number): Float32Array {
  const out = new Float32Array(side * side);
  const centre = (side - 1) / 2;
  const sourceCentre = (sourceSide - 1) / 2;
  const last = sourceSide - 1;
  for (let row = 0; row < side; row++) {
    const v = row - centre;
    for (let column = 0; column < side; column++) {
      const u = column - centre;
      let x = sourceCentre + map.shiftX + map.a * u + map.b * v;
      let y = sourceCentre + map.shiftY + map.c * u + map.d * v;
      x = x < 0 ? 0 : x > last ? last : x;
      y = y < 0 ? 0 : y > last ? last : y;
      const x0 = x >= last ? last - 1 : Math.trunc(x);
      const y0 = y >= last ? last - 1 : Math.trunc(y);
      const fx = x - x0;
      const fy = y - y0;
      const at = y0 * sourceSide + x0;
      const upper = source[at]! * (1 - fx) + source[at + 1]! * fx;
      const lower = source[at + sourceSide]! * (1 - fx) + source[at + sourceSide + 1]! * fx;
      out[row * side + column] = upper * (1 - fy) + lower * fy;
    }
  }
  return out;
}

/** Where a source point lands in the output: the inverse of the map, between pixel positions of two centres. */
export function moveForward(
  map: AffineMap,
  point: readonly [x: number, y: number],
  sourceSide: number,
  side: number,
): [x: number, y: number] {
  const x = point[0] - sourceSide / 2 - map.shiftX;
  const y = point[1] - sourceSide / 2 - map.shiftY;
  const determinant = map.a * map.d - map.b * map.c;
  return [
    (map.d * x - map.b * y) / determinant + side / 2,
    (-map.c * x + map.a * y) / determinant + side / 2,
  ];
}

const noiseLength = 1 << 18;

/** Normal deviates made once and read from anywhere: a fresh one for each pixel would cost more than the network's step. */
export function noiseTable(random: Random): Float32Array {
  return new Float32Array(noiseLength).map(() => random.normal());
}

/**
 * Gamma and noise on the stored grey values, then what reading does to every input. In place.
 *
 * @param values a square picture in 0..`range`
 */
export function jitterGreys(
  values: Float32Array,
  random: Random,
  jitter: Jitter,
  noise: Float32Array,
  range: number,
): Float32Array {
  const deviation = random.between(0, jitter.noise);
  const start = random.integer(noise.length);
  const gamma = Math.exp(random.between(-jitter.logGamma, jitter.logGamma));
  for (let i = 0; i < values.length; i++) {
    const grey = values[i]! / range;
    const bent = gamma === 1 ? grey : grey ** gamma;
    values[i] = bent + deviation * noise[(start + i) % noiseLength]!;
  }
  return finishInput(values);
}
