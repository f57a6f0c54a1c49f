/** A person's own reads become a data set. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CalcarError, toWireError } from '../../contract/errors.ts';
import { gradeGroups, gradeGroupOf } from '../../contract/finding.ts';
import type { FilmDescription } from '../../contract/film.ts';
import type { GreyImage } from '../../contract/image.ts';
import {
  splits,
  type DatasetRow,
  type FreezePreview,
  type FreezeResult,
  type SnapshotFilm,
  type SnapshotHip,
  type SnapshotPatient,
  type Split,
  type Study,
} from '../../contract/snapshot.ts';
import { filmsWithReads } from '../../database/labels.ts';
import { findSnapshot, knownSplits, patientSalt } from '../../database/snapshots.ts';
import { toGreyImage } from '../../dicom/display.ts';
import { stemOf, writePatient, type LabelledPicture } from '../../learning/snapshots/patientFiles.ts';
import { refuseAugmentation } from '../../learning/snapshots/simulationRecord.ts';
import { freezeSnapshot } from '../../learning/snapshots/snapshot.ts';
import { writeFailure } from '../../learning/writeFailure.ts';
import type { Context } from '../context.ts';
import { assignSplits } from './assignSplits.ts';
import { addDataset, countsOf, isStillThere } from './datasets.ts';
import { labelsOf } from './filmLabels.ts';

type LeftOut = FreezePreview['leftOut'][number];

interface Plan {
  readonly study: Study | null;
  readonly studies: readonly Study[];
  readonly patients: readonly SnapshotPatient[];
  readonly leftOut: FreezePreview['leftOut'];
  readonly warnings: readonly string[];
  /** Names of the files, by their hashes. */
  readonly fileNames: ReadonlyMap<string, string>;
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

/**
 * Freezes every film of a kind that a person has read. A film that cannot be read, or whose picture another film
 * shows, is left out; stopped or failing at any moment, nothing of it stays.
 *
 * @throws CalcarError 'invalid-input' with too little to freeze, 'cancelled', 'disk-full', 'read-only', 'leak'
 */
export async function freezeReads(
  context: Context,
  { name, study }: { readonly name: string; readonly study: Study },
  signal: AbortSignal,
): Promise<FreezeResult> {
  const plan = await planFreeze(context, study);
  refuseEmptySplits(splits.map((split) => plan.patients.filter((patient) => patient.split === split).length));
  const building = join(context.folder.datasets, `${randomUUID()}${unfinished}`);
  try {
    removeUnfinished(context.folder.datasets);
    mkdirSync(building, { recursive: true, mode: 0o700 });
    const { counts, leftOut } = await writePatients(context, building, plan, signal);
    refuseEmptySplits(splits.map((split) => counts[split]));
    const { hash } = freezeSnapshot(building, { name, study, software: context.version, command: null });
    const known = await context.database.read((db) => findSnapshot(db, hash));
    const dataset = known !== undefined && isStillThere(known) ? known : await keep(context, building, hash);
    return { dataset, leftOut: [...plan.leftOut, ...leftOut] };
  } catch (error) {
    throw freezeFailure(error);
  } finally {
    rmSync(building, { recursive: true, force: true });
    tell(context, plan.patients.length, plan.patients.length);
  }
}

const unfinished = '.part';

/** What a station left that died while it froze; no other one has this data folder. */
function removeUnfinished(datasets: string): void {
  for (const name of readdirSync(datasets))
    if (name.endsWith(unfinished)) rmSync(join(datasets, name), { recursive: true, force: true });
}

