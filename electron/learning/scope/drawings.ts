/** Pictures without a pelvis in them: nothing at all, and shapes as other parts of the body throw them on a film. */
import type { GreyImage } from '../../contract/image.ts';
import type { Random } from '../../random/random.ts';

type Shade = (x: number, y: number) => number;

/** Empty exposures: an even grey with noise, a slope, a smooth cloud, or lines of writing. */
export function blankPicture(side: number, random: Random): GreyImage {
  const noise = random.between(0, 0.3);
  const kind = random.pick(['noise', 'slope', 'cloud', 'writing'] as const);
  const [dx, dy] = [random.between(-1, 1), random.between(-1, 1)];
  const lobes = Array.from({ length: 4 }, () => blob(random, 0.2, 0.6));
  const lines = Array.from({ length: 6 }, (_, i) => ({
    top: 0.08 + 0.15 * i,
    end: random.between(0.2, 0.9),
    letter: random.between(0.01, 0.03),
  }));
  const shades: Record<typeof kind, Shade> = {
    noise: () => 0,
    slope: (x, y) => dx * x + dy * y,
    cloud: (x, y) => lobes.reduce((sum, lobe) => sum + lobe(x, y), 0),
    writing: (x, y) =>
      lines.some(
        ({ top, end, letter }) =>
          y > top && y < top + 2 * letter && x < end && Math.floor(x / letter) % 2 === 0,
      )
        ? 1
        : 0,
  };
  return drawn(side, shades[kind], kind === 'noise' ? 1 : noise, random);
}

/** Long bones in pairs, fans of small bones, a skull, lungs behind ribs, or blobs: never two hips. */
export function otherBodyPart(side: number, random: Random): GreyImage {
  const shade = random.pick([limb, hand, skull, chest, blobs])(random);
  const angle = random.between(-0.4, 0.4);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned: Shade = (x, y) =>
    shade(0.5 + cos * (x - 0.5) + sin * (y - 0.5), 0.5 - sin * (x - 0.5) + cos * (y - 0.5));
  return drawn(side, turned, random.between(0.01, 0.08), random);
}

function drawn(side: number, shade: Shade, noise: number, random: Random): GreyImage {
  const values = new Float32Array(side * side);
  for (let i = 0; i < values.length; i++)
    values[i] =
      shade(((i % side) + 0.5) / side, (Math.floor(i / side) + 0.5) / side) +
      noise * (random.uniform() - 0.5);
  return { rows: side, columns: side, values };
}

const ellipse = (x: number, y: number, cx: number, cy: number, rx: number, ry: number): number =>
  Math.hypot((x - cx) / rx, (y - cy) / ry);

/** Light through a tube: more at its walls. */
const tube = (distance: number, radius: number): number => {
  const r = Math.abs(distance) / radius;
  return r >= 1 ? 0 : r > 0.7 ? 1 : 0.6;
};

function blob(random: Random, least: number, most: number): Shade {
  const [cx, cy] = [random.uniform(), random.uniform()];
  const [rx, ry] = [random.between(least, most), random.between(least, most)];
  const height = random.between(-1, 1);
  return (x, y) => height * Math.exp(-(ellipse(x, y, cx, cy, rx, ry) ** 2));
}

function blobs(random: Random): Shade {
  const all = Array.from({ length: 12 }, () => blob(random, 0.02, 0.3));
  return (x, y) => all.reduce((sum, each) => sum + each(x, y), 0);
}

function limb(random: Random): Shade {
  const count = 1 + random.integer(2);
  const bones = Array.from({ length: count }, (_, i) => ({
    at: 0.5 + (i - (count - 1) / 2) * random.between(0.14, 0.24),
    radius: random.between(0.03, 0.08),
    flare: random.between(0, 0.08),
    bend: random.between(-0.05, 0.05),
  }));
  const joint = random.between(-0.2, 1.2);
  const flesh = random.between(0.15, 0.45);
  return (x, y) => {
    const near = Math.exp(-(((y - joint) / 0.12) ** 2));
    const gap = Math.abs(y - joint) < 0.012 ? 0.3 : 1;
    return (
      (Math.abs(x - 0.5) < flesh ? 0.5 : 0) +
      bones.reduce(
        (sum, { at, radius, flare, bend }) =>
          sum + gap * tube(x - at - bend * Math.sin(3 * y), radius + flare * near),
        0,
      )
    );
  };
}

function hand(random: Random): Shade {
  const rays = Array.from({ length: 5 }, (_, i) => ({
    slope: (i - 2) * random.between(0.12, 0.25),
    radius: random.between(0.015, 0.03),
    joints: random.between(5, 8),
  }));
  const wrist = random.between(0.8, 1.1);
  return (x, y) =>
    rays.reduce((sum, { slope, radius, joints }) => {
      const off = x - 0.5 - slope * (wrist - y);
      const swell = 1 + 0.4 * Math.cos(2 * Math.PI * joints * y);
      return sum + (y < wrist ? tube(off, radius * swell) + (Math.abs(off) < 0.05 ? 0.4 : 0) : 0);
    }, 0);
}

function skull(random: Random): Shade {
  const [rx, ry] = [random.between(0.25, 0.42), random.between(0.3, 0.45)];
  const eyes = random.between(0.1, 0.16);
  return (x, y) => {
    const r = ellipse(x, y, 0.5, 0.45, rx, ry);
    const orbit = Math.min(
      ellipse(x, y, 0.5 - eyes, 0.5, 0.08, 0.07),
      ellipse(x, y, 0.5 + eyes, 0.5, 0.08, 0.07),
    );
    return (r < 1 ? (r > 0.9 ? 1 : 0.6) : 0) - (orbit < 1 ? 0.35 : 0);
  };
}

function chest(random: Random): Shade {
  const ribs = random.between(14, 22);
  const width = random.between(0.15, 0.2);
  const heart = random.between(0.1, 0.2);
  return (x, y) => {
    const lung = Math.min(ellipse(x, y, 0.28, 0.45, width, 0.36), ellipse(x, y, 0.72, 0.45, width, 0.36));
    const rib = Math.max(0, Math.sin(ribs * (y + 0.6 * (x - 0.5) ** 2) * 2));
    const beat = ellipse(x, y, 0.56, 0.6, heart, 0.16) < 1 ? 0.4 : 0;
    return (
      0.8 - (lung < 1 ? 0.6 * (1 - lung ** 4) : 0) + 0.15 * rib + beat + (Math.abs(x - 0.5) < 0.04 ? 0.2 : 0)
    );
  };
}
