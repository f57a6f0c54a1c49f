import { tissueMixture } from './tissue.ts';

/** Two quantities per mm for every 16-bit HU: entry 2 (HU + 32768) and the one after it. */
export type PairTable = Float64Array;

const lowest = -32768;
const highest = 32767;

export function pairTable(pair: (hounsfield: number) => readonly [number, number]): PairTable {
  const table = new Float64Array(2 * (highest - lowest + 1));
  for (let hounsfield = lowest; hounsfield <= highest; hounsfield++) {
    const [first, second] = pair(hounsfield);
    table[2 * (hounsfield - lowest)] = first;
    table[2 * (hounsfield - lowest) + 1] = second;
  }
  return table;
}

/** Soft tissue and bone, g/cm² per mm: a tenth of the g/cm³ of `tissueMixture`. */
export const tissueTable: PairTable = pairTable((hounsfield) => {
  const { soft, bone } = tissueMixture(hounsfield);
  return [soft / 10, bone / 10];
});
