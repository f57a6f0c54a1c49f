/** Simulated patients and their films with known truth: what the models learn from and what the demo shows. */
import { gradeGroupOf, type GradeGroup } from '../../contract/finding.ts';
import type { Box, GreyImage } from '../../contract/image.ts';
import { degrees, mm } from '../../contract/units.ts';
import {
  anteroposterior,
  projectBox,
  type AnteroposteriorSetup,
  type ConeBeamGeometry,
} from '../../drr/geometry.ts';
import { sampleExposure, sampleLook, type Exposure, type Style } from '../../drr/exposure.ts';
import { exposeFilm, type Film } from '../../drr/film.ts';
import { projectMaterials } from '../../drr/projector.ts';
import {
  buildPhantom,
  samplePatient,
  type HipTruth,
  type PatientParameters,
  type PatientPlan,
  type Phantom,
  type PhantomGrade,
} from '../../phantom/phantom.ts';
import type { Random } from '../../random/random.ts';
import type { MedialSide } from '../../../models/index.ts';

export type HipSide = 'left' | 'right';
/** An AP pelvis with both hips, or an AP film of one hip. */
export type View = 'pelvis' | HipSide;

export interface LabelledHip {
  /** On the film, in its pixels, cut to the film. */
  readonly box: Box;
  readonly laterality: HipSide;
  readonly medialSide: MedialSide;
  /** Of a fresh fracture of the femoral neck. */
  readonly grade: PhantomGrade;
  readonly group: GradeGroup;
  /** Has something that the three classes do not name (another injury, an implant): never an example of a class. */
  readonly outOfScope: boolean;
  readonly implant: string | null;
  /** Another injury, by name; null for none. */
  readonly condition: string | null;
}

export interface LabelledFilm {
  readonly view: View;
  readonly style: Style;
  /** 12 bits, and how it was exposed and developed. */
  readonly film: Film;
  /** The same pixels as the models read them. */
  readonly image: GreyImage;
  readonly geometry: ConeBeamGeometry;
  /** Hips of which most is on the film. */
  readonly hips: readonly LabelledHip[];
}

export interface SimulatedPatient {
  readonly parameters: PatientParameters;
  readonly films: readonly LabelledFilm[];
}

export interface SimulationPlan {
  readonly style: Style;
  readonly grades: { readonly left: PhantomGrade; readonly right: PhantomGrade };
  /** Other injuries and implants; none where not given. */
  readonly findings?: PatientPlan['findings'];
  readonly views: readonly View[];
  /** Further films of the same patient in the plain DRR look, after the others. */
  readonly drrViews?: readonly View[];
  /** 'fine' has 1 mm voxels and 0.4 to 0.45 mm pixels, 'coarse' 1.2 mm and 0.5 to 0.56 mm at half the cost. */
  readonly resolution?: 'fine' | 'coarse';
}

/** A patient with the grades of the plan, and the films of its views. The same stream gives the same bytes. */
export function simulateFilms(random: Random, plan: SimulationPlan): SimulatedPatient {
  const coarseness = plan.resolution === 'coarse' ? 1.2 : 1;
  const parameters = samplePatient(random.stream('patient'), {
    ...plan.grades,
    ...(plan.findings === undefined ? {} : { findings: plan.findings }),
  });
  const phantom = buildPhantom(parameters, mm(coarseness), random.stream('phantom'));
  const planned = [
    ...plan.views.map((view) => ({ view, style: plan.style })),
    ...(plan.drrViews ?? []).map((view) => ({ view, style: 'drr' as const })),
  ];
  const films = planned.map(({ view, style }, i) =>
    takeFilm(phantom, view, style, coarseness, random.stream(`film ${String(i)}`)),
  );
  return { parameters, films };
}

/** Share of a hip's box that must be on the film for the hip to count as being there. */
const visibleShare = 0.6;

/**
 * One film of a phantom, posed as departments do.
 *
 * @param coarseness pixels are 0.45 mm (pelvis) or 0.4 mm (hip) times this
 */
