import { toRadians } from '../contract/units.ts';
import type { DetectorGrid } from './detector.ts';
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
/** A millimetre of lead at 70 kV leaves less than a hundredth; what the patient's side sees of it glares a little. */
const leadAbsorbance = 5;

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

/** What the shapes add to the letter, in the letter's own units about its middle, and how far they reach. */
const ringRadius = 0.85;
const rimWidth = 0.05;
const plate = { halfWidth: 0.62, halfHeight: 0.72, absorbance: 0.25 };
const pole: readonly Stroke[] = [
  [
    [0.62, 0.5],
    [0.62, -0.5],
  ],
  [
    [0.5, -0.28],
    [0.62, -0.5],
    [0.74, -0.28],
  ],
];
const poleWidth = 0.07;
const furthest = 1;

/** How far a point is from the nearest of the strokes. */
function distanceToStrokes(x: number, y: number, strokes: readonly Stroke[]): number {
  let distance = Infinity;
  for (const stroke of strokes) {
    for (let n = 1; n < stroke.length; n++) {
      distance = Math.min(distance, distanceToSegment(x, y, stroke[n - 1]!, stroke[n]!));
    }
  }
  return distance;
}

/**
 * Weakens a signal, in place, as lead on the cassette does: direct and scattered rays alike. A pixel that
 * an edge crosses is covered in part.
 */
export function layMarker(signal: Float32Array, grid: DetectorGrid, marker: SideMarker): void {
  const height = marker.height / grid.spacing;
  const angle = toRadians(marker.angle);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  aroundMarker(grid, marker, (n, right, down) => {
    const added = markerAbsorbance(
      marker,
      right * cosine + down * sine,
      down * cosine - right * sine,
      height,
    );
    if (added > 0) signal[n]! *= Math.exp(-added);
  });
}

/** Takes the marker's surroundings out of a mask, in place: its lead says nothing of the patient. */
export function leaveOutMarker(mask: Uint8Array, grid: DetectorGrid, marker: SideMarker): void {
  aroundMarker(grid, marker, (n) => (mask[n] = 0));
}

/** Every pixel in the square around the marker: its index, and where it lies about the middle in letter heights. */
function aroundMarker(
  { rows, columns, spacing }: DetectorGrid,
  { x, y, height }: SideMarker,
  visit: (n: number, right: number, down: number) => void,
): void {
  const letter = height / spacing;
  const [middleX, middleY] = [x * columns, y * rows];
  const reach = furthest * letter;
  const lastRow = Math.min(rows - 1, Math.ceil(middleY + reach));
  const lastColumn = Math.min(columns - 1, Math.ceil(middleX + reach));
  for (let row = Math.max(0, Math.floor(middleY - reach)); row <= lastRow; row++) {
    for (let column = Math.max(0, Math.floor(middleX - reach)); column <= lastColumn; column++) {
      visit(row * columns + column, (column + 0.5 - middleX) / letter, (row + 0.5 - middleY) / letter);
    }
  }
}

/** -ln transmission of the marker at a point about its middle, in letter heights; `height` in pixels. */
function markerAbsorbance({ letter, shape }: SideMarker, x: number, y: number, height: number): number {
  const covered = (inside: number) => Math.min(1, Math.max(0, inside * height + 0.5));
  let lead = covered(strokeWidth / 2 - distanceToStrokes(x + 0.3, y + 0.5, letters[letter]));
  let plastic = 0;
  if (shape === 'ring') lead = Math.max(lead, covered(rimWidth - Math.abs(Math.hypot(x, y) - ringRadius)));
  if (shape === 'pole') lead = Math.max(lead, covered(poleWidth / 2 - distanceToStrokes(x, y, pole)));
  if (shape === 'plate') {
    const inside = Math.min(plate.halfWidth - Math.abs(x), plate.halfHeight - Math.abs(y));
    plastic = covered(inside) * plate.absorbance;
    lead = Math.max(lead, covered(rimWidth / 2 - Math.abs(inside - rimWidth)));
  }
  return lead * leadAbsorbance + plastic;
}
