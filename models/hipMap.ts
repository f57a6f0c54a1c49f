/** The localizer's output as numbers: apart from the network, so that what makes its targets needs no tensors. */

/** Input pixels a cell of the heat map. */
export const cellSize = 8;
/** Box sides are learned as the logarithm of their ratio to this, in input pixels. */
export const unitBoxSide = 64;

/** Heat-map channels, in order. On an AP film the first is the patient's right hip, the second the left. */
export const medialSides = ['picture-right', 'picture-left'] as const;
export type MedialSide = (typeof medialSides)[number];
