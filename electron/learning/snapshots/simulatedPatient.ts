/** A simulated patient as an entry of a snapshot. */
import type { SnapshotFilm, SnapshotPatient, Split } from '../../contract/snapshot.ts';
import { patientPlan, patientSeed, type Cohort } from './cohort.ts';
import { hashOfPixels, stemOf, writePatient } from './patientFiles.ts';
import { simulateFilms, type LabelledFilm } from '../simulation/simulate.ts';

export function simulatedPatientKey(cohort: Cohort, number: number): string {
  return `simulated-${String(patientSeed(cohort, number))}`;
}

/** Simulates one patient and stores what a snapshot holds of him. The same number gives the same bytes. */
export function storeSimulatedPatient(folder: string, split: Split, cohort: Cohort, number: number): void {
  const { random, plan } = patientPlan(cohort, number);
  const { parameters, films } = simulateFilms(random, plan);
  const patient: Omit<SnapshotPatient, 'films'> = {
    patient: simulatedPatientKey(cohort, number),
    split,
    sex: parameters.sex === 'female' ? 'F' : 'M',
    ageYears: parameters.age,
  };
  writePatient(
    folder,
    stemOf(split, number),
    patient,
    films.map((film) => ({ image: film.image, film: snapshotFilmOf(film) })),
  );
}

/** The labels of a simulated film, true by construction. */
export function snapshotFilmOf({ film, style, view, hips }: LabelledFilm): SnapshotFilm {
  return {
    image: hashOfPixels(film.pixels),
    source: style === 'drr' ? 'drr' : 'film',
    look: style,
    view,
    rows: film.rows,
    columns: film.columns,
    device: film.parameters.exposure.detector,
    site: null,
    hips: hips.map(({ box, laterality, grade, outOfScope, implant, condition }) => ({
      box,
      laterality,
      grade: outOfScope ? null : grade,
      implant,
      condition,
      label: { kind: 'simulated' },
    })),
  };
}
