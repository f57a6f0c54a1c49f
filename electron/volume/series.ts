import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { openCtSlice } from '../dicom/index.ts';
import { fileGrid, placement } from './grid.ts';
import { shown } from './headerText.ts';
import { stopIfCancelled } from './rawVolume.ts';
import { refuseVolume } from './refuse.ts';
import type { OpenedVolume, OpenVolumeOptions } from './source.ts';
import { type FolderOfSlices, nameFile, readFolder, type SliceFile } from './seriesFiles.ts';
import { arrangeSeries } from './seriesGeometry.ts';
import { VoxelWriter } from './voxelWriter.ts';

/** Share of the work that is done when every header was read. */
const headerShare = 0.3;

/**
 * Opens the one CT series of a folder, or of several the one that is asked for. Headers come first, then one
 * slice after the other, so that memory holds the volume and a slice.
 *
 * @param only Series Instance UID; null where the folder must hold one series
 * @throws CalcarError 'not-found', 'invalid-volume', and what the slices throw, naming the file
 */
export async function openSeries(
  folder: string,
  only: string | null,
  options: OpenVolumeOptions,
): Promise<OpenedVolume> {
  const found = await readFolder(folder, options, (share) => options.onProgress?.(share * headerShare));
  const { grid: claimed, slices } = arrangeSeries(chooseSeries(found, only));
  const grid = fileGrid(claimed);
  const writer = new VoxelWriter(placement(grid));
  for (const [done, slice] of slices.entries()) {
    stopIfCancelled(options.signal);
    options.onProgress?.(headerShare + ((1 - headerShare) * done) / slices.length);
    writer.write(await readSlice(slice));
  }
  const volume = writer.finish();
  options.onProgress?.(1);
  const { header } = slices[0]!;
  return {
    volume,
    source: {
      format: 'dicom-series',
      name: basename(folder),
      sha256: createHash('sha256')
        .update(slices.map(({ sha256 }) => sha256).join(''))
        .digest('hex'),
      files: slices.length,
      simulated: header.simulated,
      description: shown(header.seriesDescription),
      notes: found.notes,
    },
  };
}

async function readSlice({ path, name, sha256 }: SliceFile): Promise<Int16Array | Float32Array> {
  const bytes = await readFile(path);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw refuseVolume(`The file ${name} changed while it was read.`, 'Try again when copying has ended.');
  }
  try {
    return (await openCtSlice(bytes)).hounsfield;
  } catch (error) {
    throw nameFile(error, name);
  }
}

function chooseSeries({ series, notes }: FolderOfSlices, only: string | null): readonly SliceFile[] {
  if (only !== null) return series.get(only)!;
  const [first, ...others] = series.values();
  if (first === undefined) {
    throw refuseVolume(
      ['There is no CT slice in this folder.', ...notes].join(' '),
      'Point at a folder with the DICOM files of a CT.',
      'not-found',
    );
  }
  if (others.length === 0) return first;
  const names = [first, ...others].map(describeSeries).join('; ');
  throw refuseVolume(
    `The folder holds ${others.length + 1} series: ${names}.`,
    'Point at one file of the series that you want.',
  );
}

function describeSeries(slices: readonly SliceFile[]): string {
  const { header, name } = slices[0]!;
  const number = shown(header.seriesNumber);
  const said = [number === null ? null : `series ${number}`, shown(header.seriesDescription)];
  const known = said.filter((part) => part !== null).join(', ');
  const count = slices.length === 1 ? '1 slice' : `${slices.length} slices`;
  return `${known === '' ? 'unnamed' : known} (${count}, with ${name})`;
}
