/**
 * Seeded randomness, passed in and never global: the same seed gives the same numbers everywhere.
 * The generator is xoroshiro128+ of `pure-rand`; a stream is split by name so that adding a draw in
 * one place does not move the numbers of another.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  uniform(): number;
  between(low: number, high: number): number;
  /** Integer in [0, count). */
  integer(count: number): number;
  chance(probability: number): boolean;
  /** Normal deviate (Box–Muller). */
  normal(mean?: number, standardDeviation?: number): number;
  /** Normal deviate, drawn again until it lies in [low, high]. */
  normalWithin(mean: number, standardDeviation: number, low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** Shuffled copy (Fisher–Yates). */
  shuffled<T>(items: readonly T[]): T[];
  /** An independent stream named within this one. */
  stream(name: string | number): Random;
}

/** FNV-1a over the name and the parent's key: splits one seed into many. */
function childKey(parent: number, name: string | number): number {
  let hash = 0x811c9dc5;
  const text = `${String(parent)}/${String(name)}`;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

/** MurmurHash3's finalizer: every bit of the seed moves every bit of the state. */
function mixed(seed: number): number {
  let hash = seed >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Small seeds and names that differ in one letter would else leave the generator's first numbers nearly equal. */
export function seeded(seed: number): Random {
  return generate(seed >>> 0, mixed(seed));
}

/** `key` names the children, `state` starts this stream's own numbers. */
function generate(key: number, state: number): Random {
  const generator = xoroshiro128plus(state);
  let spare: number | undefined;

  const random: Random = {
    uniform: () => (generator.next() >>> 0) / 0x1_0000_0000,
    between: (low, high) => low + (high - low) * random.uniform(),
    integer: (count) => Math.floor(random.uniform() * count),
    chance: (probability) => random.uniform() < probability,
    normal: (mean = 0, standardDeviation = 1) => {
      if (spare !== undefined) {
        const z = spare;
        spare = undefined;
        return mean + standardDeviation * z;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
      const angle = 2 * Math.PI * random.uniform();
      spare = radius * Math.sin(angle);
      return mean + standardDeviation * radius * Math.cos(angle);
    },
    normalWithin: (mean, standardDeviation, low, high) => {
      if (!(low < high)) throw new RangeError(`empty interval [${low}, ${high}]`);
      for (let tries = 0; tries < 1000; tries++) {
        const value = random.normal(mean, standardDeviation);
        if (value >= low && value <= high) return value;
      }
      return random.between(low, high);
    },
    pick: (items) => {
      const item = items[random.integer(items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    shuffled: (items) => {
      const copy = [...items];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        const held = copy[i]!;
        copy[i] = copy[j]!;
        copy[j] = held;
      }
      return copy;
    },
    stream: (name) => {
      const child = childKey(key, name);
      return generate(child, mixed(child));
    },
  };
  return random;
}
