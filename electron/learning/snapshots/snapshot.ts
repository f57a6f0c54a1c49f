/** A frozen data set on disk: patients' files and a hashed manifest of them. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../../contract/errors.ts';
import {
  snapshotManifest,
  snapshotPatient,
  type SnapshotEntry,
  type SnapshotManifest,
  type SnapshotPatient,
  type Split,
} from '../../contract/snapshot.ts';
import { refuseLeaks } from './leaks.ts';
import {
  greysOf,
  paths,
  readLearnPatient,
  readWholeFilms,
  type CheckFiles,
  type LabelledPicture,
  type LearnExamples,
} from './patientFiles.ts';
import { writeFailure } from '../writeFailure.ts';

export interface Snapshot {
  readonly folder: string;
  readonly manifest: SnapshotManifest;
}

/** What a manifest says besides the patients. */
export type FreezeOptions = Pick<SnapshotManifest, 'name' | 'study' | 'software' | 'command'>;

const manifestFile = 'snapshot.json';

/**
 * Makes the patients' files of a folder a snapshot. A folder that is frozen already stays as it is, and gives
 * its manifest again where the files are the same.
 *
 * @throws CalcarError 'invalid-input' for an empty folder, damaged patients or a folder that was frozen with other
 *   files; 'leak' naming patients who sit in two splits and the like; 'disk-full', 'read-only'
 */
export function freezeSnapshot(folder: string, options: FreezeOptions): SnapshotManifest {
  const manifest = sealed(options, entriesOf(folder));
  refuseLeaks(manifest);
  if (isFrozen(folder)) {
    const before = openSnapshot(folder).manifest;
    if (before.hash === manifest.hash) return before;
    throw new CalcarError(
      'invalid-input',
      `This folder holds a frozen snapshot already, '${before.name}', and its files are no longer those that were frozen (${folder}). A frozen snapshot never changes: make the new one in another folder.`,
    );
  }
  writeManifest(folder, manifest);
  return manifest;
}

export const isFrozen = (folder: string): boolean => existsSync(join(folder, manifestFile));

/** Writes the manifest last and by renaming: a folder that has one is whole. @throws CalcarError 'disk-full', 'read-only' */
export function writeManifest(folder: string, manifest: SnapshotManifest): void {
  const path = join(folder, manifestFile);
  try {
    writeFileSync(`${path}.part`, JSON.stringify(manifest));
    renameSync(`${path}.part`, path);
  } catch (error) {
    throw writeFailure(error);
  }
}

/** The manifest of these entries, with its hash; whether anything leaks is not looked at. */
export function sealed(options: FreezeOptions, entries: readonly SnapshotEntry[]): SnapshotManifest {
  return {
    format: 1,
    ...options,
    frozenAt: new Date().toISOString(),
    entries: [...entries],
    hash: manifestHash({ study: options.study, entries: [...entries] }),
  };
}

/** SHA-256 over study and entries as canonical JSON. */
export function manifestHash({ study, entries }: Pick<SnapshotManifest, 'study' | 'entries'>): string {
  return sha256(canonicalJson({ study, entries }));
}

/** JSON without spaces whose keys are sorted (RFC 8785): one value has one text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  );
}

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The entries of the patients whose files are in a folder. @throws CalcarError 'invalid-input', 'not-found' */
function entriesOf(folder: string): SnapshotEntry[] {
  const stems = patientStems(folder);
  if (stems.length === 0) throw empty(folder);
  return stems.map((stem) => entryOfFiles(folder, stem));
}

/** Names of the patients whose files are in a folder. @throws CalcarError 'not-found' without the folder */
export function patientStems(folder: string): string[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => /^((?:learn|tune|test)-\d{6})\.json$/.exec(name)?.[1] ?? [])
      .sort();
  } catch (cause) {
    throw new CalcarError(
      'not-found',
      `There is no folder ${folder}. A snapshot is a folder that 'calcar dataset' makes.`,
      cause,
    );
  }
}

