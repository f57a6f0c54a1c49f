import type { Random } from '../../random/random.ts';

const tableLength = 1 << 18;

/** Normal deviates made once and read from anywhere: fresh ones for each pixel would cost more than the network's step. */
export class NoiseTable {
  readonly #deviates: Float32Array;

  constructor(random: Random) {
    this.#deviates = new Float32Array(tableLength);
    for (let i = 0; i < tableLength; i++) this.#deviates[i] = random.normal();
  }

  /** So many deviates one after the other from somewhere in the table. */
  read(random: Random, count: number): Float32Array {
    const start = random.integer(tableLength - count + 1);
    return this.#deviates.subarray(start, start + count);
  }

  /** Adds Gaussian noise of this standard deviation, in place. */
  add(values: Float32Array, random: Random, deviation: number): void {
    const deviates = this.read(random, values.length);
    for (let i = 0; i < values.length; i++) values[i]! += deviation * deviates[i]!;
  }
}
