import { degrees, kilovoltPeak, milliampereSeconds, mm } from '../contract/units.ts';
import type { Degrees, KilovoltPeak, MilliampereSeconds, Millimetres } from '../contract/units.ts';
import type { Random } from '../random/random.ts';
import { type HipPlace, hipRegion } from '../volume/hipsRegion.ts';
import type { PatientPoint, Volume } from '../volume/volume.ts';
import { sampleExposure, sampleLook } from './exposure.ts';
import type { Exposure, FilmLook, Style } from './exposure.ts';
import { anteroposterior } from './geometry.ts';
import type { AnteroposteriorSetup, ConeBeamGeometry } from './geometry.ts';

/**
 * How one patient becomes another picture: everything the paper varies in a CT (Mutasa et al. 2020, appendix), and what
 * a radiographer never does twice alike. Plain JSON.
 */
export interface PatientVariation {
  readonly style: Style;
  /** The body's width, depth and height against the scan: thinner, larger, taller, shorter. */
  readonly bodyScale: { readonly width: number; readonly depth: number; readonly height: number };
  /** The leg turned about its length: external is positive. */
  readonly hipRotation: Degrees;
  /** Beam turned toward the head (positive) or the feet. */
  readonly craniocaudalAngle: Degrees;
  /** Central ray moved from the middle of the hip: to the left, to the back, to the head. */
  readonly translation: readonly [x: Millimetres, y: Millimetres, z: Millimetres];
  /** Cassette moved under the patient, along columns and rows, and turned in its plane. */
  readonly detectorShift: readonly [columns: Millimetres, rows: Millimetres];
  readonly detectorRoll: Degrees;
  readonly exposure: Exposure;
  readonly look: FilmLook;
}

/** What a person holds fast while the rest varies. */
export interface HeldFast {
  readonly tubeVoltage?: KilovoltPeak;
  readonly charge?: MilliampereSeconds;
  readonly hipRotation?: Degrees;
  readonly look?: FilmLook;
}

/** Ranges of `sampleVariation`; normal deviates are cut at `most` on both sides. */
export const variationRanges = {
  /** Habitus goes in width and depth alike, with a little of its own in each. */
  girth: { spread: 0.05, most: 0.12 },
  girthApart: { spread: 0.015, most: 0.03 },
  height: { spread: 0.03, most: 0.07 },
  /** Degrees; external is positive. The patient of a CT lies as he lay, so both ways are as likely. */
  hipRotation: { spread: 9, most: 22 },
  craniocaudalAngle: { spread: 4, most: 10 },
  detectorRoll: { spread: 4, most: 12 },
  /** mm, evenly. */
  translation: [18, 12, 18],
  detectorShift: 8,
  /** Of the 'drr' style, whose exposure is otherwise the same each time. */
  tubeVoltage: { mean: 75, spread: 7, least: 60, most: 90 },
  charge: { least: 8, most: 40 },
  sourceToObjectDistance: { least: 900, most: 1040 },
} as const;

/**
 * Draws a variation. The 'clinic' style takes its exposure, distances and look from `sampleExposure` and
 * `sampleLook`; the 'drr' style varies kVp, mAs and the distance of source and object, as the paper did, and keeps the
 * plain look. Each part has its own stream: holding one fast leaves the others as they were.
 */
export function sampleVariation(random: Random, style: Style, held: HeldFast = {}): PatientVariation {
  const body = random.stream('body');
  const position = random.stream('position');
  const within = (source: Random, { spread, most }: { spread: number; most: number }): number =>
    source.normalWithin(0, spread, -most, most);
  const girth = within(body, variationRanges.girth);
  const width = 1 + girth + within(body, variationRanges.girthApart);
  const depth = 1 + girth + within(body, variationRanges.girthApart);
  const height = 1 + within(body, variationRanges.height);
  const hipRotation = degrees(within(random.stream('rotation'), variationRanges.hipRotation));
  const evenly = (most: number): Millimetres => mm(position.between(-most, most));
  const [left, back, head] = variationRanges.translation;
  const exposure = exposureOf(random.stream('exposure'), style);
  return {
    style,
    bodyScale: { width, depth, height },
    hipRotation: held.hipRotation ?? hipRotation,
    craniocaudalAngle: degrees(within(position, variationRanges.craniocaudalAngle)),
    translation: [evenly(left), evenly(back), evenly(head)],
    detectorShift: [evenly(variationRanges.detectorShift), evenly(variationRanges.detectorShift)],
    detectorRoll: degrees(within(position, variationRanges.detectorRoll)),
    exposure: {
      ...exposure,
      tubeVoltage: held.tubeVoltage ?? exposure.tubeVoltage,
      charge: held.charge ?? exposure.charge,
    },
    look: held.look ?? sampleLook(random.stream('look'), style),
  };
}

