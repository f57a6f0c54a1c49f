/** One simulated patient on disk: CT, radiographs, and everything that is true of him. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Box } from '../../contract/image.ts';
import { writeCt } from '../../dicom/index.ts';
import { type ConeBeamGeometry, projectBox, projectPoint } from '../../drr/geometry.ts';
import {
  buildPhantom,
  type HipFindingPlan,
  type HipTruth,
  implantKinds,
  otherConditionKinds,
  type Phantom,
  type PhantomGrade,
  samplePatient,
} from '../../phantom/phantom.ts';
import { type Random, seeded } from '../../random/random.ts';
import type { PatientPoint, Volume } from '../../volume/volume.ts';
import { type CohortSettings, patientFolder, unfinishedFolder } from './cohortFolder.ts';
import { filmToDicom } from './filmDicom.ts';
import { type HipSide, type LabelledFilm, takeFilm, type View } from './simulate.ts';

export interface CohortPatient {
  readonly random: Random;
  readonly grades: Readonly<Record<HipSide, PhantomGrade>>;
  readonly findings: Readonly<Record<HipSide, HipFindingPlan>>;
  /** An AP pelvis, and an AP film of every hip with something to see; of either where there is none. */
  readonly views: readonly View[];
}

/** By number in turn: a whole hip, each grade, and what the three classes do not name. */
const turns = ['none', 'I', 'II', 'III', 'IV', 'other'] as const;
/** How often the hip of the other side carries an implant from before. */
const secondImplantShare = 1 / 12;

/** The patient of that number, from 0: at most one fresh injury, drawn from the cohort's seed and the number alone. */
export function cohortPatient(seed: number, number: number): CohortPatient {
  const random = seeded(seed).stream('phantom cohort').stream(number);
  const draw = random.stream('plan');
  const side = draw.pick(['left', 'right'] as const);
  const turn = turns[number % turns.length]!;
  const other = draw.pick<HipFindingPlan>([
    ...implantKinds.map((implant) => ({ implant })),
    ...otherConditionKinds.map((condition) => ({ condition })),
  ]);
  const implant = draw.pick(implantKinds);
  const before: HipFindingPlan = turn !== 'other' && draw.chance(secondImplantShare) ? { implant } : {};
  const affected: HipFindingPlan = turn === 'other' ? other : {};
  const grade: PhantomGrade = turn === 'other' ? 'none' : turn;
  const isLeft = side === 'left';
  return {
    random,
    grades: { left: isLeft ? grade : 'none', right: isLeft ? 'none' : grade },
    findings: { left: isLeft ? affected : before, right: isLeft ? before : affected },
    views: ['pelvis', side],
  };
}

/** The day that the simulation gives every examination. */
const studyDate = '20260101';

/**
 * Simulates a patient and writes him under a passing name, which becomes his own when all is there: a patient
 * whose folder has its name is whole.
 *
 * Throws what the file system says, and leaves nothing when it does.
 */
