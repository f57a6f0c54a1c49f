import { CalcarError } from '../../contract/errors.ts';
import type { LabFrame, LabHip, LabPoint, LabSetup, LabView, LabVolume } from '../../contract/lab.ts';
import { toPatient } from '../../contract/labFrame.ts';
import { degrees, kilovoltPeak, milliampereSeconds, mm } from '../../contract/units.ts';
import { sampleExposure, sampleLook, type Exposure, type FilmLook } from '../../drr/exposure.ts';
import { anteroposterior, type ConeBeamGeometry } from '../../drr/geometry.ts';
import { seeded } from '../../random/random.ts';
import type { PatientPoint, Volume } from '../../volume/volume.ts';
import { anatomicalOrder } from './anatomicalFrame.ts';

/** Detector and pixel of each view, mm: a 35 × 43 cassette across for a pelvis, a 24 × 30 upright for a hip. */
const detectors = {
  pelvis: { width: 430, height: 350, pixel: 0.45 },
  left: { width: 240, height: 300, pixel: 0.4 },
  right: { width: 240, height: 300, pixel: 0.4 },
} as const;
/** From the head's centre to the middle of a hip film, on the neck: laterally and to the feet, mm. */
const hipFilmOffset = { lateral: 22, caudal: 18 } as const;

/**
 * The point of the patient that the standard film of a view is centred on: between the heads, or on the
 * neck of one hip.
 * @throws CalcarError 'not-found' with the reason where that hip is missing
 */
export function centreOf(about: Pick<LabVolume, 'frame' | 'hips'>, view: LabView): LabPoint {
  if (view === 'pelvis') return pelvisCentre(about.frame, about.hips);
  const hip = about.hips[view];
  if (hip.state === 'missing')
    throw new CalcarError(
      'not-found',
      `${hip.reason} Mark the femoral head on the slices, or choose the other hip.`,
    );
  const [x, y, z] = hip.headCentre;
  const lateral = view === 'left' ? hipFilmOffset.lateral : -hipFilmOffset.lateral;
  return [x + lateral, y, z - hipFilmOffset.caudal];
}

function pelvisCentre(frame: LabFrame, { left, right }: { left: LabHip; right: LabHip }): LabPoint {
  const [a, b, c] = frame.size;
  const middle = toPatient(frame, [(a - 1) / 2, (b - 1) / 2, (c - 1) / 2]);
  if (left.state === 'here' && right.state === 'here') {
    const [one, other] = [left.headCentre, right.headCentre];
    return [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2];
  }
  const only = left.state === 'here' ? left : right.state === 'here' ? right : null;
  return only === null ? middle : [middle[0], only.headCentre[1], only.headCentre[2]];
}

/**
 * Tube, patient and detector of a setup.
 *
 * @param longerSide pixels of the detector's longer side; those of a film where not given
 * @throws CalcarError 'invalid-input' where the tube stands in the detector
 */
export function geometryOf(setup: LabSetup, centre: LabPoint, longerSide?: number): ConeBeamGeometry {
  const { width, height, pixel } = detectors[setup.view];
  const spacing = longerSide === undefined ? pixel : Math.max(width, height) / longerSide;
  return anteroposterior({
    isocentre: [mm(centre[0] + setup.shift[0]), mm(centre[1]), mm(centre[2] + setup.shift[1])],
    sourceToImageDistance: mm(setup.sourceToImageDistance),
    sourceToObjectDistance: mm(setup.sourceToObjectDistance),
    rows: Math.round(height / spacing),
    columns: Math.round(width / spacing),
    spacing: mm(spacing),
    craniocaudalAngle: degrees(setup.craniocaudalAngle),
    axialAngle: degrees(setup.axialAngle + turnOf(setup)),
  });
}

/** True where the field at the patient, seen straight from the front, reaches above or below the scan. */
export function reachesBeyond(frame: LabFrame, setup: LabSetup, centre: LabPoint): boolean {
  const at = (index: number): number =>
    centre[2] + setup.height * (toPatient(frame, [0, 0, index])[2] - centre[2]);
  const magnification = setup.sourceToImageDistance / setup.sourceToObjectDistance;
  const half = detectors[setup.view].height / 2 / magnification;
  const middle = centre[2] + setup.shift[1];
  return middle - half < at(-0.5) || middle + half > at(frame.size[2] - 0.5);
}

/**
 * A body turned about its long axis is the beam turned the other way. Internal rotation turns the front of
 * the left leg to the patient's right, so the beam turns to the right too, away from his left.
 */
function turnOf({ view, internalRotation }: LabSetup): number {
  if (view === 'pelvis') return 0;
  return view === 'left' ? -internalRotation : internalRotation;
}

/** The volume as a thinner, larger, taller or shorter person has it: its voxels scaled about the centre. */
export function bodyOf(volume: Volume, { girth, height }: LabSetup, centre: LabPoint): Volume {
  if (girth === 1 && height === 1) return volume;
  const { volumeAxis } = anatomicalOrder(volume);
  const factor = [1, 1, 1];
  volumeAxis.forEach((axis, anatomical) => (factor[axis] = anatomical === 2 ? height : girth));
  const { direction, spacing } = volume;
  // The offset from the centre, scaled along the volume's own axes.
  const origin = [...centre] as [number, number, number];
  for (const axis of [0, 1, 2] as const) {
    const along = ([0, 1, 2] as const).reduce<number>(
      (sum, n) => sum + direction[3 * axis + n]! * (volume.origin[n] - centre[n]),
      0,
    );
    for (const n of [0, 1, 2] as const) origin[n] += direction[3 * axis + n]! * along * factor[axis]!;
  }
  return {
    ...volume,
    spacing: [mm(spacing[0] * factor[0]!), mm(spacing[1] * factor[1]!), mm(spacing[2] * factor[2]!)],
    origin: origin.map(mm) as unknown as PatientPoint,
  };
}

/**
 * The style's detector and scatter, drawn from the seed, with what the person set. Shutters stay open and no
 * marker is laid: nothing is on the picture that nobody asked for. The plain DRR has neither grid nor noise.
 */
export function exposureOf(setup: LabSetup): Exposure {
  const drawn = sampleExposure(seeded(setup.seed).stream('exposure'), setup.style);
  const open = mm(0);
  const set = {
    tubeVoltage: kilovoltPeak(setup.tubeVoltage),
    filtration: mm(setup.filtration),
    sourceToImageDistance: mm(setup.sourceToImageDistance),
    sourceToObjectDistance: mm(setup.sourceToObjectDistance),
  };
  if (setup.style === 'drr') return { ...drawn, ...set };
  return {
    ...drawn,
    ...set,
    charge: milliampereSeconds(setup.charge),
    grid: setup.grid,
    collimation: { left: open, right: open, top: open, bottom: open },
    marker: null,
  };
}

/** The style's spreads and shoulder, drawn from the seed, with the look that the person set. */
export function filmLookOf({ seed, style, look }: LabSetup): FilmLook {
  const drawn = sampleLook(seeded(seed).stream('look'), style);
  return {
    ...drawn,
    window: look.window,
    gamma: look.gamma,
    sharpening: { ...drawn.sharpening, amount: look.sharpening },
    compression: { ...drawn.compression, amount: look.localContrast },
  };
}