function exposureOf(random: Random, style: Style): Exposure {
  const exposure = sampleExposure(random.stream('style'), style);
  if (style === 'clinic') return exposure;
  const { tubeVoltage, charge, sourceToObjectDistance } = variationRanges;
  const { mean, spread, least, most } = tubeVoltage;
  return {
    ...exposure,
    tubeVoltage: kilovoltPeak(random.normalWithin(mean, spread, least, most)),
    charge: milliampereSeconds(Math.exp(random.between(Math.log(charge.least), Math.log(charge.most)))),
    sourceToObjectDistance: mm(random.between(sourceToObjectDistance.least, sourceToObjectDistance.most)),
  };
}

/** A detector of so many pixels; the spacing is at the detector. */
export interface FilmSize {
  readonly rows: number;
  readonly columns: number;
  readonly spacing: Millimetres;
}

/** A varied patient before the tube, ready to be projected and exposed. */
export interface VariedPatient {
  /** The same voxels with other spacing and origin. */
  readonly volume: Volume;
  readonly setup: AnteroposteriorSetup;
  readonly geometry: ConeBeamGeometry;
  readonly exposure: Exposure;
  readonly look: FilmLook;
  /** A point of the scan where the variation put it. */
  readonly moved: (point: PatientPoint) => PatientPoint;
  /** Corners of the hip (`hipRegion`), where the variation put them. */
  readonly region: readonly PatientPoint[];
}

/** From the centre of the head to the middle of a hip's film: on the neck, as a hip is centred. */
const filmCentre = { lateral: 22, below: 18 } as const;

/**
 * The volume and the view that a variation asks for. The volume is scaled about the centre of the head by its spacing
 * and origin alone, so that magnification stays physical and no voxel is resampled. The hip is turned by turning
 * source and detector the same way about the long axis through it: on a film of one hip this is the leg
 * turned, but for the socket, which turns with it.
 *
 * @throws CalcarError 'invalid-input' when the distances of the exposure contradict each other.
 */
export function applyVariation(
  volume: Volume,
  hip: HipPlace,
  variation: PatientVariation,
  film: FilmSize,
): VariedPatient {
  const { exposure, look, bodyScale, translation } = variation;
  const lateral = hip.side === 'left' ? 1 : -1;
  const [x, y, z] = hip.headCentre;
  const scaled = scaleVolume(volume, hip.headCentre, bodyScale);
  const setup: AnteroposteriorSetup = {
    isocentre: [
      mm(x + lateral * filmCentre.lateral + translation[0]),
      mm(y + translation[1]),
      mm(z - filmCentre.below + translation[2]),
    ],
    sourceToImageDistance: exposure.sourceToImageDistance,
    sourceToObjectDistance: exposure.sourceToObjectDistance,
    rows: film.rows,
    columns: film.columns,
    spacing: film.spacing,
    craniocaudalAngle: variation.craniocaudalAngle,
    axialAngle: degrees(lateral * variation.hipRotation),
    detectorRoll: variation.detectorRoll,
    detectorShift: variation.detectorShift,
  };
  return {
    volume: scaled.volume,
    setup,
    geometry: anteroposterior(setup),
    exposure: { ...exposure, marker: markerOf(exposure.marker, hip.side) },
    look,
    moved: scaled.moved,
    region: hipRegion(hip).map(scaled.moved),
  };
}

/** The letter on a film of one hip is that hip's, on its lateral side. */
function markerOf(marker: Exposure['marker'], side: HipPlace['side']): Exposure['marker'] {
  if (marker === null) return null;
  const inset = Math.min(marker.x, 1 - marker.x);
  return side === 'left' ? { ...marker, letter: 'L', x: 1 - inset } : { ...marker, letter: 'R', x: inset };
}

/**
 * Scales along the axes of the volume, which keep their directions; an axis oblique in the patient takes its share of
 * width, depth and height, so that right angles stay right.
 */
function scaleVolume(
  volume: Volume,
  centre: PatientPoint,
  { width, depth, height }: PatientVariation['bodyScale'],
): { volume: Volume; moved: (point: PatientPoint) => PatientPoint } {
  const { direction: d, spacing } = volume;
  const factor = (axis: 0 | 1 | 2): number =>
    width * d[3 * axis]! ** 2 + depth * d[3 * axis + 1]! ** 2 + height * d[3 * axis + 2]! ** 2;
  const factors = [factor(0), factor(1), factor(2)] as const;
  const moved = (point: PatientPoint): PatientPoint => {
    const offset = [point[0] - centre[0], point[1] - centre[1], point[2] - centre[2]];
    const result: [number, number, number] = [...centre];
    for (const axis of [0, 1, 2] as const) {
      const along = offset.reduce((sum, part, n) => sum + part * d[3 * axis + n]!, 0) * factors[axis];
      for (const n of [0, 1, 2] as const) result[n] += along * d[3 * axis + n]!;
    }
    return [mm(result[0]), mm(result[1]), mm(result[2])];
  };
  return {
    volume: {
      ...volume,
      spacing: [mm(spacing[0] * factors[0]), mm(spacing[1] * factors[1]), mm(spacing[2] * factors[2])],
      origin: moved(volume.origin),
    },
    moved,
  };
}
