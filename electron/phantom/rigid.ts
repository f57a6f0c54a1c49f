/** Rotations and rigid motions of bone fragments. Matrices are row-major 3 × 3. */

export type Vector = readonly [number, number, number];
export type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/** A motion p → rotation · p + translation; lengths in millimetres. */
export interface RigidMotion {
  readonly rotation: Matrix;
  readonly translation: Vector;
}

export const identity: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Rotation about a unit axis by an angle in degrees, right-handed (Rodrigues). */
export function rotationAbout(axis: Vector, angle: number): Matrix {
  const [x, y, z] = axis;
  const c = Math.cos((angle * Math.PI) / 180);
  const s = Math.sin((angle * Math.PI) / 180);
  const t = 1 - c;
  return [
    t * x * x + c,
    t * x * y - s * z,
    t * x * z + s * y,
    t * x * y + s * z,
    t * y * y + c,
    t * y * z - s * x,
    t * x * z - s * y,
    t * y * z + s * x,
    t * z * z + c,
  ];
}

export function multiply(a: Matrix, b: Matrix): Matrix {
  const at = (row: number, column: number) =>
    a[3 * row]! * b[column]! + a[3 * row + 1]! * b[3 + column]! + a[3 * row + 2]! * b[6 + column]!;
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
}

export function transpose(m: Matrix): Matrix {
  return [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];
}

export function rotate(m: Matrix, [x, y, z]: Vector): Vector {
  return [m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z];
}

export function add(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scale(a: Vector, factor: number): Vector {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function normalised(a: Vector): Vector {
  return scale(a, 1 / Math.hypot(...a));
}

export function move(motion: RigidMotion, point: Vector): Vector {
  return add(rotate(motion.rotation, point), motion.translation);
}

export function inverse(motion: RigidMotion): RigidMotion {
  const rotation = transpose(motion.rotation);
  return { rotation, translation: scale(rotate(rotation, motion.translation), -1) };
}

/** First `second`, then `first`. */
export function compose(first: RigidMotion, second: RigidMotion): RigidMotion {
  return {
    rotation: multiply(first.rotation, second.rotation),
    translation: add(rotate(first.rotation, second.translation), first.translation),
  };
}
