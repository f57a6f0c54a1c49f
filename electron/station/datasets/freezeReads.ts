/** A person's own reads become a data set. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import { gradeGroups, gradeGroupOf } from '../../contract/finding.ts';
import type { FilmDescription } from '../../contract/film.ts';
import type {
  DatasetRow,
  FreezePreview,
  FreezeResult,
  SnapshotFilm,
  SnapshotHip,
  SnapshotPatient,
  Study,
} from '../../contract/snapshot.ts';
import { filmsWithReads } from '../../database/labels.ts';
import { findSnapshot, patientSalt, patientSplits } from '../../database/snapshots.ts';
import { toGreyImage } from '../../dicom/display.ts';
import { stemOf, writePatient, type LabelledPicture } from '../../learning/patientFiles.ts';
import { freezeSnapshot } from '../../learning/snapshot.ts';
import { writeFailure } from '../../learning/writeFailure.ts';
import { usableFilm, type Context } from '../context.ts';
import { assignSplits } from './assignSplits.ts';
import { addDataset, countsOf } from './datasets.ts';
import { labelsOf } from './filmLabels.ts';

type LeftOut = FreezePreview['leftOut'][number];

interface Plan {
  readonly study: Study | null;
  readonly studies: readonly Study[];
  readonly patients: readonly SnapshotPatient[];
  readonly leftOut: FreezePreview['leftOut'];
  readonly warnings: readonly string[];
}

/** What a freeze would hold; nothing is changed. */
export async function previewFreeze(context: Context, study: Study | null): Promise<FreezePreview> {
  const plan = await planFreeze(context, study);
  return {
    study: plan.study,
    studies: [...plan.studies],
    counts: countsOf(plan.patients),
    leftOut: plan.leftOut,
    warnings: [...plan.warnings],
  };
}

/** Fewer cannot learn, tune and test. */
const fewestPatients = 3;

/**
 * Freezes every film of a kind that a person has read. A film that cannot be read is left out; stopped or failing
 * at any moment, nothing of it stays.
 *
 * @throws CalcarError 'invalid-input' with too little to freeze, 'cancelled', 'disk-full', 'read-only', 'leak'
 */
export async function freezeReads(
  context: Context,
  { name, study }: { readonly name: string; readonly study: Study },
  signal: AbortSignal,
): Promise<FreezeResult> {
  const { patients, leftOut } = await planFreeze(context, study);
  if (patients.length < fewestPatients)
    throw new CalcarError(
      'invalid-input',
      `There are labelled films of ${String(patients.length)} patients, and learning, tuning and testing need at least ${String(fewestPatients)}. Read films of more patients, then freeze again.`,
    );
  const building = join(context.folder.datasets, `${randomUUID()}.part`);
  try {
    mkdirSync(building, { recursive: true, mode: 0o700 });
    const unreadable = await writePatients(context, building, patients, signal);
    const result = (dataset: DatasetRow): FreezeResult => ({
      dataset,
      leftOut: [...leftOut, ...unreadable],
    });
    const { hash } = freezeSnapshot(building, { name, study, software: context.version, command: null });
    const known = await context.database.read((db) => findSnapshot(db, hash));
    if (known !== undefined) return result(known);
    const folder = join(context.folder.datasets, hash.slice(0, 12));
    // A folder that no row names is what a station left that died in between.
    rmSync(folder, { recursive: true, force: true });
    renameSync(building, folder);
    return result(await addDataset(context, folder));
  } catch (error) {
    throw error instanceof CalcarError ? error : writeFailure(error);
  } finally {
    rmSync(building, { recursive: true, force: true });
    tell(context, patients.length, patients.length);
  }
}

function tell(context: Context, done: number, of: number): void {
  context.emit({ event: 'progress', job: 'freeze', done, of, label: 'Freezing your reads' });
}

/** @returns the films that could not be read, which are left out */
async function writePatients(
  context: Context,
  folder: string,
  patients: readonly SnapshotPatient[],
  signal: AbortSignal,
): Promise<LeftOut[]> {
  const numbers = { learn: 0, tune: 0, test: 0 };
  const unreadable: LeftOut[] = [];
  for (const [done, { films, ...patient }] of patients.entries()) {
    if (signal.aborted)
      throw new CalcarError('cancelled', 'The freezing was stopped. Nothing of the data set was kept.');
    tell(context, done, patients.length);
    const pictures: LabelledPicture[] = [];
    for (const film of films) {
      try {
        const { opened } = await context.opened(film.image);
        pictures.push({ image: toGreyImage(opened), film });
      } catch (error) {
        context.log.failure('film left out of a data set', error, { imageHash: film.image });
        unreadable.push(await unreadableFilm(context, film.image, error));
      }
    }
    if (pictures.length > 0)
      writePatient(folder, stemOf(patient.split, numbers[patient.split]++), patient, pictures);
  }
  return unreadable;
}

