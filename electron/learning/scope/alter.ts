/** What can be wrong with a picture of the right part of the body: turned, cut, negative, damaged. Sizes are any. */
import type { Box, GreyImage } from '../../contract/image.ts';
import type { Random } from '../../random/random.ts';

export interface Pose {
  /** Clockwise, in degrees. */
  readonly angle: number;
  readonly flipsAcross: boolean;
  readonly flipsDown: boolean;
  /** What is seen: this field of the picture, turned about its middle. */
  readonly field: Box;
}

/**
 * The picture seen in another pose, `rows` × `columns` values interpolated linearly; beyond its edge its last pixel
 * repeats.
 */
export function posed(
  image: GreyImage,
  { angle, flipsAcross, flipsDown, field }: Pose,
  rows: number,
  columns: number,
): GreyImage {
  const values = new Float32Array(rows * columns);
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const [middleX, middleY] = [field.x + field.width / 2, field.y + field.height / 2];
  for (let row = 0, i = 0; row < rows; row++) {
    const down = (flipsDown ? -1 : 1) * ((row + 0.5) / rows - 0.5) * field.height;
    for (let column = 0; column < columns; column++, i++) {
      const across = (flipsAcross ? -1 : 1) * ((column + 0.5) / columns - 0.5) * field.width;
      values[i] = valueAt(
        image,
        middleX + cos * across + sin * down - 0.5,
        middleY - sin * across + cos * down - 0.5,
      );
    }
  }
  return { rows, columns, values };
}

function valueAt({ rows, columns, values }: GreyImage, x: number, y: number): number {
  const inX = Math.min(columns - 1, Math.max(0, x));
  const inY = Math.min(rows - 1, Math.max(0, y));
  const [left, top] = [Math.min(columns - 2, Math.floor(inX)), Math.min(rows - 2, Math.floor(inY))];
  const [shareX, shareY] = [inX - left, inY - top];
  const at = top * columns + left;
  const upper = values[at]! + shareX * (values[at + 1]! - values[at]!);
  const lower = values[at + columns]! + shareX * (values[at + columns + 1]! - values[at + columns]!);
  return upper + shareY * (lower - upper);
}

export const wholeOf = ({ rows, columns }: GreyImage): Box => ({ x: 0, y: 0, width: columns, height: rows });

/** A small turn and zoom, as films differ anyway. */
export function slightly(image: GreyImage, random: Random): GreyImage {
  const { rows, columns } = image;
  const zoom = random.between(0.92, 1.05);
  const [width, height] = [columns * zoom, rows * zoom];
  const field = {
    x: (columns - width) / 2 + random.between(-0.03, 0.03) * columns,
    y: (rows - height) / 2 + random.between(-0.03, 0.03) * rows,
    width,
    height,
  };
  const pose = { angle: random.between(-6, 6), flipsAcross: random.chance(0.5), flipsDown: false, field };
  return toned(posed(image, pose, rows, columns), random);
}

/** Another gamma. */
function toned(image: GreyImage, random: Random): GreyImage {
  const { low, range } = rangeOf(image);
  const gamma = Math.exp(random.between(-0.4, 0.4));
  return { ...image, values: image.values.map((value) => low + range * ((value - low) / range) ** gamma) };
}

export function inverted(image: GreyImage): GreyImage {
  return { ...image, values: image.values.map((value) => -value) };
}

/** By 90°, 180° or 270°, upside down, or askew by more than three times what an AP film is. */
export function rotated(image: GreyImage, random: Random): GreyImage {
  const angle = random.chance(0.6) ? random.pick([90, 180, 270, 360]) : random.between(36, 324);
  const isLying = Math.abs(Math.sin((angle * Math.PI) / 180)) > Math.SQRT1_2;
  const [rows, columns] = isLying ? [image.columns, image.rows] : [image.rows, image.columns];
  const field = {
    x: (image.columns - columns) / 2,
    y: (image.rows - rows) / 2,
    width: columns,
    height: rows,
  };
  // 360° stands for a film that lies upside down as if seen in a mirror.
  return posed(
    image,
    { angle, flipsAcross: random.chance(0.3), flipsDown: angle === 360, field },
    rows,
    columns,
  );
}

/** All of a hip with room around it, as a film of one hip shows it: still in scope. */
export function closeUp(image: GreyImage, hip: Box, random: Random): GreyImage {
  const side = Math.max(hip.width, hip.height) * random.between(1.25, 1.7);
  return square(image, hip.x + hip.width / 2, hip.y + hip.height / 2, side, random);
}

