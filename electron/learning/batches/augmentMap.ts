/** Where a varied picture takes its pixels from: flips, turns, scales and shifts, and small elastic motion. */
import type { Augmentation } from '../../contract/recipe.ts';
import type { Random } from '../../random/random.ts';

/** From output to source: source = centre + [a b; c d] · (output − centre) + shift, in pixels. */
export interface AffineMap {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

const inRadians = (angle: number): number => (angle * Math.PI) / 180;

/** The flips, turn, scale and shift of a recipe. @param side of the picture, in pixels */
export function drawMap(random: Random, augmentation: Augmentation, side: number): AffineMap {
  const { rotationDegrees, logScale, mirror, upsideDown, shift } = augmentation;
  const angle = inRadians(random.between(-rotationDegrees, rotationDegrees));
  const scale = Math.exp(random.between(-logScale, logScale));
  const flipX = random.chance(mirror) ? -1 : 1;
  const flipY = random.chance(upsideDown) ? -1 : 1;
  const reach = shift * side;
  return {
    a: flipX * scale * Math.cos(angle),
    b: -flipX * scale * Math.sin(angle),
    c: flipY * scale * Math.sin(angle),
    d: flipY * scale * Math.cos(angle),
    shiftX: random.between(-reach, reach),
    shiftY: random.between(-reach, reach),
  };
}

/** Of the strong affine step, as SyntheX's: turn and shear in degrees, scale of each axis, shift over the side. */
export const strongAffine = { turn: 5, shear: 2, logScale: 0.1, shift: 0.05 } as const;

/** A small turn, a shear and another scale along each axis. @param side of the picture, in pixels */
export function drawStrongMap(random: Random, side: number): AffineMap {
  const within = (reach: number): number => random.between(-reach, reach);
  const angle = inRadians(within(strongAffine.turn));
  const [shearX, shearY] = [
    Math.tan(inRadians(within(strongAffine.shear))),
    Math.tan(inRadians(within(strongAffine.shear))),
  ];
  const [scaleX, scaleY] = [Math.exp(within(strongAffine.logScale)), Math.exp(within(strongAffine.logScale))];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    a: scaleX * (cos - sin * shearY),
    b: scaleY * (cos * shearX - sin),
    c: scaleX * (sin + cos * shearY),
    d: scaleY * (sin * shearX + cos),
    shiftX: within(strongAffine.shift * side),
    shiftY: within(strongAffine.shift * side),
  };
}

