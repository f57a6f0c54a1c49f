import { type Millimetres, mm } from '../contract/units.ts';
import { isHipLike, sideOf } from './hipsAnatomy.ts';
import { coarseGrid, type Sampler, samplerOf, type Vector } from './hipsGrid.ts';
import { distance, fitSpheres, type FittedSphere } from './hipsSphere.ts';
import { headRadii, sphereCentres } from './hipsVotes.ts';
import type { PatientPoint, Volume } from './volume.ts';

export const hipSides = ['left', 'right'] as const;
export type HipSide = (typeof hipSides)[number];

/** An upright box in patient coordinates. */
export interface PatientBox {
  readonly low: PatientPoint;
  readonly high: PatientPoint;
}

/** A femoral head in a CT, and the part of the scan that shows its hip; a person may correct all of it. */
export interface HipSite {
  readonly found: true;
  readonly side: HipSide;
  readonly headCentre: PatientPoint;
  readonly headRadius: Millimetres;
  /** Cut to the scan. */
  readonly crop: PatientBox;
  /** A sentence where the scan ends within the hip, which then is seen in part; null where it is whole. */
  readonly note: string | null;
}

export interface HipMissing {
  readonly found: false;
  readonly side: HipSide;
  /** A sentence for the person. */
  readonly reason: string;
}

export interface HipSearch {
  readonly left: HipSite | HipMissing;
  readonly right: HipSite | HipMissing;
}

/** Edge of a cell of the grid on which heads are looked for, mm. */
const gridStep = 2.5;
/** The range of Hounsfield units in which bone differs from muscle. */
const boneRange = [20, 500] as const;
const mostCandidates = 8;
/** Share of the visible directions that must lie on the sphere; two surfaces at random agree in about a fifth. */
const leastCoverage = 0.24;
/** Noise gives 16 votes, a lumbar vertebra 25, the heads of a 3 mm CT over 40 (see `sphereCentres`). */
const leastSupport = 28;
/** Share of a head that must lie inside the scan for it to be named as cut off. */
const leastSeen = 0.25;
/** Distance of the two heads: 180 (12) mm in adults. */
const separation = { least: 130, most: 235 };

/** What must lie inside the scan around the centre of a head, mm: all of the head, and of the neck below it. */
const needed = { below: 30, above: 28, lateral: 34, medial: 22, front: 22, back: 22 } as const;
/** What a picture of the hip shows around that centre, mm: joint roof to below the lesser trochanter. */
const shown = { below: 105, above: 60, lateral: 85, medial: 60, front: 70, back: 70 } as const;
/** Less than this below or above the centre is worth a note. */
const noted = { below: 60, above: 45 } as const;
type Edge = keyof typeof needed;

/**
 * Finds both femoral heads of a CT: bone surfaces vote for the centres they face (`sphereCentres`), spheres
 * are laid through the surfaces that are seen from there (`fitSphere`), and of those that look like a
 * hip (a socket above, bone going on to the side) the best matching pair is kept, or the best single one.
 *
 * A hip that the scan cuts off, or that is not there, is refused with the reason.
 */
export function findHips(volume: Volume): HipSearch {
  const sampler = samplerOf(volume);
  const heads = sphereCentres(coarseGrid(sampler, gridStep, boneRange), mostCandidates).flatMap(
    ({ centre, votes }) =>
      fitSpheres(sampler, centre)
        .filter(isHead)
        // A head that the scan cuts off has fewer surfaces to vote for it.
        .map((sphere) => ({
          ...sphere,
          support: votes / sphere.seen,
          moved: distance(sphere.centre, centre),
        }))
        .filter(({ support }) => support >= leastSupport),
  );
  const pair = bestPair(
    heads.filter((head) => isHipLike(sampler, head, 'left')),
    heads.filter((head) => isHipLike(sampler, head, 'right')),
  );
  if (pair !== null) {
    return { left: siteOf(sampler, pair.left, 'left'), right: siteOf(sampler, pair.right, 'right') };
  }
  const single = heads
    .map((head) => ({ head, side: sideOf(sampler, head) }))
    .filter(({ head, side }) => isHipLike(sampler, head, side))
    .sort((a, b) => scoreOf(b.head) - scoreOf(a.head))[0];
  const missing = (side: HipSide): HipMissing => ({ found: false, side, reason: absent(side, single) });
  const found = { left: missing('left'), right: missing('right') };
  return single === undefined
    ? found
    : { ...found, [single.side]: siteOf(sampler, single.head, single.side) };
}

interface Head extends FittedSphere {
  /** Votes of the bone surfaces for its centre, as if all of it were inside the scan. */
  readonly support: number;
  /** How far the fit moved from the centre of the votes, mm. */
  readonly moved: number;
}

