/** Surfaces as dense samples, how far two of them lie apart, and a simplex search that fits one to the other. */
import type { MatValue } from './matFile.ts';

export type Point = readonly [number, number, number];
/** A signed distance, negative inside. */
export type Shape = (x: number, y: number, z: number) => number;

/** Vertices and triangles of a mesh as MATLAB holds it: columns x, y, z and one-based corners. */
export function meshSamples(mesh: Readonly<Record<string, MatValue>>, spacing: number): Point[] {
  const { vertices, faces } = mesh;
  if (vertices?.kind !== 'numbers' || faces?.kind !== 'numbers') {
    throw new Error('The bone has no vertices and faces.');
  }
  const count = vertices.values.length / 3;
  const corner = (face: number, column: number): Point => {
    const vertex = faces.values[face + (column * faces.values.length) / 3]! - 1;
    return [vertices.values[vertex]!, vertices.values[vertex + count]!, vertices.values[vertex + 2 * count]!];
  };
  const samples: Point[] = [];
  for (let face = 0; face < faces.values.length / 3; face++) {
    const [a, b, c] = [corner(face, 0), corner(face, 1), corner(face, 2)];
    const longest = Math.max(distance(a, b), distance(b, c), distance(c, a));
    const steps = Math.max(1, Math.ceil(longest / spacing));
    for (let i = 0; i < steps; i++) {
      for (let j = 0; j < steps - i; j++) {
        const s = (i + 1 / 3) / steps;
        const t = (j + 1 / 3) / steps;
        samples.push([
          a[0] + s * (b[0] - a[0]) + t * (c[0] - a[0]),
          a[1] + s * (b[1] - a[1]) + t * (c[1] - a[1]),
          a[2] + s * (b[2] - a[2]) + t * (c[2] - a[2]),
        ]);
      }
    }
  }
  return samples;
}

/** Points where a shape's surface crosses the edges of a grid of `step` mm over a box. */
export function shapeSamples(shape: Shape, low: Point, high: Point, step: number): Point[] {
  const size = low.map((value, axis) => Math.ceil((high[axis]! - value) / step) + 1) as [
    number,
    number,
    number,
  ];
  const [nx, ny, nz] = size;
  const values = new Float32Array(nx * ny * nz);
  const strides = [1, nx, nx * ny] as const;
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, n++) {
        values[n] = shape(low[0] + i * step, low[1] + j * step, low[2] + k * step);
      }
    }
  }
  const samples: Point[] = [];
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, n++) {
        const at = [i, j, k] as const;
        for (const axis of [0, 1, 2] as const) {
          if (at[axis] + 1 >= size[axis]) continue;
          const here = values[n]!;
          const there = values[n + strides[axis]]!;
          if (here < 0 === there < 0) continue;
          const crossing: [number, number, number] = [
            low[0] + i * step,
            low[1] + j * step,
            low[2] + k * step,
          ];
          crossing[axis] += (step * here) / (here - there);
          samples.push(crossing);
        }
      }
    }
  }
  return samples;
}

/** Nearest distances to a cloud of points, looked up in cubes. */
export class Cloud {
  readonly #cells = new Map<number, Point[]>();
  readonly #edge = 6;
  readonly #reach = 12;

  constructor(points: readonly Point[]) {
    for (const point of points) {
      const key = this.#key(...this.#cell(point));
      const cell = this.#cells.get(key);
      if (cell) cell.push(point);
      else this.#cells.set(key, [point]);
    }
  }