function entryOfFiles(folder: string, stem: string): SnapshotEntry {
  const { truth, pixels } = paths(folder, stem);
  try {
    return entryOf(stem, readFileSync(truth), readFileSync(pixels));
  } catch (cause) {
    throw new CalcarError(
      'invalid-input',
      `A patient of the data set is damaged or not whole (${truth}). Delete the file and make the data set again; nothing was frozen.`,
      cause,
    );
  }
}

/** @throws where the bytes are not a patient's */
function entryOf(stem: string, truth: Uint8Array, pixels: Uint8Array): SnapshotEntry {
  const patient = snapshotPatient.parse(JSON.parse(Buffer.from(truth).toString('utf8')));
  if (!stem.startsWith(`${patient.split}-`)) throw new Error(`${stem} is of the split '${patient.split}'`);
  if (pixels.byteLength !== greysOf(patient) * Uint16Array.BYTES_PER_ELEMENT)
    throw new Error(`${stem} has ${String(pixels.byteLength)} bytes of greys`);
  return {
    patient: patient.patient,
    split: patient.split,
    stem,
    truth: sha256(truth),
    pixels: sha256(pixels),
    ...contentsOf(patient),
  };
}

function contentsOf({
  films,
}: SnapshotPatient): Omit<SnapshotEntry, 'patient' | 'split' | 'stem' | 'truth' | 'pixels'> {
  const isGenerated = ({ source }: (typeof films)[number]): boolean => source === 'gan';
  const isDrr = ({ source, look }: (typeof films)[number]): boolean =>
    source === 'drr' || (source === 'film' && look === 'drr');
  const origins = films.flatMap(({ madeFrom }) => madeFrom ?? []);
  const generators = new Map<string, Set<string>>();
  for (const origin of origins)
    if (origin.kind === 'generator')
      generators.set(origin.model, new Set([...(generators.get(origin.model) ?? []), ...origin.learnedFrom]));
  return {
    images: [
      ...new Set(films.flatMap(({ image, greys }) => [image, ...(greys === undefined ? [] : [greys])])),
    ],
    films: films.length,
    hips: films.reduce((sum, { hips }) => sum + hips.length, 0),
    drrs: films.filter(isDrr).length,
    generated: films.filter(isGenerated).length,
    simulated: films.filter((film) => film.look === 'clinic' && film.source === 'film').length,
    cts: [...new Set(origins.flatMap((origin) => (origin.kind === 'ct' ? [origin.ct] : [])))].sort(),
    generators: [...generators].map(([model, learnedFrom]) => ({
      model,
      learnedFrom: [...learnedFrom].sort(),
    })),
  };
}

/**
 * Opens a snapshot by its manifest alone; each patient's files are held to it when they are read.
 *
 * @throws CalcarError 'not-found' without a manifest; 'invalid-input' for one that is damaged, was changed, is of a
 *   newer Calcar or has no patients. Leaks are not looked for: see `refuseLeaks`
 */
export function openSnapshot(folder: string): Snapshot {
  const manifest = parseManifest(folder, manifestText(folder));
  if (manifest.hash !== manifestHash(manifest)) throw damaged(folder);
  if (manifest.entries.length === 0) throw empty(folder);
  return { folder, manifest };
}

function manifestText(folder: string): string {
  try {
    return readFileSync(join(folder, manifestFile), 'utf8');
  } catch (cause) {
    throw new CalcarError(
      'not-found',
      `There is no frozen snapshot in ${folder}: it has no ${manifestFile}. Freeze one with 'calcar dataset make' or 'calcar dataset freeze'.`,
      cause,
    );
  }
}

function parseManifest(folder: string, text: string): SnapshotManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(folder, cause);
  }
  const { data } = z.looseObject({ format: z.number() }).safeParse(value);
  if (data !== undefined && data.format > 1)
    throw new CalcarError(
      'invalid-input',
      `The snapshot in ${folder} was frozen by a newer Calcar (format ${String(data.format)}). Update this station to use it; nothing was changed.`,
    );
  const parsed = snapshotManifest.safeParse(value);
  if (!parsed.success) throw damaged(folder, parsed.error);
  return parsed.data;
}