function isHead({ radius, coverage, seen }: FittedSphere): boolean {
  return (
    radius >= headRadii.least && radius <= headRadii.most && coverage >= leastCoverage && seen >= leastSeen
  );
}

const scoreOf = ({ support, coverage, moved }: Head): number =>
  Math.min(support, 100) / 50 + 2 * coverage ** 2 - moved / 30;

/** The two heads that face each other best across the pelvis: well supported, level and alike. */
function bestPair(lefts: readonly Head[], rights: readonly Head[]): { left: Head; right: Head } | null {
  let best: { left: Head; right: Head } | null = null;
  let most = -Infinity;
  for (const left of lefts) {
    for (const right of rights) {
      const apart = left.centre[0] - right.centre[0];
      const y = Math.abs(left.centre[1] - right.centre[1]);
      const z = Math.abs(left.centre[2] - right.centre[2]);
      if (apart < separation.least || apart > separation.most || z > 0.2 * apart || y > 0.2 * apart) continue;
      const unlike = z / 60 + y / 60 + Math.abs(left.radius - right.radius) / 8;
      const score = scoreOf(left) + scoreOf(right) - unlike;
      if (score <= most) continue;
      most = score;
      best = { left, right };
    }
  }
  return best;
}

/** The direction in which a hip's edge lies. */
function directionOf(edge: Edge, side: HipSide): Vector {
  const lateral = side === 'left' ? 1 : -1;
  switch (edge) {
    case 'below':
      return [0, 0, -1];
    case 'above':
      return [0, 0, 1];
    case 'lateral':
      return [lateral, 0, 0];
    case 'medial':
      return [-lateral, 0, 0];
    case 'front':
      return [0, -1, 0];
    case 'back':
      return [0, 1, 0];
  }
}

const edgeWords: Record<Edge, readonly [within: string, beyond: string]> = {
  below: ['below', 'above'],
  above: ['above', 'below'],
  lateral: ['to the outer side of', 'to the inner side of'],
  medial: ['to the inner side of', 'to the outer side of'],
  front: ['in front of', 'behind'],
  back: ['behind', 'in front of'],
};

function siteOf(sampler: Sampler, head: FittedSphere, side: HipSide): HipSite | HipMissing {
  const edges = Object.keys(needed) as Edge[];
  const reach = Object.fromEntries(
    edges.map((edge) => [edge, sampler.reach(head.centre, directionOf(edge, side))]),
  ) as Record<Edge, number>;
  const short = edges.filter((edge) => reach[edge] < needed[edge]).sort((a, b) => reach[a] - reach[b])[0];
  if (short !== undefined) return { found: false, side, reason: cutOff(side, short, reach[short]) };
  const low: [number, number, number] = [...head.centre];
  const high: [number, number, number] = [...head.centre];
  for (const edge of edges) {
    const distance = Math.min(shown[edge], reach[edge]);
    directionOf(edge, side).forEach((part, axis) => {
      if (part < 0) low[axis]! -= distance;
      if (part > 0) high[axis]! += distance;
    });
  }
  return {
    found: true,
    side,
    headCentre: asPoint(head.centre),
    headRadius: mm(head.radius),
    crop: { low: asPoint(low), high: asPoint(high) },
    note: noteOf(side, reach),
  };
}

function asPoint([x, y, z]: Vector): PatientPoint {
  return [mm(x), mm(y), mm(z)];
}

function cutOff(side: HipSide, edge: Edge, reach: number): string {
  const [within, beyond] = edgeWords[edge];
  const where = `${Math.round(Math.abs(reach))} mm ${reach < 0 ? beyond : within}`;
  return `The ${side} hip is cut off: the scan ends ${where} the centre of the femoral head. Use a scan that holds the whole head and neck.`;
}

function noteOf(side: HipSide, reach: Record<Edge, number>): string | null {
  const short = (['below', 'above'] as const).filter((edge) => reach[edge] < noted[edge]);
  if (short.length === 0) return null;
  const where = short.map((edge) => `${Math.round(reach[edge])} mm ${edge}`).join(' and ');
  return `The scan ends ${where} the centre of the ${side} femoral head. What lies beyond is drawn as the last slice shows it.`;
}

function absent(side: HipSide, other: unknown): string {
  return other !== undefined
    ? `No femoral head was found on the ${side} side. The scan may leave it out, or it may be replaced or destroyed. Place it by hand if you see it.`
    : `No femoral head was found on the ${side} side. The scan may not reach the hips. Use a scan of the pelvis, or place the head by hand if you see it.`;
}
