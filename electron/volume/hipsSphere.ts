import { mm } from '../contract/units.ts';
import { meanAbout, type Sampler, samplerOf, type Vector } from './hipsGrid.ts';
import { alignedDirection, type Volume } from './volume.ts';

/** A sphere laid through a surface, mm. */
export interface FittedSphere {
  readonly centre: Vector;
  readonly radius: number;
  /** Share of the looked-at directions whose surface lies on the sphere. */
  readonly coverage: number;
  /** Share of all directions that could be looked at: below 1 where the scan ends inside the head. */
  readonly seen: number;
  /** Mean of the directions in which it has no surface: where the neck leaves the head. */
  readonly open: Vector;
  /** Root mean square distance of the surface points that lie on it, mm. */
  readonly residual: number;
}

/** Evenly spread directions (Fibonacci sphere). */
export function directionsOf(count: number): Vector[] {
  const turn = Math.PI * (3 - Math.sqrt(5));
  return Array.from({ length: count }, (_, n) => {
    const z = 1 - (2 * n + 1) / count;
    const ring = Math.sqrt(1 - z * z);
    return [ring * Math.cos(n * turn), ring * Math.sin(n * turn), z] as const;
  });
}

const directions = directionsOf(400);
const profileStep = 0.5;
/** HU a mm by which the outer surface of bone falls at least. */
/** The innermost fall counts from this share of the steepest on. */
const innermostShare = 0.7;
const leastFall = 12;
/** A surface point this near to the sphere lies on it, mm. */
const onSphere = 1;
/** Fewer surface points than these say nothing. */
const leastPoints = 30;
/** A sphere that wandered this far from its guess is another one, mm. */
const mostMoved = 7;
/** Hounsfield units are cut to this range: fat has no edge, metal is no brighter than bone. */
const softest = 20;
const hardest = 700;
const patchStep = 1.5;
/** A head of 30 mm, 7 mm off the guess, with the joint around it. */
const patchReach = 40;

/** Half the thickness of the shell that is searched, mm: round by round. */
const shells = [4.5, 4, 3.5, 3, 3];
/** Radii from which the search starts, mm. */
const startingRadii = [18.5, 21, 23.5, 26, 28.5];

/**
 * Refines a guessed sphere: along every direction from the centre the outer surface of bone is where the
 * Hounsfield units, cut to soft tissue and bone, fall steeply; a sphere is laid through these points by
 * least squares in which far points count less and less (Tukey's biweight), and the search is repeated
 * from the new centre. The head lies in a larger sphere, the socket, so the search starts from several
 * radii.
 *
 * @returns the spheres that were come to, without repetition.
 */
export function fitSpheres(sampler: Sampler, guess: Vector): FittedSphere[] {
  const smooth = samplerOf(smoothPatch(sampler, guess));
  const found: FittedSphere[] = [];
  for (const start of starts(guess)) {
    const fit = fitFrom(smooth, guess, start);
    const known = found.some(
      (other) => fit && distance(other.centre, fit.centre) < 0.5 && Math.abs(other.radius - fit.radius) < 0.5,
    );
    if (fit !== null && !known) found.push(fit);
  }
  return found;
}

/** A small volume about a point, each voxel the mean of four places in it: noise has steep edges, a joint has wide ones. */
function smoothPatch(sampler: Sampler, [x, y, z]: Vector): Volume {
  const half = Math.ceil(patchReach / patchStep);
  const side = 2 * half + 1;
  const hounsfield = new Float32Array(side ** 3);
  const low: Vector = [x - half * patchStep, y - half * patchStep, z - half * patchStep];
  for (let k = 0, n = 0; k < side; k++) {
    for (let j = 0; j < side; j++) {
      for (let i = 0; i < side; i++, n++) {
        const place = [low[0] + i * patchStep, low[1] + j * patchStep, low[2] + k * patchStep] as const;
        hounsfield[n] = meanAbout(sampler, place, 0.4 * patchStep, [softest, hardest]);
      }
    }
  }
  return {
    size: [side, side, side],
    spacing: [mm(patchStep), mm(patchStep), mm(patchStep)],
    origin: [mm(low[0]), mm(low[1]), mm(low[2])],
    direction: alignedDirection,
    hounsfield,
  };
}

/** The roof of the socket draws votes upward, so that the search also starts a little below them. */
function starts([x, y, z]: Vector): { readonly centre: Vector; readonly radius: number }[] {
  return [0, 4].flatMap((down) =>
    startingRadii.map((radius) => ({ centre: [x, y, z - down] as const, radius })),
  );
}

