/**
 * Signed distances (negative inside, millimetres) of the shapes the anatomy is made of, after Quilez's
 * collection of distance functions. Where a form is not exact it never has a gradient much above 1, so a
 * march along a row with a safety factor cannot step over a surface.
 */

/** Blends two distances over `k` mm, so that bones flow into one another; quadratic, always ≤ min(a, b). */
export function smoothMin(a: number, b: number, k: number): number {
  const h = Math.max(k - Math.abs(a - b), 0);
  return Math.min(a, b) - (h * h) / (4 * k);
}

export function smoothMax(a: number, b: number, k: number): number {
  return -smoothMin(-a, -b, k);
}

export function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** 0 below `low`, 1 above `high`, with a smooth start and end. */
export function smoothStep(low: number, high: number, value: number): number {
  const t = clamp01((value - low) / (high - low));
  return t * t * (3 - 2 * t);
}

export function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** First-order distance to an ellipsoid about the origin; exact on its surface. */
export function ellipsoid(x: number, y: number, z: number, rx: number, ry: number, rz: number): number {
  const a = x / rx;
  const b = y / ry;
  const c = z / rz;
  const value = Math.sqrt(a * a + b * b + c * c);
  const gradient = Math.sqrt((a / rx) ** 2 + (b / ry) ** 2 + (c / rz) ** 2);
  return gradient < 1e-9 ? -Math.min(rx, ry, rz) : (value * (value - 1)) / gradient;
}

/** First-order distance to an ellipse about the origin. */
export function ellipse(x: number, y: number, rx: number, ry: number): number {
  const a = x / rx;
  const b = y / ry;
  const value = Math.sqrt(a * a + b * b);
  const gradient = Math.sqrt((a / rx) ** 2 + (b / ry) ** 2);
  return gradient < 1e-9 ? -Math.min(rx, ry) : (value * (value - 1)) / gradient;
}

type Triple = readonly [number, number, number];

/** A rod from one point to another whose radius runs linearly: the rami, processes and bodies of bones. */
export class Rod {
  readonly #x: number;
  readonly #y: number;
  readonly #z: number;
  readonly #dx: number;
  readonly #dy: number;
  readonly #dz: number;
  readonly #inverse: number;
  readonly #radius: number;
  readonly #radiusChange: number;

  constructor(from: Triple, fromRadius: number, to: Triple, toRadius: number) {
    [this.#x, this.#y, this.#z] = from;
    this.#dx = to[0] - from[0];
    this.#dy = to[1] - from[1];
    this.#dz = to[2] - from[2];
    this.#inverse = 1 / (this.#dx ** 2 + this.#dy ** 2 + this.#dz ** 2);
    this.#radius = fromRadius;
    this.#radiusChange = toRadius - fromRadius;
  }

  /** A lower bound of the distance from a whole row along x; `y` is null where depth changes along the row. */
  gap(y: number | null, z: number): number {
    const radius = Math.max(this.#radius, this.#radius + this.#radiusChange);
    const depth = y === null ? 0 : outside(y, this.#y, this.#dy, radius);
    const height = outside(z, this.#z, this.#dz, radius);
    return Math.sqrt(depth * depth + height * height);
  }

  distance(x: number, y: number, z: number): number {
    const px = x - this.#x;
    const py = y - this.#y;
    const pz = z - this.#z;
    const t = clamp01((px * this.#dx + py * this.#dy + pz * this.#dz) * this.#inverse);
    const ex = px - t * this.#dx;
    const ey = py - t * this.#dy;
    const ez = pz - t * this.#dz;
    return Math.sqrt(ex * ex + ey * ey + ez * ez) - this.#radius - t * this.#radiusChange;
  }
}

/** How far a value lies outside of the stretch from `from` to `from + change`, widened by `margin`. */
function outside(value: number, from: number, change: number, margin: number): number {
  const low = (change < 0 ? from + change : from) - margin;
  const high = (change < 0 ? from : from + change) + margin;
  return Math.max(low - value, value - high, 0);
}

/** Beyond this a rod neither blends into a surface nor lies in its edge; its distance only bounds a leap. */
const outOfReach = 14;

/** Rods that flow into one bone, with those that a row of voxels along x cannot meet left out for the row. */
export class RodBundle {
  readonly #rods: readonly Rod[];
  readonly #blend: number;
  readonly #near: Rod[] = [];
  #rest = Infinity;

  constructor(rods: readonly Rod[], blend: number) {
    this.#rods = rods;
    this.#blend = blend;
  }

  /** Called once for a row, before `join`. `y` is null where depth changes along the row. */
  enterRow(y: number | null, z: number): void {
    this.#near.length = 0;
    this.#rest = Infinity;
    for (const rod of this.#rods) {
      const gap = rod.gap(y, z);
      if (gap < outOfReach) this.#near.push(rod);
      else this.#rest = Math.min(this.#rest, gap);
    }
  }

  /** Blends the rods into what is there already. */
  join(bone: number, x: number, y: number, z: number): number {
    let joined = Math.min(bone, this.#rest);
    for (const rod of this.#near) joined = smoothMin(joined, rod.distance(x, y, z), this.#blend);
    return joined;
  }
}

/** Exact distance to a closed polygon in the plane. */
export class Polygon {
  readonly #a: Float64Array;
  readonly #b: Float64Array;

  constructor(points: readonly (readonly [number, number])[]) {
    this.#a = Float64Array.from(points, (p) => p[0]);
    this.#b = Float64Array.from(points, (p) => p[1]);
  }

  distance(p: number, q: number): number {
    const a = this.#a;
    const b = this.#b;
    const n = a.length;
    let nearest = Infinity;
    let inside = false;
    for (let i = 0, j = n - 1; i < n; j = i++) {
      const ea = a[j]! - a[i]!;
      const eb = b[j]! - b[i]!;
      const wa = p - a[i]!;
      const wb = q - b[i]!;
      const t = clamp01((wa * ea + wb * eb) / (ea * ea + eb * eb));
      const da = wa - ea * t;
      const db = wb - eb * t;
      nearest = Math.min(nearest, da * da + db * db);
      if (b[i]! > q !== b[j]! > q && p < (ea * (q - b[i]!)) / eb + a[i]!) inside = !inside;
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
  }
}
