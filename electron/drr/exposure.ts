import { kilovoltPeak, milliampereSeconds, mm } from '../contract/units.ts';
import type { KilovoltPeak, MilliampereSeconds, Millimetres } from '../contract/units.ts';
import type { Random } from '../random/random.ts';

/** A lead letter on the cassette. */
export interface SideMarker {
  readonly letter: 'L' | 'R';
  /** Centre of the letter as shares of the film's width and height. */
  readonly x: number;
  readonly y: number;
  readonly height: Millimetres;
}

/** How a film is taken: everything before the detector's numbers are made. Plain JSON. */
export interface Exposure {
  readonly tubeVoltage: KilovoltPeak;
  readonly charge: MilliampereSeconds;
  /** Added aluminium. */
  readonly filtration: Millimetres;
  readonly sourceToImageDistance: Millimetres;
  readonly sourceToObjectDistance: Millimetres;
  /** Scattered over primary signal behind 20 cm of soft tissue in a wide field, before any grid. */
  readonly scatterToPrimary: number;
  /** Standard deviation of the Gaussian that spreads scatter, at the detector. */
  readonly scatterSpread: Millimetres;
  /** An anti-scatter grid before the detector. */
  readonly grid: boolean;
  /** Standard deviation, at the detector, of the blur by focal spot and movement, before quanta are counted. */
  readonly unsharpness: Millimetres;
  /** Share of the quanta that the detector uses (zero-frequency DQE): about 0.25 a CR plate, 0.65 caesium iodide. */
  readonly detectiveEfficiency: number;
  /** Standard deviation of the detector's blur (light in the scintillator). */
  readonly detectorBlur: Millimetres;
  /** Width of the film's border that the shutters keep unexposed. */
  readonly collimation: {
    readonly left: Millimetres;
    readonly right: Millimetres;
    readonly top: Millimetres;
    readonly bottom: Millimetres;
  };
  readonly marker: SideMarker | null;
}

/** How the detector's numbers become a picture. Plain JSON. */
export interface FilmLook {
  /** Percentiles of the exposed field, 0..100, that become black and white. */
  readonly window: readonly [low: number, high: number];
  /** Output = (windowed value)^gamma; above 1 darkens soft tissue. */
  readonly gamma: number;
  /** 0 cuts at the window's ends, 1 bends softly into black and white (toe and shoulder of a film). */
  readonly shoulder: number;
  /** Unsharp mask: share of the detail finer than the spread that is added. */
  readonly sharpening: { readonly amount: number; readonly spread: Millimetres };
  /** Dynamic range compression: share of the shade coarser than the spread that is taken away. */
  readonly compression: { readonly amount: number; readonly spread: Millimetres };
  /** What the unexposed border becomes. */
  readonly border: 'white' | 'black';
}

export type Style = 'clinic' | 'drr';

/**
 * An exposure of a hip or pelvis. 'clinic' varies as departments do: 60 to 90 kV, 8 to 40 mAs, 100 to
 * 115 cm, nearly always a grid (Precht 2019: 70 kV, 16 mAs, grid). 'drr' is the same plain exposure every
 * time: no scatter, no noise to speak of, no border.
 */
export function sampleExposure(random: Random, style: Style): Exposure {
  if (style === 'drr') {
    return {
      tubeVoltage: kilovoltPeak(75),
      charge: milliampereSeconds(2000),
      filtration: mm(3),
      sourceToImageDistance: mm(1150),
      sourceToObjectDistance: mm(1000),
      scatterToPrimary: 0,
      scatterSpread: mm(40),
      grid: false,
      unsharpness: mm(0),
      detectiveEfficiency: 0.65,
      detectorBlur: mm(0),
      collimation: { left: mm(0), right: mm(0), top: mm(0), bottom: mm(0) },
      marker: null,
    };
  }
  const border = () => mm(random.chance(0.35) ? random.between(3, 25) : 0);
  const sourceToImageDistance = random.between(1000, 1150);
  return {
    tubeVoltage: kilovoltPeak(random.normalWithin(74, 6, 60, 90)),
    charge: milliampereSeconds(Math.exp(random.normalWithin(Math.log(16), 0.4, Math.log(8), Math.log(40)))),
    filtration: mm(random.between(2.5, 4)),
    sourceToImageDistance: mm(sourceToImageDistance),
    sourceToObjectDistance: mm(sourceToImageDistance - random.between(110, 180)),
    scatterToPrimary: random.between(1.5, 4),
    scatterSpread: mm(random.between(30, 60)),
    grid: random.chance(0.93),
    unsharpness: mm(random.between(0.2, 0.5)),
    detectiveEfficiency: random.between(0.2, 0.7),
    detectorBlur: mm(random.between(0.08, 0.25)),
    collimation: { left: border(), right: border(), top: border(), bottom: border() },
    marker: random.chance(0.7) ? sampleMarker(random) : null,
  };
}

/** A marker in one of the upper corners or beside the thigh; on an AP film L belongs to the picture's right. */
function sampleMarker(random: Random): SideMarker {
  const letter = random.pick(['L', 'R'] as const);
  const inset = random.between(0.08, 0.2);
  return {
    letter,
    x: letter === 'L' ? 1 - inset : inset,
    y: random.chance(0.6) ? random.between(0.08, 0.25) : random.between(0.6, 0.92),
    height: mm(random.between(10, 20)),
  };
}

/** A look: 'clinic' varies over vendors' processing, 'drr' is a plain window without any. */
export function sampleLook(random: Random, style: Style): FilmLook {
  if (style === 'drr') {
    return {
      window: [0.5, 99.8],
      gamma: 1,
      shoulder: 0,
      sharpening: { amount: 0, spread: mm(1) },
      compression: { amount: 0, spread: mm(25) },
      border: 'black',
    };
  }
  return {
    window: [random.between(0.5, 8), random.between(99, 99.9)],
    gamma: random.between(0.8, 1.5),
    shoulder: random.between(0.2, 0.9),
    sharpening: { amount: random.between(0, 1.5), spread: mm(random.between(0.6, 2.5)) },
    compression: { amount: random.between(0.1, 0.6), spread: mm(random.between(15, 40)) },
    border: random.chance(0.6) ? 'white' : 'black',
  };
}
