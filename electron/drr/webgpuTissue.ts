import type { PairTable } from './materials.ts';

/** One straight line of a pair of quantities: base + slope · HU, from HU `from` on. */
export interface TissueLine {
  readonly from: number;
  readonly base: readonly [first: number, second: number];
  readonly slope: readonly [first: number, second: number];
}

const lowest = -32_768;
const highest = 32_767;
/** Far below what float32 can tell apart in a mass of tissue. */
const tolerance = 1e-9;

/**
 * The straight lines that a table over all 16-bit HU is made of, lowest HU first: two neighbouring values set a line,
 * and it goes on for as long as the table follows it. The shader computes the lines where the CPU looks them up.
 */
export function straightLines(table: PairTable): readonly TissueLine[] {
  const lines: TissueLine[] = [];
  let from = lowest;
  while (from <= highest) {
    const at = 2 * (from - lowest);
    const next = from === highest ? at : at + 2;
    const [first, second] = [table[at]!, table[at + 1]!];
    const slope = [table[next]! - first, table[next + 1]! - second] as const;
    lines.push({ from, slope, base: [first - slope[0] * from, second - slope[1] * from] });
    const start = from;
    do from++;
    while (
      from <= highest &&
      Math.abs(first + slope[0] * (from - start) - table[2 * (from - lowest)]!) < tolerance &&
      Math.abs(second + slope[1] * (from - start) - table[2 * (from - lowest) + 1]!) < tolerance
    );
  }
  return lines;
}
