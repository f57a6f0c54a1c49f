/** What surgeons left in a hip: which implant, how large, of what. */
import { type Degrees, degrees, type Millimetres, mm } from '../contract/units.ts';
import type { Random } from '../random/random.ts';

export const implantKinds = [
  'cannulated-screws',
  'sliding-hip-screw',
  'cephalomedullary-nail',
  'hemiarthroplasty',
  'total-hip',
] as const;
export type ImplantKind = (typeof implantKinds)[number];

export type Metal = 'titanium' | 'steel' | 'cobalt-chrome';

/** Parallel screws from the lateral cortex into the head, an upright triangle of them or two. */
export interface CannulatedScrews {
  readonly kind: 'cannulated-screws';
  readonly metal: Metal;
  readonly screws: 2 | 3;
  /** Of the thread; the shank is 2 mm thinner. */
  readonly diameter: Millimetres;
  /** How far the screws stand apart. */
  readonly spread: Millimetres;
  readonly washers: boolean;
}

/** A lag screw in the barrel of a plate on the shaft. */
export interface SlidingHipScrew {
  readonly kind: 'sliding-hip-screw';
  readonly metal: Metal;
  readonly plateAngle: Degrees;
  readonly holes: number;
  /** From the screw's tip to the surface of the head. */
  readonly tipDistance: Millimetres;
}

/** A nail in the canal with a lag screw through it into the head. */
export interface CephalomedullaryNail {
  readonly kind: 'cephalomedullary-nail';
  readonly metal: Metal;
  readonly proximalDiameter: Millimetres;
  readonly distalDiameter: Millimetres;
  readonly lagDiameter: Millimetres;
  readonly lagAngle: Degrees;
  readonly tipDistance: Millimetres;
}

/** A stem in the canal that carries a ball; with a cup it is a total hip, without one it fills the socket. */
export interface Arthroplasty {
  readonly kind: 'hemiarthroplasty' | 'total-hip';
  readonly stem: Metal;
  readonly cemented: boolean;
  readonly stemLength: Millimetres;
  /** Of the ball; a hemiarthroplasty's is the size of the head it replaced. */
  readonly ballDiameter: Millimetres;
  /** Opening of the cup against the horizontal and to the front; only a total hip has one. */
  readonly cup: { readonly inclination: Degrees; readonly anteversion: Degrees } | null;
}

export type ImplantParameters = CannulatedScrews | SlidingHipScrew | CephalomedullaryNail | Arthroplasty;

/** An arthroplasty takes the head's place, so there is no neck left to break. */
export function replacesHead(implant: ImplantParameters | null): implant is Arthroplasty {
  return implant?.kind === 'hemiarthroplasty' || implant?.kind === 'total-hip';
}

/**
 * Draws an implant in the sizes of the makers' catalogues: 6.5 to 7.3 mm cannulated screws, 130 to 150°
 * plates with 12.5 mm lag screws, short nails, stems of 120 to 150 mm, 28 to 36 mm balls. Cups are aimed at
 * 40 ± 10° and 15 ± 10° (Lewinnek 1978).
 */
export function sampleImplant(
  random: Random,
  kind: ImplantKind,
  headDiameter: Millimetres,
): ImplantParameters {
  const fixation: Metal = random.chance(0.6) ? 'titanium' : 'steel';
  switch (kind) {
    case 'cannulated-screws':
      return {
        kind,
        metal: fixation,
        screws: random.chance(0.8) ? 3 : 2,
        diameter: mm(random.pick([6.5, 7, 7.3])),
        spread: mm(random.between(6.5, 9)),
        washers: random.chance(0.4),
      };
    case 'sliding-hip-screw':
      return {
        kind,
        metal: random.chance(0.3) ? 'titanium' : 'steel',
        plateAngle: degrees(random.pick([130, 135, 135, 135, 140])),
        holes: random.pick([2, 3, 4, 4]),
        tipDistance: mm(random.normalWithin(9, 3, 4, 18)),
      };
    case 'cephalomedullary-nail':
      return {
        kind,
        metal: random.chance(0.85) ? 'titanium' : 'steel',
        proximalDiameter: mm(random.pick([15.5, 16, 17])),
        distalDiameter: mm(random.pick([9, 10, 11, 12])),
        lagDiameter: mm(random.pick([10.3, 10.5, 11])),
        lagAngle: degrees(random.pick([125, 125, 130])),
        tipDistance: mm(random.normalWithin(9, 3, 4, 18)),
      };
    case 'hemiarthroplasty':
    case 'total-hip': {
      const total = kind === 'total-hip';
      const cemented = random.chance(total ? 0.4 : 0.65);
      return {
        kind,
        stem: cemented ? random.pick(['cobalt-chrome', 'steel'] as const) : 'titanium',
        cemented,
        stemLength: mm(random.between(118, 150)),
        ballDiameter: mm(total ? random.pick([28, 32, 32, 36]) : headDiameter - 0.6),
        cup: total
          ? {
              inclination: degrees(random.normalWithin(42, 6, 28, 58)),
              anteversion: degrees(random.normalWithin(15, 6, 0, 30)),
            }
          : null,
      };
    }
  }
}
