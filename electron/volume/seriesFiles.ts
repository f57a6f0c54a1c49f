import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { open, opendir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CalcarError } from '../contract/errors.ts';
import { looksLikeDicom, readCtHeader, type CtHeader } from '../dicom/index.ts';
import { shown } from './headerText.ts';
import { stopIfCancelled } from './rawVolume.ts';
import { refuseVolume } from './refuse.ts';
import type { OpenVolumeOptions } from './source.ts';

/** One slice file whose header was read; its pixels were not. */
export interface SliceFile {
  readonly path: string;
  /** Base name. */
  readonly name: string;
  readonly sha256: string;
  readonly header: CtHeader;
}

/** More files than this are no folder of one patient's examination. */
const maximumFiles = 20_000;
/** A slice of 4096 × 4096 pixels of 16 bits is a twelfth of this. */
const maximumFileBytes = 2 ** 29;
/** How far below the folder slices are looked for: a disc has DICOM/patient/study/series. */
const maximumDepth = 8;

/** What a folder holds: slices of CT by their series, and why other files were left out. */
export interface FolderOfSlices {
  /** Keyed by Series Instance UID; '' for files without one. */
  readonly series: ReadonlyMap<string, readonly SliceFile[]>;
  readonly notes: readonly string[];
}

/**
 * Reads the header of every DICOM file in a folder and below. Files that are no CT slices are left out, and the
 * notes say how many of what.
 *
 * @param onRead is told the share of files whose header was read
 * @throws CalcarError 'truncated', 'bad-header', 'too-large', 'invalid-volume', 'cancelled'
 */
export async function readFolder(
  folder: string,
  options: OpenVolumeOptions,
  onRead: (share: number) => void,
): Promise<FolderOfSlices> {
  const paths = await filesIn(folder);
  const series = new Map<string, SliceFile[]>();
  const leftOut = new Map<string, number>();
  const leaveOut = (reason: string) => leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
  for (const [done, path] of paths.entries()) {
    stopIfCancelled(options.signal);
    onRead(done / paths.length);
    const slice = await readSliceFile(path);
    const reason = slice === null ? 'no DICOM' : reasonToLeaveOut(slice.header);
    if (slice === null || reason !== null) {
      leaveOut(reason ?? 'no DICOM');
      continue;
    }
    const key = slice.header.seriesInstanceUid ?? '';
    const slices = series.get(key);
    if (slices === undefined) series.set(key, [slice]);
    else slices.push(slice);
  }
  const notes = [...leftOut].map(
    ([reason, count]) => `${count === 1 ? '1 file was' : `${count} files were`} left out: ${reason}.`,
  );
  return { series, notes };
}

/**
 * The series that one slice belongs to.
 *
 * @throws CalcarError as `readFolder`, and 'invalid-volume' where the file is no CT slice
 */
export async function seriesOfFile(path: string): Promise<string> {
  const slice = await readSliceFile(path);
  const reason = slice === null ? 'no DICOM' : reasonToLeaveOut(slice.header);
  if (slice !== null && reason === null) return slice.header.seriesInstanceUid ?? '';
  throw refuseVolume(
    `The file ${basename(path)} is no slice of a CT: ${reason ?? 'no DICOM'}.`,
    'Point at a slice, or at the folder of the series.',
  );
}

export const folderOfFile = (path: string): string => dirname(path);

/** null for a picture that is a slice of a CT, if a bad one. */
function reasonToLeaveOut({ nonImage, secondaryCapture, modality, imageType }: CtHeader): string | null {
  if (nonImage !== null) return nonImage;
  if (modality !== 'CT') return `picture of another kind (${shown(modality) ?? 'it does not say which'})`;
  if (secondaryCapture) return 'picture of a page or screen (secondary capture)';
  return imageType.includes('LOCALIZER') ? 'localizer' : null;
}

async function filesIn(folder: string): Promise<string[]> {
  const paths: string[] = [];
  const visit = async (directory: string, depth: number): Promise<void> => {
    const inside: string[] = [];
    for await (const entry of await opendir(directory)) {
      if (isHidden(entry)) continue;
      if (entry.isDirectory() && depth < maximumDepth) inside.push(join(directory, entry.name));
      if (entry.isFile()) paths.push(join(directory, entry.name));
      if (paths.length > maximumFiles) {
        throw refuseVolume(
          `The folder holds more than ${maximumFiles} files.`,
          'Point at the folder of the series.',
        );
      }
    }
    for (const path of inside) await visit(path, depth + 1);
  };
  await visit(folder, 0);
  return paths.sort();
}

const isHidden = (entry: Dirent): boolean => entry.name.startsWith('.');

/** null where the file is no DICOM file. */
async function readSliceFile(path: string): Promise<SliceFile | null> {
  const name = basename(path);
  if (!looksLikeDicom(await firstBytes(path))) return null;
  const { size } = await stat(path);
  if (size > maximumFileBytes) {
    throw refuseVolume(
      `The file ${name} has ${Math.round(size / 2 ** 20)} MiB, more than any slice.`,
      'Point at the folder of the series.',
      'too-large',
    );
  }
  const bytes = await readFile(path);
  try {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { path, name, sha256, header: readCtHeader(bytes) };
  } catch (error) {
    if (error instanceof CalcarError && error.kind === 'not-dicom') return null;
    throw nameFile(error, name);
  }
}

/** Says which file of a series could not be used. */
export function nameFile(error: unknown, name: string): unknown {
  if (!(error instanceof CalcarError)) return error;
  return refuseVolume(
    `The file ${name} of this series cannot be used. ${error.message}`,
    'Copy or export the series again.',
    error.kind,
    error,
  );
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = new Uint8Array(2048);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