async function unreadableFilm(context: Context, imageHash: string, error: unknown): Promise<LeftOut> {
  const { fileName } = await usableFilm(context, imageHash);
  return { fileName, reason: error instanceof CalcarError ? error.message : 'The film could not be opened.' };
}

async function planFreeze(context: Context, asked: Study | null): Promise<Plan> {
  const [films, known, salt] = await context.database.read(async (db) => [
    await filmsWithReads(db),
    await patientSplits(db),
    await patientSalt(db),
  ]);
  const studies = [...new Set(films.map(({ description }) => studyOf(description)))].sort();
  const study = asked ?? studies[0] ?? null;
  const leftOut: LeftOut[] = [];
  const warnings: string[] = [];
  const labelled: { key: string; description: FilmDescription; film: SnapshotFilm }[] = [];
  for (const each of films.filter(({ description }) => studyOf(description) === study)) {
    const { description } = each;
    const { hips, leftOut: reasons } = labelsOf(each);
    for (const reason of reasons) leftOut.push({ fileName: description.fileName, reason });
    if (hips.length === 0) continue;
    labelled.push({ key: keyOf(description, salt), description, film: filmOf(description, hips) });
  }
  const nameless = labelled.filter(({ description }) => description.patient.id === null).length;
  if (nameless > 0)
    warnings.push(
      `${String(nameless)} films do not say whose they are. Each counts as a patient of its own, so two films of one person may end up in different splits.`,
    );
  const groups = [...Map.groupBy(labelled, ({ key }) => key)];
  const assigned = assignSplits(
    groups.map(([patient, its]) => ({
      patient,
      grades: its.flatMap(({ film }) => film.hips.map(({ grade }) => grade)),
    })),
    known,
  );
  const patients = groups.map(([patient, its]): SnapshotPatient => ({
    patient,
    split: assigned.get(patient)!,
    sex: its[0]!.description.patient.sex,
    ageYears: its[0]!.description.patient.ageYears,
    films: its.map(({ film }) => film),
  }));
  return { study, studies, patients, leftOut, warnings: [...warnings, ...missingClasses(patients)] };
}

const studyOf = ({ simulated }: FilmDescription): Study => (simulated ? 'simulated study' : 'real films');

/** Hashed with the station's own salt: the same person, and nobody who could be looked up. */
function keyOf({ patient, imageHash }: FilmDescription, salt: string): string {
  if (patient.id === null) return `film-${imageHash.slice(0, 32)}`;
  const digest = createHash('sha256').update(`${salt}\n${patient.id}`).digest('hex');
  return `patient-${digest.slice(0, 32)}`;
}

function filmOf(description: FilmDescription, hips: readonly SnapshotHip[]): SnapshotFilm {
  const [only, second] = hips;
  return {
    image: description.imageHash,
    source: 'film',
    look: description.simulated ? 'clinic' : null,
    view: second !== undefined ? 'pelvis' : (only?.laterality ?? 'unknown'),
    rows: description.rows,
    columns: description.columns,
    device: description.manufacturer,
    site: null,
    hips: [...hips],
  };
}

function missingClasses(patients: readonly SnapshotPatient[]): string[] {
  if (patients.length === 0) return [];
  return (['learn', 'tune', 'test'] as const).flatMap((split) => {
    const groups = new Set(
      patients
        .filter((patient) => patient.split === split)
        .flatMap(({ films }) => films)
        .flatMap(({ hips }) => hips)
        .flatMap(({ grade }) => (grade === null ? [] : [gradeGroupOf(grade)])),
    );
    const missing = gradeGroups.filter((group) => !groups.has(group));
    return missing.length === 0
      ? []
      : [
          `No hip to ${split} ${split === 'learn' ? 'from' : split === 'tune' ? 'on' : 'with'} is labelled ${missing.join(' or ')}.`,
        ];
  });
}
