import { degrees, kilovoltPeak, milliampereSeconds, mm } from '../contract/units.ts';
import type { Degrees, KilovoltPeak, MilliampereSeconds, Millimetres } from '../contract/units.ts';
import type { Random } from '../random/random.ts';

/** A lead letter on the cassette. */
export interface SideMarker {
  readonly letter: 'L' | 'R';
  /** The letter alone, in a lead ring, on a plate with a lead rim, or beside the arrow that tells upright from lying. */
  readonly shape: 'letter' | 'ring' | 'plate' | 'pole';
  /** Turned clockwise on the picture. */
  readonly angle: Degrees;
  /** Centre of the letter as shares of the film's width and height. */
  readonly x: number;
  readonly y: number;
  readonly height: Millimetres;
}

/** Flat panel of caesium iodide, phosphor plate (computed radiography), or a scanned film with its screen. */
export type DetectorKind = 'flat-panel' | 'storage-phosphor' | 'film';

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
  readonly detector: DetectorKind;
  /** The detector's own grain: standard deviation over signal of an area of 1 mm²; a smaller pixel shows more. */
  readonly granularity: number;
  /**
   * How much weaker the beam is at the film's foot than at its head, as a share (negative the other way): the anode
   * shades half of it. A flat panel is calibrated for it and shows none.
   */
  readonly heelEffect: number;
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
  /**
   * Contrast-limited adaptive histogram equalisation: how much of it is mixed in (0 none, 1 all), how many tiles a side
   * has, and the share of a tile's pixels at which a histogram bin is cut.
   */
  readonly localContrast: { readonly amount: number; readonly tiles: number; readonly clip: number };
  /** What the unexposed border becomes. */
  readonly border: 'white' | 'black' | 'grey';
}

export type Style = 'clinic' | 'drr';

type Range = readonly [low: number, high: number];

/** The detectors in use by their shares, with the ranges of what they are; the heel effect is either way. */
const detectors: readonly {
  readonly kind: DetectorKind;
  readonly share: number;
  readonly efficiency: Range;
  readonly blur: Range;
  readonly granularity: Range;
  readonly heelEffect: number;
}[] = [
  {
    kind: 'flat-panel',
    share: 0.6,
    efficiency: [0.5, 0.7],
    blur: [0.08, 0.18],
    granularity: [0, 0.0005],
    heelEffect: 0,
  },
  {
    kind: 'storage-phosphor',
    share: 0.3,
    efficiency: [0.2, 0.35],
    blur: [0.12, 0.25],
    granularity: [0.001, 0.004],
    heelEffect: 0.2,
  },
  {
    kind: 'film',
    share: 0.1,
    efficiency: [0.2, 0.35],
    blur: [0.12, 0.3],
    granularity: [0.002, 0.006],
    heelEffect: 0.25,
  },
];

/**
 * An exposure of a hip or pelvis. 'clinic' varies as departments do: 60 to 90 kV, 8 to 40 mAs, 100 to
 * 115 cm, nearly always a grid (Precht 2019: 70 kV, 16 mAs, grid), scatter of 2 to 4 times the primary before it, one
 * film in eight under- or overexposed. 'drr' is the same plain exposure every time: no scatter, no noise to speak of,
 * no border.
 */
export function sampleExposure(random: Random, style: Style): Exposure {
  if (style === 'drr') return plainExposure;
  const sourceToImageDistance = random.between(1000, 1150);
  const detector = sampleDetector(random.stream('detector'));
  const border = () => mm(random.chance(0.35) ? random.between(3, 25) : 0);
  const meant = Math.exp(random.normalWithin(Math.log(16), 0.4, Math.log(8), Math.log(40)));
  const mistake = random.chance(0.08)
    ? random.between(0.25, 0.5)
    : random.chance(0.05)
      ? random.between(2, 3)
      : 1;
  return {
    tubeVoltage: kilovoltPeak(random.normalWithin(74, 6, 60, 90)),
    charge: milliampereSeconds(meant * mistake),
    filtration: mm(random.between(2.5, 4)),
    sourceToImageDistance: mm(sourceToImageDistance),
    sourceToObjectDistance: mm(sourceToImageDistance - random.between(110, 180)),
    scatterToPrimary: random.between(2, 4),
    scatterSpread: mm(random.between(30, 60)),
    grid: random.chance(0.93),
    // A focal spot of 0.6 to 1.2 mm through an enlargement of 1.1 to 1.2, and a patient who does not quite lie still.
    unsharpness: mm(random.between(0.1, 0.3)),
    ...detector,
    collimation: { left: border(), right: border(), top: border(), bottom: border() },
    marker: random.chance(0.7) ? sampleMarker(random.stream('marker')) : null,
  };
}