/** About half of a hip or less, at the edge. */
export function cropped(image: GreyImage, hip: Box, random: Random): GreyImage {
  const side = Math.max(hip.width, hip.height) * random.between(0.7, 1.3);
  const direction = random.between(0, 2 * Math.PI);
  const reach = side / 2 + random.between(0, 0.15) * hip.width;
  const [x, y] = [
    hip.x + hip.width / 2 + Math.cos(direction) * reach,
    hip.y + hip.height / 2 + Math.sin(direction) * reach,
  ];
  return square(image, x, y, side, random);
}

/** A square piece about a point, kept on the film, with as many pixels as the film's longer side. */
function square(image: GreyImage, x: number, y: number, side: number, random: Random): GreyImage {
  const size = Math.max(image.rows, image.columns);
  const kept = Math.min(side, image.rows, image.columns);
  const inside = (at: number, length: number): number => Math.min(length - kept, Math.max(0, at - kept / 2));
  const field = { x: inside(x, image.columns), y: inside(y, image.rows), width: kept, height: kept };
  const pose = { angle: 0, flipsAcross: random.chance(0.5), flipsDown: false, field };
  return posed(image, pose, size, size);
}

export const damages = [
  'shifted rows',
  'missing blocks',
  'burnt out',
  'bit errors',
  'interleaved',
  'torn',
] as const;

/** A file whose pixels are no longer those of the film. */
export function corrupted(image: GreyImage, random: Random): GreyImage {
  const { rows, columns } = image;
  const { low, range } = rangeOf(image);
  const values = image.values.slice();
  const row = (r: number): Float32Array => values.subarray(r * columns, (r + 1) * columns);
  const shift = (r: number, by: number): void => {
    const before = row(r).slice();
    const moved = ((Math.round(by) % columns) + columns) % columns;
    row(r).set(before.subarray(moved));
    row(r).set(before.subarray(0, moved), columns - moved);
  };
  switch (random.pick(damages)) {
    case 'shifted rows': {
      const band = Math.max(1, Math.round(rows * random.between(0.02, 0.12)));
      for (let r = 0; r < rows; r += band) {
        const by = random.between(-0.4, 0.4) * columns;
        for (let within = r; within < Math.min(rows, r + band); within++) shift(within, by);
      }
      break;
    }
    case 'missing blocks': {
      const grid = 4 + random.integer(8);
      const share = random.between(0.25, 0.5);
      const blank = low + range * random.pick([0, 0.5, 1]);
      for (let cell = 0; cell < grid * grid; cell++) {
        if (!random.chance(share)) continue;
        const from = Math.floor(((cell % grid) * columns) / grid);
        const to = Math.floor((((cell % grid) + 1) * columns) / grid);
        const bottom = Math.floor(((Math.floor(cell / grid) + 1) * rows) / grid);
        for (let r = Math.floor((Math.floor(cell / grid) * rows) / grid); r < bottom; r++)
          row(r).fill(blank, from, to);
      }
      break;
    }
    case 'burnt out': {
      const sorted = values.toSorted();
      const cut = sorted[Math.floor(sorted.length * random.between(0.3, 0.7))]!;
      for (let i = 0; i < values.length; i++) values[i] = values[i]! > cut ? low + range : low;
      break;
    }
    case 'bit errors': {
      // High bits lost: the greys wrap around.
      const turns = random.pick([4, 8, 16]);
      for (let i = 0; i < values.length; i++) values[i] = (((values[i]! - low) * turns) / range) % 1;
      break;
    }
    case 'interleaved': {
      // Read as if rows had another length.
      const wrong = Math.round(columns * random.pick([random.between(0.6, 0.95), random.between(1.05, 1.6)]));
      for (let i = 0; i < values.length; i++) {
        const at = Math.floor(i / columns) * wrong + (i % columns);
        values[i] = image.values[at % values.length]!;
      }
      break;
    }
    case 'torn': {
      // The stream ends early: the rest is one grey or noise.
      const from = Math.round(rows * random.between(0.2, 0.55)) * columns;
      const isNoise = random.chance(0.5);
      const grey = low + range * random.uniform();
      for (let i = from; i < values.length; i++) values[i] = isNoise ? low + range * random.uniform() : grey;
      break;
    }
  }
  return { rows, columns, values };
}

function rangeOf({ values }: GreyImage): { low: number; range: number } {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return { low, range: Math.max(high - low, 1e-6) };
}