export function takeFilm(
  phantom: Phantom,
  view: View,
  style: Style,
  coarseness: number,
  random: Random,
): LabelledFilm {
  const exposure = exposureOf(view, style, random.stream('exposure'));
  const geometry = anteroposterior(position(phantom, view, exposure, coarseness, random.stream('position')));
  const integrals = projectMaterials(phantom.volume, geometry);
  const film = exposeFilm(
    integrals,
    exposure,
    sampleLook(random.stream('look'), style),
    random.stream('noise'),
  );
  const { left, right } = phantom.truth.hips;
  const hips = [labelled(geometry, right, 'right'), labelled(geometry, left, 'left')];
  return {
    view,
    style,
    film,
    image: { rows: film.rows, columns: film.columns, values: Float32Array.from(film.pixels) },
    geometry,
    hips: hips.filter((hip) => hip !== null),
  };
}

/** The letter on a film of one hip is that hip's, on its lateral side. */
function exposureOf(view: View, style: Style, random: Random): Exposure {
  const exposure = sampleExposure(random, style);
  if (view === 'pelvis' || exposure.marker === null) return exposure;
  const inset = Math.min(exposure.marker.x, 1 - exposure.marker.x);
  return {
    ...exposure,
    marker: {
      ...exposure.marker,
      letter: view === 'left' ? 'L' : 'R',
      x: view === 'left' ? 1 - inset : inset,
    },
  };
}

/**
 * Where the film lies: an AP pelvis is centred between the hips, a hip on its neck. Beam, patient and
 * cassette are never quite straight.
 */
function position(
  phantom: Phantom,
  view: View,
  exposure: Exposure,
  coarseness: number,
  random: Random,
): AnteroposteriorSetup {
  const { left, right } = phantom.truth.hips;
  const isPelvis = view === 'pelvis';
  const hip = view === 'left' ? left : right;
  const lateral = view === 'left' ? 1 : -1;
  const [x, y, z] = isPelvis
    ? [0, (left.headCentre[1] + right.headCentre[1]) / 2, (left.headCentre[2] + right.headCentre[2]) / 2]
    : [hip.headCentre[0] + lateral * 22, hip.headCentre[1], hip.headCentre[2] - 18];
  const reach = isPelvis ? 22 : 26;
  const spacing = mm((isPelvis ? 0.45 : 0.4) * coarseness);
  const pixels = (length: number): number => Math.round(length / spacing);
  return {
    isocentre: [
      mm(x + random.between(-reach, reach)),
      mm(y + random.between(-15, 15)),
      mm(z + random.between(-reach, reach)),
    ],
    sourceToImageDistance: exposure.sourceToImageDistance,
    sourceToObjectDistance: exposure.sourceToObjectDistance,
    rows: pixels(isPelvis ? random.between(315, 350) : random.between(240, 304)),
    columns: pixels(isPelvis ? random.between(378, 420) : random.between(200, 264)),
    spacing,
    craniocaudalAngle: degrees(random.normalWithin(0, 4, -10, 10)),
    axialAngle: degrees(random.normalWithin(0, 4, -10, 10)),
    detectorRoll: degrees(random.normalWithin(0, 4, -12, 12)),
  };
}

function labelled(geometry: ConeBeamGeometry, hip: HipTruth, laterality: HipSide): LabelledHip | null {
  const whole = projectBox(geometry, hip.boxCorners);
  const x = Math.max(0, whole.x);
  const y = Math.max(0, whole.y);
  const width = Math.min(geometry.columns, whole.x + whole.width) - x;
  const height = Math.min(geometry.rows, whole.y + whole.height) - y;
  if (width <= 0 || height <= 0 || width * height < visibleShare * whole.width * whole.height) return null;
  return {
    box: { x, y, width, height },
    laterality,
    medialSide: laterality === 'right' ? 'picture-right' : 'picture-left',
    grade: hip.grade,
    // A phantom always has a grade, so its group is never unknown.
    group: gradeGroupOf(hip.grade) ?? 'none',
    outOfScope: hip.outOfScope,
    implant: hip.implant,
    condition: hip.condition === 'none' || hip.condition === 'femoral-neck-fracture' ? null : hip.condition,
  };
}
