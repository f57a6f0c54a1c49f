import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mm } from '../electron/contract/units.ts';
import { filmToDicom } from '../electron/learning/simulation/filmDicom.ts';
import { takeFilm } from '../electron/learning/simulation/simulate.ts';
import { buildPhantom, samplePatient, type PhantomGrade } from '../electron/phantom/phantom.ts';
import { seeded } from '../electron/random/random.ts';

/** Films of as many patients, one hip each, coarse and so quick to make. @returns the grade of each, by the patient's identifier */
export async function writeLabelledFilms(
  folder: string,
  count: number,
): Promise<ReadonlyMap<string, PhantomGrade>> {
  const cycle: readonly PhantomGrade[] = ['none', 'I', 'III', 'none', 'II', 'IV'];
  const grades = new Map<string, PhantomGrade>();
  for (let number = 0; number < count; number++) {
    const random = seeded(500 + number);
    const grade = cycle[number % cycle.length]!;
    const phantom = buildPhantom(samplePatient(random.stream('patient'), { left: grade }), mm(1.6), random);
    const film = takeFilm(phantom, 'left', 'clinic', 1.4, random.stream('film'));
    const id = `SIM-${String(number + 1).padStart(4, '0')}`;
    const bytes = filmToDicom(film.film, {
      geometry: film.geometry,
      patient: { id, sex: 'F', ageYears: 70 },
      view: 'left',
      source: { kind: 'phantom', seed: 500 + number, parameters: { grade } },
      software: 'test',
      studyDate: '20261124',
    });
    await writeFile(join(folder, `${id}.dcm`), bytes);
    grades.set(id, grade);
  }
  return grades;
}
