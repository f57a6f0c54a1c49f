/** The station's frozen data sets. */
import { resolve } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import {
  splits,
  type CountsBySplit,
  type DatasetRow,
  type SnapshotPatient,
  type SplitCounts,
} from '../../contract/snapshot.ts';
import { findSnapshot, listSnapshots, moveSnapshot, registerSnapshot } from '../../database/snapshots.ts';
import { refuseLeaks } from '../../learning/snapshots/leaks.ts';
import { openSnapshot, patientsOf, type Snapshot } from '../../learning/snapshots/snapshot.ts';
import type { Context } from '../context.ts';

/** Newest first. */
export function listDatasets(context: Context): Promise<DatasetRow[]> {
  return context.database.read(listSnapshots);
}

/** @throws CalcarError 'not-found' for a snapshot that this station does not know */
export async function datasetFolder(context: Context, hash: string): Promise<string> {
  const row = await context.database.read((db) => findSnapshot(db, hash));
  if (row !== undefined) return row.folder;
  throw new CalcarError(
    'not-found',
    "This data set is not known to the station. Freeze your reads, or add a folder with 'calcar dataset add'.",
  );
}

/**
 * Makes a frozen folder one of the station's data sets. One that is known stays as it is, and is looked for in this
 * folder from now on where it is no longer in its own.
 *
 * @throws CalcarError as `openSnapshot`, and 'leak' naming what belongs to another split here
 */
export async function addDataset(context: Context, folder: string): Promise<DatasetRow> {
  const snapshot = openSnapshot(resolve(folder));
  const { manifest } = snapshot;
  refuseLeaks(manifest);
  const known = await context.database.read((db) => findSnapshot(db, manifest.hash));
  if (known !== undefined) {
    if (isStillThere(known)) return known;
    await context.database.write((db) => moveSnapshot(db, manifest.hash, snapshot.folder));
    context.emit({ event: 'datasets-changed' });
    return { ...known, folder: snapshot.folder };
  }
  const row: DatasetRow = {
    hash: manifest.hash,
    name: manifest.name,
    study: manifest.study,
    folder: snapshot.folder,
    frozenAt: manifest.frozenAt,
    counts: countsOfSnapshot(snapshot),
  };
  await context.database.write((db) => registerSnapshot(db, row, manifest.entries));
  context.emit({ event: 'datasets-changed' });
  return row;
}

/** Whether the folder of a data set holds it. */
export function isStillThere({ folder, hash }: DatasetRow): boolean {
  try {
    return openSnapshot(folder).manifest.hash === hash;
  } catch {
    return false;
  }
}

export function countsOfSnapshot(snapshot: Snapshot): CountsBySplit {
  return countsOf([...patientsOf(snapshot)]);
}

export function countsOf(patients: readonly SnapshotPatient[]): CountsBySplit {
  const counted = splits.map((split): [string, SplitCounts] => {
    const those = patients.filter((patient) => patient.split === split);
    const films = those.flatMap((patient) => patient.films);
    const hips = { none: 0, I: 0, II: 0, III: 0, IV: 0, ungraded: 0 };
    for (const { grade } of films.flatMap((film) => film.hips)) hips[grade ?? 'ungraded'] += 1;
    return [split, { patients: those.length, films: films.length, hips }];
  });
  return Object.fromEntries(counted) as CountsBySplit;
}