async function keep(context: Context, building: string, hash: string): Promise<DatasetRow> {
  const folder = join(context.folder.datasets, hash.slice(0, 12));
  // A folder in its place that holds no known data set is what a station left that died in between.
  rmSync(folder, { recursive: true, force: true });
  renameSync(building, folder);
  try {
    return await addDataset(context, folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** @param patients of each split */
function refuseEmptySplits(patients: readonly number[]): void {
  if (patients.every((count) => count > 0)) return;
  const total = patients.reduce((sum, count) => sum + count, 0);
  throw new CalcarError(
    'invalid-input',
    `Labelled films of ${String(total)} ${total === 1 ? 'patient' : 'patients'} are too few: some patients have to be left to tune on and to test with. ` +
      'Read films of at least three patients of each class, then freeze again. Nothing was frozen.',
  );
}

function freezeFailure(error: unknown): unknown {
  const known = error instanceof CalcarError ? error : writeFailure(error);
  if (!(known instanceof CalcarError) || known.kind !== 'disk-full') return known;
  return new CalcarError(
    'disk-full',
    'The disk is full, so the data set was not frozen and nothing of it was kept. The reads are safe. Free some space, then freeze again.',
    error,
  );
}

function tell(context: Context, done: number, of: number): void {
  context.emit({ event: 'progress', job: 'freeze', done, of, label: 'Freezing your reads' });
}

interface Written {
  readonly counts: Readonly<Record<Split, number>>;
  readonly leftOut: readonly LeftOut[];
}

async function writePatients(
  context: Context,
  folder: string,
  { patients, fileNames }: Plan,
  signal: AbortSignal,
): Promise<Written> {
  const counts = { learn: 0, tune: 0, test: 0 };
  const leftOut: LeftOut[] = [];
  const known = await context.database.read((db) => knownSplits(db, 'picture'));
  /** Names of the files that showed these greys first. */
  const shown = new Map<string, string>();
  for (const [done, { films, ...patient }] of patients.entries()) {
    if (signal.aborted)
      throw new CalcarError('cancelled', 'The freezing was stopped. Nothing of the data set was kept.');
    tell(context, done, patients.length);
    const pictures: LabelledPicture[] = [];
    for (const film of films) {
      const fileName = fileNames.get(film.image)!;
      try {
        const image = await greysOf(context, film);
        const greys = hashOfGreys(image);
        refuseSecond(shown.get(greys), known.get(greys) ?? known.get(film.image), patient.split);
        shown.set(greys, fileName);
        pictures.push({ image, film: { ...film, greys } });
      } catch (error) {
        context.log.failure('film left out of a data set', error, { imageHash: film.image });
        leftOut.push({ fileName, reason: toWireError(error).sentence });
      }
    }
    if (pictures.length > 0)
      writePatient(folder, stemOf(patient.split, counts[patient.split]++), patient, pictures);
  }
  return { counts, leftOut };
}

/** @throws CalcarError where the file is gone, can no longer be read, or holds a picture that only augments */
async function greysOf(context: Context, { image, look }: SnapshotFilm): Promise<GreyImage> {
  try {
    if (look !== null) refuseAugmentation(await context.films.get(image));
    return toGreyImage((await context.opened(image)).opened);
  } catch (error) {
    if (error instanceof CalcarError) throw error;
    throw new CalcarError('unreadable-file', 'The film could not be opened.', error);
  }
}

/** One picture in two files, under two patients perhaps, must not be in two splits. */
function refuseSecond(first: string | undefined, known: Split | undefined, split: Split): void {
  if (first !== undefined)
    throw new CalcarError('leak', `It shows the same picture as ${first}, which is in the data set.`);
  if (known !== undefined && known !== split)
    throw new CalcarError(
      'leak',
      'Its picture was frozen before under another patient, who belongs to another split. If the patient was corrected since, it stays with whom it was frozen under.',
    );
}

function hashOfGreys({ rows, columns, values }: GreyImage): string {
  return createHash('sha256')
    .update(`${String(rows)} ${String(columns)}\n`)
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}

async function planFreeze(context: Context, asked: Study | null): Promise<Plan> {
  const [films, known, salt] = await context.database.read(async (db) => [
    await filmsWithReads(db),
    await knownSplits(db, 'patient'),
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
  return {
    study,
    studies,
    patients,
    leftOut,
    warnings: [...warnings, ...missingClasses(patients)],
    fileNames: new Map(labelled.map(({ description: { imageHash, fileName } }) => [imageHash, fileName])),
  };
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
  return splits.flatMap((split) => {
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
