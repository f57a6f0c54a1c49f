import { mm } from '../contract/units.ts';
import type { HipSite } from './hips.ts';
import type { PatientPoint } from './volume.ts';

/** What must be known of a hip to picture it. */
export type HipPlace = Pick<HipSite, 'side' | 'headCentre' | 'headRadius'>;

/**
 * Edges of the hip's region from the centre of the head, in mm and in radii of the head, as straight lines through the
 * boxes of simulated patients, whose anatomy is known.
 */
const edges = {
  medial: { mm: 21.5, radii: 1 },
  above: { mm: 21.5, radii: 1 },
  lateral: { mm: 51, radii: 0.9 },
  below: { mm: 49, radii: 1.85 },
} as const;

/**
 * Corners of the hip of which only the head is known: joint roof to 15 mm below the lesser trochanter, medial
 * wall to the outer side of the greater trochanter, in the frontal plane of the head's centre. The box around their
 * shadows is the hip's box on a film, as `boxCorners` of a phantom's truth is.
 */
export function hipRegion({ side, headCentre, headRadius }: HipPlace): PatientPoint[] {
  const [x, y, z] = headCentre;
  const lateral = side === 'left' ? 1 : -1;
  const reach = (edge: keyof typeof edges): number => edges[edge].mm + edges[edge].radii * headRadius;
  return [-reach('medial'), reach('lateral')].flatMap((across) =>
    [reach('above'), -reach('below')].map((up): PatientPoint => [mm(x + lateral * across), y, mm(z + up)]),
  );
}
