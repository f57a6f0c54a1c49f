/** What a phantom gives beside AP films of its hips: other views, other parts of the body, and slices of its CT. */
import type { GreyImage } from '../../contract/image.ts';
import { degrees, mm } from '../../contract/units.ts';
import { sampleExposure, sampleLook } from '../../drr/exposure.ts';
import { exposeFilm } from '../../drr/film.ts';
import { anteroposterior, type AnteroposteriorSetup } from '../../drr/geometry.ts';
import { projectMaterials } from '../../drr/projector.ts';
import { buildPhantom, samplePatient, type Phantom } from '../../phantom/phantom.ts';
import type { Random } from '../../random/random.ts';
import { resample } from '../../reading/resample.ts';
import type { Volume } from '../../volume/volume.ts';

export const strangeKinds = [
  'lateral or oblique view',
  'inlet or outlet view',
  'thigh without hip',
  'iliac crest without hip',
  'CT slice',
] as const;
export type StrangeKind = (typeof strangeKinds)[number];

export interface StrangePicture {
  readonly kind: StrangeKind;
  readonly scope: 'other view' | 'other body part';
  readonly image: GreyImage;
}

/** Films that are simulated of each patient, by kind; the rest of the pictures are slices. */
const filmsOfPatient: readonly Exclude<StrangeKind, 'CT slice'>[] = [
  'lateral or oblique view',
  'lateral or oblique view',
  'lateral or oblique view',
  'inlet or outlet view',
  'thigh without hip',
  'iliac crest without hip',
];
const slicesOfPatient = 3;
/** As coarse as the patients that the readers learned from, so that sharpness gives nothing away. */
const voxel = mm(1.2);

/** The pictures of one simulated patient without a fracture. The same stream gives the same bytes. */
export function strangePictures(random: Random): StrangePicture[] {
  const parameters = samplePatient(random.stream('patient'), { left: 'none', right: 'none' });
  const phantom = buildPhantom(parameters, voxel, random.stream('phantom'));
  const films = filmsOfPatient.map((kind, i): StrangePicture => ({
    kind,
    scope: kind.endsWith('view') ? 'other view' : 'other body part',
    image: strangeFilm(phantom, kind, random.stream(`film ${String(i)}`)),
  }));
  const slices = Array.from({ length: slicesOfPatient }, (_, i): StrangePicture => ({
    kind: 'CT slice',
    scope: 'other body part',
    image: axialSlice(phantom.volume, random.stream(`slice ${String(i)}`)),
  }));
  return [...films, ...slices];
}

function strangeFilm(phantom: Phantom, kind: Exclude<StrangeKind, 'CT slice'>, random: Random): GreyImage {
  const exposure = sampleExposure(random.stream('exposure'), 'clinic');
  const setup = position(phantom, kind, random.stream('position'));
  const geometry = anteroposterior({
    ...setup,
    sourceToImageDistance: exposure.sourceToImageDistance,
    sourceToObjectDistance: exposure.sourceToObjectDistance,
  });
  const look = sampleLook(random.stream('look'), 'clinic');
  const film = exposeFilm(projectMaterials(phantom.volume, geometry), exposure, look, random.stream('noise'));
  return { rows: film.rows, columns: film.columns, values: Float32Array.from(film.pixels) };
}

/** Where the beam goes. 30° is three times what an AP film of the readers' learning films is turned at most. */
function position(
  { truth }: Phantom,
  kind: Exclude<StrangeKind, 'CT slice'>,
  random: Random,
): Omit<AnteroposteriorSetup, 'sourceToImageDistance' | 'sourceToObjectDistance'> {
  const { left, right } = truth.hips;
  const side = random.pick([-1, 1]);
  const hip = side > 0 ? left : right;
  const isPelvis = kind === 'inlet or outlet view' || random.chance(0.4);
  const [x, y, z] = isPelvis
    ? [0, (left.headCentre[1] + right.headCentre[1]) / 2, (left.headCentre[2] + right.headCentre[2]) / 2]
    : [hip.headCentre[0] + side * 22, hip.headCentre[1], hip.headCentre[2] - 18];
  const level = kind === 'thigh without hip' ? random.between(-330, -230) : random.between(130, 190);
  const isElsewhere = kind === 'thigh without hip' || kind === 'iliac crest without hip';
  const turn =
    kind === 'lateral or oblique view' ? side * random.between(30, 145) : random.normalWithin(0, 4, -10, 10);
  const tilt =
    kind === 'inlet or outlet view'
      ? random.pick([-1, 1]) * random.between(30, 50)
      : random.normalWithin(0, 4, -10, 10);
  // Fewer and larger pixels than a department's, as many as the gate looks at.
  const spacing = mm(isPelvis ? 1.1 : 0.75);
  const length = isElsewhere
    ? random.between(200, 260)
    : random.between(isPelvis ? 315 : 220, isPelvis ? 350 : 290);
  const pixels = (millimetres: number): number => Math.max(260, Math.round(millimetres / spacing));
  return {
    isocentre: [
      mm(x + random.between(-22, 22)),
      mm(y + random.between(-15, 15)),
      mm((isElsewhere ? hip.headCentre[2] + level : z) + random.between(-22, 22)),
    ],
    rows: pixels(length),
    columns: pixels(length * random.between(0.85, 1.2)),
    spacing,
    axialAngle: degrees(turn),
    craniocaudalAngle: degrees(tilt),
    detectorRoll: degrees(random.normalWithin(0, 4, -12, 12)),
  };
}

/** A slice across the body in a window of soft tissue or bone, air black; as many pixels as a scanner gives. */
function axialSlice({ size, hounsfield }: Volume, random: Random): GreyImage {
  const [columns, rows, slices] = size;
  const at = random.integer(slices);
  const centre = random.between(0, 400);
  const width = random.between(350, 1800);
  const values = Float32Array.from(
    hounsfield.subarray(at * rows * columns, (at + 1) * rows * columns),
    (value) => Math.min(1, Math.max(0, (value - centre) / width + 0.5)),
  );
  const whole = { x: 0, y: 0, width: columns, height: rows };
  return {
    rows: 2 * rows,
    columns: 2 * columns,
    values: resample({ rows, columns, values }, whole, 2 * columns, 2 * rows),
  };
}