const plainExposure: Exposure = {
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
  detector: 'flat-panel',
  granularity: 0,
  heelEffect: 0,
  collimation: { left: mm(0), right: mm(0), top: mm(0), bottom: mm(0) },
  marker: null,
};

function sampleDetector(
  random: Random,
): Pick<Exposure, 'detector' | 'detectiveEfficiency' | 'detectorBlur' | 'granularity' | 'heelEffect'> {
  let left = random.uniform();
  const { kind, efficiency, blur, granularity, heelEffect } =
    detectors.find(({ share }) => (left -= share) < 0) ?? detectors[0]!;
  return {
    detector: kind,
    detectiveEfficiency: random.between(...efficiency),
    detectorBlur: mm(random.between(...blur)),
    granularity: random.between(...granularity),
    heelEffect: random.between(-heelEffect, heelEffect),
  };
}

/** A marker in one of the upper corners or beside the thigh; on an AP film L belongs to the picture's right. */
function sampleMarker(random: Random): SideMarker {
  const letter = random.pick(['L', 'R'] as const);
  const inset = random.between(0.07, 0.17);
  return {
    letter,
    shape: random.pick(['letter', 'letter', 'ring', 'plate', 'pole'] as const),
    angle: degrees(random.normalWithin(0, 6, -20, 20)),
    x: letter === 'L' ? 1 - inset : inset,
    y: random.chance(0.6) ? random.between(0.08, 0.25) : random.between(0.6, 0.92),
    height: mm(random.between(10, 20)),
  };
}

const noLocalContrast = { amount: 0, tiles: 8, clip: 0.02 } as const;

/** A look: 'clinic' varies over vendors' processing and scanned films, 'drr' is a plain window without any. */
export function sampleLook(random: Random, style: Style): FilmLook {
  if (style === 'drr') {
    return {
      window: [0.5, 99.8],
      gamma: 1,
      shoulder: 0,
      sharpening: { amount: 0, spread: mm(1) },
      compression: { amount: 0, spread: mm(25) },
      localContrast: noLocalContrast,
      border: 'black',
    };
  }
  const processing = sampleProcessing(random.stream('processing'));
  const window = sampleWindow(random);
  return {
    window,
    ...processing,
    border: random.pick(['white', 'white', 'black', 'grey'] as const),
  };
}

/**
 * The window is narrower than the body: the thigh's border goes black, as on a film whose straight part spans a
 * density of two. Some films are burnt out further, some are pale in the bone.
 */
function sampleWindow(random: Random): FilmLook['window'] {
  if (random.chance(0.08)) return [random.between(18, 32), random.between(99.3, 99.9)];
  if (random.chance(0.07)) return [random.between(0.5, 6), random.between(95, 98.5)];
  return [random.between(1.5, 18), random.between(98.8, 99.9)];
}

/** Little processing, what a present system does, too much of it, or a film on a viewing box. */
function sampleProcessing(random: Random): Omit<FilmLook, 'window' | 'border'> & Partial<FilmLook> {
  const spread = () => mm(random.between(0.6, 2.5));
  const shade = () => mm(random.between(15, 40));
  const tiles = random.pick([6, 8, 10] as const);
  const draw = random.uniform();
  if (draw < 0.25) {
    return {
      gamma: random.between(0.9, 1.5),
      shoulder: random.between(0.2, 0.7),
      sharpening: { amount: random.between(0, 0.6), spread: spread() },
      compression: { amount: random.between(0.1, 0.35), spread: shade() },
      localContrast: noLocalContrast,
    };
  }
  if (draw < 0.8) {
    return {
      gamma: random.between(0.8, 1.4),
      shoulder: random.between(0.2, 0.8),
      sharpening: { amount: random.between(0.3, 1.1), spread: spread() },
      compression: { amount: random.between(0.3, 0.65), spread: shade() },
      localContrast: { amount: random.between(0, 0.35), tiles, clip: random.between(0.01, 0.02) },
    };
  }
  if (draw < 0.9) {
    return {
      gamma: random.between(0.8, 1.2),
      shoulder: random.between(0.1, 0.6),
      sharpening: { amount: random.between(1.2, 2.2), spread: spread() },
      compression: { amount: random.between(0.5, 0.75), spread: shade() },
      localContrast: { amount: random.between(0.35, 0.7), tiles, clip: random.between(0.015, 0.03) },
    };
  }
  return {
    // With nothing evened out, the straight part of the film's curve must be spent on the bone.
    window: [random.between(15, 35), random.between(98.5, 99.8)],
    gamma: random.between(0.8, 1.6),
    shoulder: random.between(0.8, 1),
    sharpening: { amount: 0, spread: spread() },
    compression: { amount: 0, spread: shade() },
    localContrast: noLocalContrast,
  };
}