function damaged(folder: string, cause?: unknown): CalcarError {
  return new CalcarError(
    'invalid-input',
    `The snapshot in ${folder} is damaged or was changed after it was frozen, so its numbers would mean nothing. Freeze it again, or take a copy that is whole.`,
    cause,
  );
}

function empty(folder: string): CalcarError {
  return new CalcarError(
    'invalid-input',
    `There are no patients in ${folder}, so there is nothing to learn from. Make some with 'calcar dataset make', or freeze your own reads.`,
  );
}

/** Everything to learn from. Greys stay on the disk. @throws CalcarError as `wholeFilms` */
export function learnExamples(snapshot: Snapshot): LearnExamples {
  const examples = entriesIn(snapshot, 'learn').map((entry) =>
    readLearnPatient(snapshot.folder, entry.stem, asFrozen(snapshot, entry)),
  );
  return {
    films: examples.flatMap(({ films }) => films),
    crops: examples.flatMap(({ crops }) => crops),
  };
}

/**
 * The patients of a split, one at a time in memory.
 *
 * @param only reads some of them; all without it
 * @throws CalcarError 'not-found' for a file that is gone, 'invalid-input' for one that was changed after freezing
 */
export function* wholeFilms(
  snapshot: Snapshot,
  split: Exclude<Split, 'learn'>,
  only: (entry: SnapshotEntry) => boolean = () => true,
): Generator<{
  readonly entry: SnapshotEntry;
  readonly patient: SnapshotPatient;
  readonly films: readonly LabelledPicture[];
}> {
  for (const entry of entriesIn(snapshot, split).filter(only))
    yield { entry, ...readWholeFilms(snapshot.folder, entry.stem, asFrozen(snapshot, entry)) };
}

/**
 * Labels and subgroups of every patient, without the greys.
 *
 * @throws CalcarError as `wholeFilms`
 */
export function patientsOf({ folder, manifest }: Snapshot): SnapshotPatient[] {
  return manifest.entries.map((entry) => {
    try {
      const truth = readFileSync(paths(folder, entry.stem).truth);
      if (sha256(truth) !== entry.truth) throw new Error('other labels than were frozen');
      return snapshotPatient.parse(JSON.parse(truth.toString('utf8')));
    } catch (cause) {
      throw changed(folder, manifest.name, entry, cause);
    }
  });
}

function entriesIn({ manifest }: Snapshot, split: Split): SnapshotEntry[] {
  return manifest.entries.filter((entry) => entry.split === split);
}

/** Holds all that the manifest says of a patient, not the hashes alone, to his files. */
function asFrozen({ folder, manifest }: Snapshot, entry: SnapshotEntry): CheckFiles {
  return (truth, pixels) => {
    let found: SnapshotEntry;
    try {
      found = entryOf(entry.stem, truth, pixels);
    } catch (cause) {
      throw changed(folder, manifest.name, entry, cause);
    }
    if (canonicalJson(found) !== canonicalJson(entry)) throw changed(folder, manifest.name, entry);
  };
}

function changed(folder: string, name: string, { stem }: SnapshotEntry, cause?: unknown): CalcarError {
  return new CalcarError(
    'invalid-input',
    `The files of ${stem} in ${folder} are not those that were frozen in '${name}': they were changed or are damaged. Take a copy of the snapshot that is whole, or freeze again.`,
    cause,
  );
}

/**
 * Reads every file again.
 *
 * @param report is told after each patient how many of how many were looked at
 * @returns sentences about the patients whose files are gone or not what was frozen; empty when all are whole
 */
export function verifySnapshot(
  snapshot: Snapshot,
  report: (done: number, of: number) => void = () => undefined,
): string[] {
  const { folder, manifest } = snapshot;
  return manifest.entries.flatMap((entry, index) => {
    try {
      const { truth, pixels } = paths(folder, entry.stem);
      asFrozen(snapshot, entry)(readFileSync(truth), readFileSync(pixels));
      return [];
    } catch (error) {
      if (error instanceof CalcarError) return [error.message];
      return [`The files of ${entry.stem} in ${folder} are gone or cannot be read.`];
    } finally {
      report(index + 1, manifest.entries.length);
    }
  });
}
