import type { HipFinding, Laterality, QualityWarning } from '../contract/finding.ts';
import type { Box } from '../contract/image.ts';
import type { MedialSide } from '../../models/index.ts';

export interface SidedBox {
  readonly box: Box;
  readonly medialSide: MedialSide;
}
export type Side = Pick<HipFinding, 'laterality' | 'lateralitySource'>;

const centre = ({ x, width }: Box) => x + width / 2;

/** True for two hips of one pelvis, mirrored or not: each turns its medial side to the other. */
export function faceEachOther(a: SidedBox, b: SidedBox): boolean {
  const [pictureLeft, pictureRight] = centre(a.box) < centre(b.box) ? [a, b] : [b, a];
  return pictureLeft.medialSide === 'picture-right' && pictureRight.medialSide === 'picture-left';
}

/** The patient's side as the hip looks on an AP film, where the patient faces the reader. */
const facedSide = (medialSide: MedialSide): 'left' | 'right' =>
  medialSide === 'picture-right' ? 'right' : 'left';

/**
 * Sides of one hip, or of two that face each other, in their order. A pelvis goes by position (picture left is
 * the patient's right); a single hip by its tag, and without one by the way it faces.
 */
export function sidesOf(hips: readonly SidedBox[], tag: Laterality): Side[] {
  const [first, second] = hips;
  if (first !== undefined && second !== undefined) {
    const firstIsRight = centre(first.box) < centre(second.box);
    return [firstIsRight, !firstIsRight].map((isRight) => ({
      laterality: isRight ? 'right' : 'left',
      lateralitySource: 'position',
    }));
  }
  return hips.map(({ medialSide }) =>
    tag === 'unknown'
      ? { laterality: facedSide(medialSide), lateralitySource: 'appearance' }
      : { laterality: tag, lateralitySource: 'tag' },
  );
}

/** A doubt when the only hip of a film faces as the other side does. */
export function sideWarning(hips: readonly SidedBox[], tag: Laterality): QualityWarning | null {
  const [hip, other] = hips;
  if (hip === undefined || other !== undefined || tag === 'unknown' || facedSide(hip.medialSide) === tag)
    return null;
  return {
    kind: 'side',
    weight: 'doubt',
    sentence: `The file says ${tag} hip, but this hip faces as a ${facedSide(hip.medialSide)} hip does on an AP film. The film may be mirrored or its tag wrong: check the side marker.`,
  };
}
