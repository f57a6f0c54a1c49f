/** How worn a hip joint is. */
import {
  type Degrees,
  degrees,
  type HounsfieldUnits,
  hounsfield,
  type Millimetres,
  mm,
} from '../contract/units.ts';
import type { Random } from '../random/random.ts';

export interface ArthritisParameters {
  /** After Kellgren and Lawrence (1957): 0 none, 1 doubtful, 2 minimal, 3 moderate, 4 severe. */
  readonly grade: 0 | 1 | 2 | 3 | 4;
  /** By how much the joint space is narrower where the head has worn towards the roof. */
  readonly narrowing: Millimetres;
  /** Direction of that wear from straight up; lateral is positive, medial (protrusion) negative. */
  readonly direction: Degrees;
  /** Density that the subchondral bone gained on both sides of the joint. */
  readonly sclerosis: HounsfieldUnits;
  /** How far osteophytes stand out at the rims of socket and head. */
  readonly osteophytes: Millimetres;
  readonly cysts: number;
}

export const noArthritis: ArthritisParameters = {
  grade: 0,
  narrowing: mm(0),
  direction: degrees(0),
  sclerosis: hounsfield(0),
  osteophytes: mm(0),
  cysts: 0,
};

/** Thresholds of a normal deviate; at 75 years one hip in ten has grade 2 or more (Framingham, Kim 2014: 9.7 %). */
const thresholds = [0.35, 1.28, 1.85, 2.4] as const;

/**
 * Draws the wear of one hip. `disposition` is the patient's own normal deviate, which both hips share.
 * The grade follows age and nothing of a fracture.
 */
export function sampleArthritis(
  random: Random,
  disposition: number,
  age: number,
  jointSpace: Millimetres,
): ArthritisParameters {
  const latent = 0.75 * disposition + 0.66 * random.normal() + 0.025 * (age - 75);
  const passed = thresholds.filter((threshold) => latent > threshold).length;
  const severity = Math.min(Math.max((latent - 0.35) / 2.4, 0), 1);
  if (passed === 0) return noArthritis;
  const medial = random.chance(0.15);
  return {
    grade: passed === 1 ? 1 : passed === 2 ? 2 : passed === 3 ? 3 : 4,
    // Nothing is left of the joint space in the worst hips but its last quarter of a millimetre.
    narrowing: mm(Math.min((jointSpace - 0.25) * Math.min(1.25 * severity, 1), jointSpace - 0.25)),
    direction: degrees(medial ? -random.between(30, 65) : random.normalWithin(18, 14, -15, 45)),
    sclerosis: hounsfield(severity * random.between(200, 520)),
    osteophytes: mm(severity * random.between(4, 11)),
    cysts: passed < 3 ? 0 : random.integer(4),
  };
}