function fitFrom(
  sampler: Sampler,
  guess: Vector,
  start: { readonly centre: Vector; readonly radius: number },
): FittedSphere | null {
  let { centre, radius } = start;
  let found: FittedSphere | null = null;
  for (const half of shells) {
    const points: Vector[] = [];
    const open: [number, number, number] = [0, 0, 0];
    let seen = 0;
    for (const direction of directions) {
      const surface = outerSurface(sampler, centre, direction, radius - half, radius + half);
      if (surface === 'unseen') continue;
      seen++;
      if (surface !== null) points.push(surface);
      else direction.forEach((part, axis) => (open[axis]! += part));
    }
    const fit = points.length < leastPoints ? null : robustSphere(points, centre);
    if (fit === null || distance(fit.centre, guess) > mostMoved) return null;
    ({ centre, radius } = fit);
    if (!(radius > 10 && radius < 45)) return null;
    const near = points.map((p) => Math.abs(distance(p, centre) - radius)).filter((d) => d < onSphere);
    found = {
      centre,
      radius,
      coverage: near.length / seen,
      seen: seen / directions.length,
      open: [open[0] / seen, open[1] / seen, open[2] / seen],
      residual: Math.sqrt(near.reduce((sum, d) => sum + d * d, 0) / Math.max(near.length, 1)),
    };
  }
  return found;
}

const falls = new Float64Array(64);

/**
 * Where the outer surface of bone is met between two distances: the innermost fall that is at least half
 * as steep as the steepest, since behind the joint the socket has an outer surface of its own. Null without
 * one, 'unseen' where the scan ends before.
 */
function outerSurface(
  sampler: Sampler,
  centre: Vector,
  direction: Vector,
  inner: number,
  outer: number,
): Vector | 'unseen' | null {
  const count = Math.round((outer - inner) / profileStep);
  let steepest = leastFall * 2 * profileStep;
  let [before, here] = [NaN, NaN];
  for (let n = 0; n <= count; n++) {
    const r = inner + n * profileStep;
    const next = sampler.at(
      centre[0] + direction[0] * r,
      centre[1] + direction[1] * r,
      centre[2] + direction[2] * r,
    );
    if (Number.isNaN(next)) return 'unseen';
    const fall = n < 2 ? 0 : before - next;
    falls[n] = fall;
    if (fall > steepest) steepest = fall;
    before = here;
    here = next;
  }
  falls[count + 1] = 0;
  for (let n = 2; n <= count; n++) {
    const fall = falls[n]!;
    if (
      fall < innermostShare * steepest ||
      fall < leastFall * 2 * profileStep ||
      fall < falls[n - 1]! ||
      fall < falls[n + 1]!
    )
      continue;
    const r = inner + (n - 1) * profileStep;
    return [centre[0] + direction[0] * r, centre[1] + direction[1] * r, centre[2] + direction[2] * r];
  }
  return null;
}

function robustSphere(
  points: readonly Vector[],
  start: Vector,
): { readonly centre: Vector; readonly radius: number } | null {
  let centre = start;
  let radius = median(points.map((p) => distance(p, centre)));
  for (let round = 0; round < 12; round++) {
    const errors = points.map((p) => distance(p, centre) - radius);
    const scale = Math.max(4 * median(errors.map(Math.abs)), 2);
    const weights = errors.map((error) => (Math.abs(error) < scale ? (1 - (error / scale) ** 2) ** 2 : 0));
    const solved = weightedSphere(points, weights, centre);
    if (solved === null) return null;
    const shift = distance(solved.centre, centre);
    ({ centre, radius } = solved);
    if (shift < 0.01) break;
  }
  return { centre, radius };
}

/** One Gauss–Newton step of Σ w (|p - c| - r)² from a centre near the solution. */
function weightedSphere(
  points: readonly Vector[],
  weights: readonly number[],
  centre: Vector,
): { centre: Vector; radius: number } | null {
  // Normal equations of  u · step + r = d  with u the direction and d the distance of each point.
  const matrix = Array.from({ length: 4 }, () => [0, 0, 0, 0, 0]);
  points.forEach((point, n) => {
    const weight = weights[n]!;
    if (weight === 0) return;
    const d = distance(point, centre);
    const [x, y, z] = minus(point, centre);
    const terms = [x / d, y / d, z / d, 1, d];
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 5; column++)
        matrix[row]![column]! += weight * terms[row]! * terms[column]!;
    }
  });
  const solution = solve(matrix);
  if (solution === null) return null;
  const [x, y, z, radius] = solution as [number, number, number, number];
  return { centre: [centre[0] + x, centre[1] + y, centre[2] + z], radius };
}

/** Gauss elimination with pivoting of n rows of n + 1 numbers; null where they do not determine a solution. */
function solve(rows: number[][]): number[] | null {
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const head = rows[column]!;
    if (Math.abs(head[column]!) < 1e-6) return null;
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / head[column]!;
      for (let c = column; c <= n; c++) rows[row]![c]! -= factor * head[c]!;
    }
  }
  return rows.map((row, n_) => row[n]! / row[n_]!);
}

export const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const distance = (a: Vector, b: Vector): number =>
  Math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