/** First `inner`, then `outer`, on the way from output to source. */
export function composed(outer: AffineMap, inner: AffineMap): AffineMap {
  return {
    a: outer.a * inner.a + outer.b * inner.c,
    b: outer.a * inner.b + outer.b * inner.d,
    c: outer.c * inner.a + outer.d * inner.c,
    d: outer.c * inner.b + outer.d * inner.d,
    shiftX: outer.a * inner.shiftX + outer.b * inner.shiftY + outer.shiftX,
    shiftY: outer.c * inner.shiftX + outer.d * inner.shiftY + outer.shiftY,
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

/**
 * Sides of the upright box around what fills a source box as an ellipse does, in output pixels: turning a hip by
 * 90° swaps them, and by a little widens them a little.
 */
export function movedSides(map: AffineMap, width: number, height: number): [width: number, height: number] {
  const determinant = Math.abs(map.a * map.d - map.b * map.c);
  return [
    Math.hypot(map.d * width, map.b * height) / determinant,
    Math.hypot(map.c * width, map.a * height) / determinant,
  ];
}

/** Whether the map turns picture left to picture right. */
export function swapsSides({ a, b, c, d }: AffineMap): boolean {
  return d / (a * d - b * c) < 0;
}

/** How far a point of the output is moved, each in output pixels, row-major. */
export interface Displacement {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Knots of the elastic motion along a side, and how far one is moved along each axis, over the side. */
const knotIntervals = 8;
export const elasticReach = 0.012;

/**
 * Small elastic motion: a cubic B-spline over knots that are moved at random, so that a straight line may bend and
 * never kinks. No point moves by more than `elasticReach` of the side along an axis.
 *
 * @param side of the picture, in pixels
 */
export function drawDisplacement(random: Random, side: number): Displacement {
  const knots = knotIntervals + 3;
  const reach = elasticReach * side;
  const field = (): Float32Array =>
    spread(
      Float32Array.from({ length: knots * knots }, () => random.between(-reach, reach)),
      knots,
      side,
    );
  return { x: field(), y: field() };
}

/** The uniform cubic B-spline over a square of knots, at the middle of each pixel. */
function spread(knots: Float32Array, count: number, side: number): Float32Array {
  const out = new Float32Array(side * side);
  const { first, weights } = splineTaps(side);
  const line = new Float32Array(count);
  for (let row = 0; row < side; row++) {
    const above = first[row]! * count;
    for (let k = 0; k < count; k++) {
      line[k] = 0;
      for (let tap = 0; tap < 4; tap++) line[k]! += weights[row * 4 + tap]! * knots[above + tap * count + k]!;
    }
    for (let column = 0; column < side; column++) {
      const k = first[column]!;
      const w = column * 4;
      out[row * side + column] =
        weights[w]! * line[k]! +
        weights[w + 1]! * line[k + 1]! +
        weights[w + 2]! * line[k + 2]! +
        weights[w + 3]! * line[k + 3]!;
    }
  }
  return out;
}

/** For each pixel along an axis the first of the four knots that move it, and how much each does. */
function splineTaps(side: number): { readonly first: Int32Array; readonly weights: Float32Array } {
  const first = new Int32Array(side);
  const weights = new Float32Array(side * 4);
  for (let pixel = 0; pixel < side; pixel++) {
    const place = ((pixel + 0.5) * knotIntervals) / side;
    first[pixel] = Math.floor(place);
    const t = place - first[pixel]!;
    weights.set(
      [
        (1 - t) ** 3 / 6,
        (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
        (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6,
        t ** 3 / 6,
      ],
      pixel * 4,
    );
  }
  return { first, weights };
}

/**
 * Samples a stored square picture bilinearly into `side` × `side` values, once for affine and elastic motion
 * together. Beyond the picture its last pixel repeats.
 */
export function warp(
  source: Uint16Array,
  sourceSide: number,
  map: AffineMap,
  side: number,
  displacement: Displacement | null = null,
): Float32Array {
  const out = new Float32Array(side * side);
  const { a, b, c, d } = map;
  const centre = (side - 1) / 2;
  const startX = (sourceSide - 1) / 2 + map.shiftX - a * centre - b * centre;
  const startY = (sourceSide - 1) / 2 + map.shiftY - c * centre - d * centre;
  const last = sourceSide - 1;
  for (let row = 0, i = 0; row < side; row++) {
    let rowX = startX + b * row;
    let rowY = startY + d * row;
    for (let column = 0; column < side; column++, i++) {
      let x = rowX;
      let y = rowY;
      if (displacement !== null) {
        const dx = displacement.x[i]!;
        const dy = displacement.y[i]!;
        x += a * dx + b * dy;
        y += c * dx + d * dy;
      }
      x = x < 0 ? 0 : x > last ? last : x;
      y = y < 0 ? 0 : y > last ? last : y;
      const x0 = x < last ? x | 0 : last - 1;
      const y0 = y < last ? y | 0 : last - 1;
      const at = y0 * sourceSide + x0;
      const upper = source[at]!;
      const lower = source[at + sourceSide]!;
      const fx = x - x0;
      const above = upper + (source[at + 1]! - upper) * fx;
      const below = lower + (source[at + sourceSide + 1]! - lower) * fx;
      out[i] = above + (below - above) * (y - y0);
      rowX += a;
      rowY += c;
    }
  }
  return out;
}
