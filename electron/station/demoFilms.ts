import type { Grade } from '../contract/finding.ts';
import type { Box } from '../contract/image.ts';
import { filmToDicom } from '../learning/simulation/filmDicom.ts';
import type { SimulationPlan } from '../learning/simulation/simulate.ts';
import { simulateFilms } from '../learning/simulation/simulate.ts';
import { seeded } from '../random/random.ts';
import { stationVersion } from './version.ts';

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
    bytes: filmToDicom(film.film, {
      geometry: film.geometry,
      patient: {
        id: `SIM-${number}`,
        sex: parameters.sex === 'female' ? 'F' : 'M',
        ageYears: parameters.age,
      },
      view: film.view,
      source: { kind: 'phantom', seed: demoSeed, parameters },
      software: stationVersion,
      studyDate: '20261123',
    }),
    hips: film.hips.map(({ laterality, grade, box }) => ({ laterality, grade, box })),
  };
}