  /** Distance to the nearest point, mm; Infinity beyond seven centimetres. */
  nearest(point: Point): number {
    const [ci, cj, ck] = this.#cell(point);
    let best = Infinity;
    for (let ring = 0; ring <= this.#reach; ring++) {
      if (best <= (ring - 1) * this.#edge) break;
      for (let i = -ring; i <= ring; i++) {
        for (let j = -ring; j <= ring; j++) {
          const step = Math.max(Math.abs(i), Math.abs(j)) === ring || ring === 0 ? 1 : 2 * ring;
          for (let k = -ring; k <= ring; k += step) {
            for (const other of this.#cells.get(this.#key(ci + i, cj + j, ck + k)) ?? []) {
              best = Math.min(best, distance(point, other));
            }
          }
        }
      }
    }
    return best;
  }

  #cell(point: Point): [number, number, number] {
    return [
      Math.floor(point[0] / this.#edge),
      Math.floor(point[1] / this.#edge),
      Math.floor(point[2] / this.#edge),
    ];
  }

  #key(i: number, j: number, k: number): number {
    return i + 512 + 1024 * (j + 512 + 1024 * (k + 512));
  }
}

export interface SurfaceDistance {
  readonly mean: number;
  readonly rms: number;
  /** 95th percentile. */
  readonly p95: number;
  readonly max: number;
}

/** Distances from each surface to the other, pooled with equal weight for either direction. */
export function symmetricDistance(a: readonly Point[], b: readonly Point[]): SurfaceDistance {
  const [toA, toB] = [new Cloud(a), new Cloud(b)];
  const there = a.map((point) => toB.nearest(point)).sort((x, y) => x - y);
  const back = b.map((point) => toA.nearest(point)).sort((x, y) => x - y);
  const average = (values: readonly number[]) => values.reduce((x, y) => x + y, 0) / values.length;
  const square = (values: readonly number[]) => average(values.map((v) => v * v));
  const percentile = (values: readonly number[]) => values[Math.floor(0.95 * values.length)]!;
  return {
    mean: (average(there) + average(back)) / 2,
    rms: Math.sqrt((square(there) + square(back)) / 2),
    p95: (percentile(there) + percentile(back)) / 2,
    max: Math.max(there.at(-1)!, back.at(-1)!),
  };
}

/** Centre and radius of the sphere nearest to points, by linear least squares with outliers left out in rounds. */
export function fitSphere(
  points: readonly Point[],
  start: Point,
  reach: number,
): { centre: Point; radius: number } {
  let centre = start;
  let radius = reach * 0.6;
  for (let round = 0; round < 30; round++) {
    const near = points.filter((p) => Math.abs(distance(p, centre) - radius) < (round < 10 ? 4 : 1.2));
    // Gauss-Newton on |p - c| - r: the mean residual vector moves the centre, the mean distance is the radius.
    let [sx, sy, sz, sum] = [0, 0, 0, 0];
    for (const p of near) sum += distance(p, centre);
    radius = sum / near.length;
    for (const p of near) {
      const d = distance(p, centre);
      const pull = (3 * (d - radius)) / d / near.length;
      sx += pull * (p[0] - centre[0]);
      sy += pull * (p[1] - centre[1]);
      sz += pull * (p[2] - centre[2]);
    }
    centre = [centre[0] + sx, centre[1] + sy, centre[2] + sz];
  }
  return { centre, radius };
}

/** Nelder and Mead's simplex search (1965) from a start with one step a parameter. */
export function minimise(
  cost: (parameters: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
  evaluations: number,
): number[] {
  const vertex = (at: number[]) => ({ at, cost: cost(at) });
  const simplex = [vertex([...start])];
  for (let i = 0; i < start.length; i++) {
    simplex.push(vertex(start.map((value, j) => (i === j ? value + steps[i]! : value))));
  }
  for (let spent = simplex.length; spent < evaluations; spent++) {
    simplex.sort((a, b) => a.cost - b.cost);
    const worst = simplex.at(-1)!;
    const others = simplex.slice(0, -1);
    const centre = start.map((_, j) => others.reduce((sum, v) => sum + v.at[j]!, 0) / others.length);
    const along = (t: number) => vertex(centre.map((c, j) => c + t * (worst.at[j]! - c)));
    const reflected = along(-1);
    let next = reflected;
    if (reflected.cost < simplex[0]!.cost) {
      const expanded = along(-2);
      if (expanded.cost < reflected.cost) next = expanded;
    } else if (reflected.cost >= others.at(-1)!.cost) {
      next = along(reflected.cost < worst.cost ? -0.5 : 0.5);
    }
    if (next.cost < worst.cost) {
      simplex[simplex.length - 1] = next;
      continue;
    }
    const best = simplex[0]!;
    for (let i = 1; i < simplex.length; i++) {
      simplex[i] = vertex(simplex[i]!.at.map((value, j) => (value + best.at[j]!) / 2));
    }
  }
  return simplex.reduce((a, b) => (b.cost < a.cost ? b : a)).at;
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
