import type { Sampler, Vector } from './hipsGrid.ts';
import { directionsOf, type FittedSphere } from './hipsSphere.ts';

const directions = directionsOf(300);
/** HU of what must be bone: above muscle, blood and contrast in small vessels. */
const boneAbove = 180;

/**
 * Whether a sphere has the surroundings of a femoral head: a socket above and to the midline beyond the joint, and
 * bone that goes on to the side and down. A ball alone, a vertebra or a knee has not.
 */
export function isHipLike(sampler: Sampler, head: FittedSphere, side: 'left' | 'right'): boolean {
  const lateral = side === 'left' ? 1 : -1;
  const socket = boneTowards(sampler, head, [-0.5 * lateral, 0, 0.87], 45, [2, 13]);
  const neck = boneTowards(sampler, head, [0.8 * lateral, 0, -0.6], 40, [2, 35]);
  // What the scan does not hold speaks neither for nor against.
  return (socket ?? 1) > 0.5 && (neck ?? 1) > 0.25;
}

/** Share of the directions within an angle of an axis that meet bone between two distances from the sphere; null where the scan ends before. */
function boneTowards(
  sampler: Sampler,
  { centre, radius }: FittedSphere,
  axis: Vector,
  within: number,
  [from, to]: readonly [number, number],
): number | null {
  const least = Math.cos((within * Math.PI) / 180);
  let seen = 0;
  let met = 0;
  for (const d of directions) {
    if (d[0] * axis[0] + d[1] * axis[1] + d[2] * axis[2] < least) continue;
    let highest = -Infinity;
    for (let r = radius + from; r <= radius + to; r += 1) {
      const value = sampler.at(centre[0] + d[0] * r, centre[1] + d[1] * r, centre[2] + d[2] * r);
      if (value > highest) highest = value;
    }
    if (highest === -Infinity) continue;
    seen++;
    if (highest > boneAbove) met++;
  }
  return seen < 10 ? null : met / seen;
}

/**
 * The side of a head that was found alone: by the middle of the body where the scan holds it from skin to skin,
 * else by where the neck goes.
 */
export function sideOf(sampler: Sampler, head: FittedSphere): 'left' | 'right' {
  const [x, y, z] = head.centre;
  const body = bodyWidth(sampler, y, z);
  if (body !== null) return x > body.middle ? 'left' : 'right';
  return head.open[0] > 0 ? 'left' : 'right';
}

/** Middle between the two skins on a level; null where the body touches an end of the scan. */
function bodyWidth(sampler: Sampler, y: number, z: number): { readonly middle: number } | null {
  const { low, high } = sampler;
  const level = Math.min(Math.max(z, low[2]), high[2]);
  let first = Infinity;
  let last = -Infinity;
  for (let x = low[0]; x <= high[0]; x += 2) {
    if (!(sampler.at(x, y, level) > -300)) continue;
    first = Math.min(first, x);
    last = Math.max(last, x);
  }
  const touches = first < low[0] + 6 || last > high[0] - 6;
  return first > last || touches ? null : { middle: (first + last) / 2 };
}
