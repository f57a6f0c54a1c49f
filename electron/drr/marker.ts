import type { SideMarker } from './exposure.ts';

type Stroke = readonly (readonly [x: number, y: number])[];

/** Letters as strokes in a box 0.6 wide and 1 high, y downward. */
const letters: Record<SideMarker['letter'], readonly Stroke[]> = {
  L: [
    [
      [0.08, 0.08],
      [0.08, 0.92],
      [0.54, 0.92],
    ],
  ],
  R: [
    [[0.08, 0.92], [0.08, 0.08], [0.3, 0.08], ...arc(0.3, 0.3, 0.22), [0.3, 0.52], [0.08, 0.52]],
    [
      [0.26, 0.52],
      [0.52, 0.92],
    ],
  ],
};
const strokeWidth = 0.15;
/** 1.5 mm of lead at 70 kV leaves a few parts in ten thousand; scatter fills it in. */
const leadAbsorbance = 7;

function arc(x: number, y: number, radius: number): Stroke {
  return Array.from({ length: 13 }, (_, n) => {
    const angle = (n / 12 - 0.5) * Math.PI;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
  });
}

function distanceToSegment(x: number, y: number, a: Stroke[number], b: Stroke[number]): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length > 0 ? Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length)) : 0;
  return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy);
}

/** Adds a lead letter to an absorbance picture, in place; `spacing` in mm a pixel at the detector. */
export function layMarker(
  absorbance: Float32Array,
  rows: number,
  columns: number,
  spacing: number,
  marker: SideMarker,
): void {
  const height = marker.height / spacing;
  const left = marker.x * columns - 0.3 * height;
  const top = marker.y * rows - 0.5 * height;
  for (let row = Math.max(0, Math.floor(top)); row < Math.min(rows, top + height); row++) {
    for (
      let column = Math.max(0, Math.floor(left));
      column < Math.min(columns, left + 0.6 * height);
      column++
    ) {
      const x = (column + 0.5 - left) / height;
      const y = (row + 0.5 - top) / height;
      let distance = Infinity;
      for (const stroke of letters[marker.letter]) {
        for (let n = 1; n < stroke.length; n++) {
          distance = Math.min(distance, distanceToSegment(x, y, stroke[n - 1]!, stroke[n]!));
        }
      }
      const covered = Math.min(1, Math.max(0, (strokeWidth / 2 - distance) * height + 0.5));
      absorbance[row * columns + column]! += covered * leadAbsorbance;
    }
  }
}
