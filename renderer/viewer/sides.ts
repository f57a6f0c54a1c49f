import type { Laterality } from '../../electron/contract/finding.ts';
import type { Box } from '../../electron/contract/image.ts';

/** A letter at the left or right edge of the film itself (before any turn or mirror). */
export interface SideMarker {
  readonly edge: 'left' | 'right';
  readonly letter: 'R' | 'L';
}

/**
 * Which side of the patient lies at which edge of the film. Two hips of known sides tell it themselves.
 * One hip, or the file's word, tells its own side: on an AP film of one hip the lateral edge, where the
 * marker lies on the cassette, is the left edge for a right hip and the right edge for a left one.
 * Nothing is said of a side that nobody knows.
 */
export function sideMarkers(
  filmSide: Laterality,
  hips: readonly { readonly box: Box; readonly laterality: Laterality }[],
): readonly SideMarker[] {
  const known = hips
    .filter((hip) => hip.laterality !== 'unknown')
    .toSorted((a, b) => a.box.x + a.box.width / 2 - (b.box.x + b.box.width / 2));
  const first = known[0];
  const last = known.at(-1);
  if (first !== undefined && last !== undefined && first.laterality !== last.laterality) {
    return [
      { edge: 'left', letter: letterOf(first.laterality) },
      { edge: 'right', letter: letterOf(last.laterality) },
    ];
  }
  const side = filmSide === 'unknown' ? (first?.laterality ?? 'unknown') : filmSide;
  if (side === 'unknown') return [];
  return [{ edge: side === 'right' ? 'left' : 'right', letter: letterOf(side) }];
}

const letterOf = (side: Laterality) => (side === 'right' ? 'R' : 'L');