export function writePatient(folder: string, settings: CohortSettings, number: number): void {
  const unfinished = join(folder, unfinishedFolder(number));
  rmSync(unfinished, { recursive: true, force: true });
  try {
    mkdirSync(unfinished);
    fillPatient(unfinished, settings, number);
    renameSync(unfinished, join(folder, patientFolder(number)));
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

function fillPatient(folder: string, settings: CohortSettings, number: number): void {
  const { random, grades, findings, views } = cohortPatient(settings.seed, number);
  const parameters = samplePatient(random.stream('patient'), { ...grades, findings });
  const phantom = buildPhantom(parameters, settings.voxel, random.stream('phantom'));
  const id = `SIM-${String(settings.seed)}-${String(number + 1).padStart(6, '0')}`;
  const ct = settings.ct ? storeCt(join(folder, 'ct'), phantom, settings, id) : null;
  const films = (settings.films ? views : []).map((view, i) => {
    const film = takeFilm(phantom, view, settings.style, 1, random.stream(`film ${String(i)}`));
    const file = `${view}.dcm`;
    writeFileSync(join(folder, file), asDicom(film, phantom, settings, id));
    return filmTruth(film, file, phantom);
  });
  const truth = {
    simulated: true,
    software: settings.software,
    seed: settings.seed,
    number: number + 1,
    id,
    units: 'mm in patient coordinates (LPS), pixels on films with 0,0 at the outer corner of the first',
    ct,
    patient: phantom.truth.patient,
    hips: phantom.truth.hips,
    films,
  };
  writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 1)}\n`);
}

interface CtTruth extends Omit<Volume, 'hounsfield'> {
  readonly folder: string;
  readonly files: number;
}

function storeCt(folder: string, { volume, truth }: Phantom, settings: CohortSettings, id: string): CtTruth {
  const { hounsfield, ...frame } = volume;
  mkdirSync(folder);
  let files = 0;
  const slices = writeCt({
    ...frame,
    // A phantom is painted in whole Hounsfield units.
    hounsfield: hounsfield instanceof Int16Array ? hounsfield : Int16Array.from(hounsfield, Math.round),
    patient: { id, sex: truth.patient.sex === 'female' ? 'F' : 'M', ageYears: truth.patient.age },
    bodyPart: 'PELVIS',
    seriesDescription: `Simulated CT of the pelvis, ${String(settings.voxel)} mm`,
    derivation: `Parametric phantom of a cohort with seed ${String(settings.seed)}.`,
    software: settings.software,
    studyDate,
  });
  for (const { name, bytes } of slices) {
    writeFileSync(join(folder, name), bytes);
    files++;
  }
  return { folder: 'ct', files, ...frame };
}

function asDicom(
  { film, geometry, view }: LabelledFilm,
  { truth }: Phantom,
  { seed, software }: CohortSettings,
  id: string,
): Uint8Array {
  return filmToDicom(film, {
    geometry,
    patient: { id, sex: truth.patient.sex === 'female' ? 'F' : 'M', ageYears: truth.patient.age },
    view,
    source: { kind: 'phantom', seed, parameters: truth.patient },
    software,
    studyDate,
  });
}

type FilmPoint = readonly [x: number, y: number];

/** A hip where a film shows it, or would if it were larger. */
interface HipOnFilm {
  readonly laterality: HipSide;
  /** Around the whole hip; may reach beyond the film. */
  readonly box: Box;
  /** The part of the box on the film; null where less than most of it is. */
  readonly boxOnFilm: Box | null;
  readonly headCentre: FilmPoint;
  readonly neckMidpoint: FilmPoint;
  readonly greaterTrochanter: FilmPoint;
  readonly lesserTrochanter: FilmPoint;
  readonly fracturePoints: readonly FilmPoint[];
}

function filmTruth({ view, style, film, geometry, hips }: LabelledFilm, file: string, { truth }: Phantom) {
  return {
    file,
    view,
    style,
    geometry,
    exposure: film.parameters.exposure,
    look: film.parameters.look,
    hips: (['right', 'left'] as const).map((laterality) =>
      hipOnFilm(
        geometry,
        truth.hips[laterality],
        laterality,
        hips.find((hip) => hip.laterality === laterality)?.box ?? null,
      ),
    ),
  };
}

function hipOnFilm(
  geometry: ConeBeamGeometry,
  hip: HipTruth,
  laterality: HipSide,
  boxOnFilm: Box | null,
): HipOnFilm {
  const point = (at: PatientPoint): FilmPoint => {
    const { x, y } = projectPoint(geometry, at);
    return [hundredths(x), hundredths(y)];
  };
  return {
    laterality,
    box: projectBox(geometry, hip.boxCorners),
    boxOnFilm,
    headCentre: point(hip.headCentre),
    neckMidpoint: point(hip.neckMidpoint),
    greaterTrochanter: point(hip.greaterTrochanter),
    lesserTrochanter: point(hip.lesserTrochanter),
    fracturePoints: hip.fracturePoints.map(point),
  };
}

/** A hundredth of a pixel is finer than anything that a film shows. */
const hundredths = (value: number): number => Math.round(100 * value) / 100;
