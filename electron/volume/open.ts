import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CalcarError } from '../contract/errors.ts';
import { looksLikeDicom } from '../dicom/index.ts';
import { readBeginning } from './beginning.ts';
import { metaImageHeader } from './metaImage.ts';
import { niftiHeader } from './nifti.ts';
import { nrrdHeader } from './nrrd.ts';
import { readRawVolume, sha256OfFiles, stopIfCancelled } from './rawVolume.ts';
import { refuseVolume } from './refuse.ts';
import { openSeries } from './series.ts';
import { folderOfFile, seriesOfFile } from './seriesFiles.ts';
import type { OpenedVolume, OpenVolumeOptions, VolumeSource } from './source.ts';

export type { OpenedVolume, OpenVolumeOptions, VolumeSource } from './source.ts';

const headerReaders = [
  ['nrrd', nrrdHeader],
  ['nifti', niftiHeader],
  ['metaimage', metaImageHeader],
] as const;

/**
 * Opens a CT: a folder of a DICOM series (or one of its files), NIfTI (.nii, .nii.gz), MetaImage (.mha, .mhd) or
 * NRRD (.nrrd, .nhdr), told apart by what is in them. Hounsfield units in shared memory, Int16 unless a value is
 * not whole; axes in the order of the patient's (LPS), voxels untouched.
 *
 * Throws CalcarError: not-found, unreadable-file, invalid-volume, too-large, truncated, corrupt-pixels,
 * unsupported-image, unsupported-transfer-syntax, bad-header, cancelled. Nothing half-read is returned.
 */
export async function openVolume(path: string, options: OpenVolumeOptions = {}): Promise<OpenedVolume> {
  stopIfCancelled(options.signal);
  try {
    return (await stat(path)).isDirectory()
      ? await openSeries(path, null, options)
      : await openFile(path, options);
  } catch (error) {
    throw asRefusal(error);
  }
}

async function openFile(path: string, options: OpenVolumeOptions): Promise<OpenedVolume> {
  const beginning = await readBeginning(path);
  for (const [format, readHeader] of headerReaders) {
    const raw = readHeader(path, beginning);
    if (raw === null) continue;
    const volume = await readRawVolume(raw, options);
    const files = raw.path === path ? [path] : [path, raw.path];
    const source: VolumeSource = {
      format,
      name: basename(path),
      sha256: await sha256OfFiles(files),
      files: files.length,
      simulated: false,
      description: raw.description,
      notes: raw.notes,
    };
    return { volume, source };
  }
  if (looksLikeDicom(beginning)) return openSeries(folderOfFile(path), await seriesOfFile(path), options);
  throw refuseVolume(
    `The file ${basename(path)} is no CT that Calcar reads.`,
    'Give a folder of DICOM slices, or a NIfTI, MetaImage or NRRD file.',
  );
}

/** What the file system says, in words for the person. */
function asRefusal(error: unknown): unknown {
  if (error instanceof CalcarError || !(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return refuseVolume('There is no such file or folder.', 'Check its name.', 'not-found', error);
  }
  return refuseVolume(
    'A file of it cannot be read from the disk.',
    'Check that you may read it and that the disk is well.',
    'unreadable-file',
    error,
  );
}
