import type { Grade } from '../contract/finding.ts';
import type { Box } from '../contract/image.ts';
import { mm } from '../contract/units.ts';
import { writeRadiograph } from '../dicom/index.ts';
import type { LabelledFilm, SimulationPlan } from '../learning/simulate.ts';
import { simulateFilms } from '../learning/simulate.ts';
import { seeded } from '../random/random.ts';

/** What a simulated film really shows. */
export interface DemoTruth {
  readonly laterality: 'left' | 'right';
  readonly grade: Grade;
  readonly box: Box;
}

/** A simulated film as a DICOM file with what it really shows. */
export interface DemoFilm {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly hips: readonly DemoTruth[];
}

/** One film a patient: every grade, both sides, whole pelves and single hips. */
const plans: readonly Pick<SimulationPlan, 'grades' | 'views'>[] = [
  { grades: { left: 'III', right: 'none' }, views: ['pelvis'] },
  { grades: { left: 'none', right: 'IV' }, views: ['right'] },
  { grades: { left: 'none', right: 'none' }, views: ['pelvis'] },
  { grades: { left: 'I', right: 'none' }, views: ['left'] },
  { grades: { left: 'none', right: 'II' }, views: ['pelvis'] },
  { grades: { left: 'none', right: 'none' }, views: ['left'] },
];
const demoSeed = 20_261_123;

/** The film of the n-th demo patient, from 0; always the same bytes. Some seconds of work on one core. */
export function demoFilm(patient: number): DemoFilm {
  const random = seeded(demoSeed).stream('demo').stream(patient);
  const plan = plans[patient % plans.length]!;
  const { parameters, films } = simulateFilms(random, { style: 'clinic', ...plan });
  const film = films[0]!;
  const number = String(patient + 1).padStart(2, '0');
  return {
    fileName: `demo-${number}-${film.view}.dcm`,
    bytes: toDicom(film, { number, sex: parameters.sex === 'female' ? 'F' : 'M', ageYears: parameters.age }),
    hips: film.hips.map(({ laterality, grade, box }) => ({ laterality, grade, box })),
  };
}

function toDicom(
  { view, film }: LabelledFilm,
  patient: { number: string; sex: 'F' | 'M'; ageYears: number },
): Uint8Array {
  const { exposure, pixelSpacing } = film.parameters;
  return writeRadiograph({
    rows: film.rows,
    columns: film.columns,
    samples: film.pixels,
    bitsStored: 12,
    patient: {
      name: `Simulated^Patient ${patient.number}`,
      id: `SIM-${patient.number}`,
      sex: patient.sex,
      ageYears: patient.ageYears,
    },
    bodyPart: view === 'pelvis' ? 'PELVIS' : 'HIP',
    laterality: view === 'pelvis' ? 'unknown' : view,
    viewPosition: 'AP',
    kilovoltPeak: exposure.tubeVoltage,
    exposure: exposure.charge,
    sourceToDetector: exposure.sourceToImageDistance,
    sourceToPatient: exposure.sourceToObjectDistance,
    imagerPixelSpacing: { rowMm: mm(pixelSpacing), columnMm: mm(pixelSpacing) },
    window: { center: 2048, width: 4096 },
    studyDate: '20261123',
    seriesDescription: view === 'pelvis' ? 'Simulated AP pelvis' : 'Simulated AP hip',
    derivation: `Parametric phantom and cone-beam projector, demo seed ${demoSeed}, patient ${patient.number}`,
  });
}
