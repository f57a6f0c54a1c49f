import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ReadFile } from '../contract/cli.ts';
import { CalcarError, toWireError } from '../contract/errors.ts';
import type { Finding } from '../contract/finding.ts';
import type { ImportOutcome } from '../contract/reads.ts';
import type { OpenStation } from '../station/openStation.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import { drawOverlay } from './picture/overlay.ts';
import { call } from './stationCalls.ts';

/** What the machine says of an imported file, and its picture in `pictures` (null: none is made). */
export async function readImported(
  station: OpenStation,
  file: string,
  outcome: ImportOutcome,
  pictures: string | null,
): Promise<ReadFile> {
  if (outcome.state === 'refused') return unusable(file, outcome.imageHash, outcome.sentence);
  const { imageHash } = outcome;
  const nothing = { file, imageHash, finding: null, picture: null };
  try {
    const finding = await call(station, 'film.read', { imageHash });
    if (finding === null)
      return {
        ...nothing,
        state: 'withheld',
        sentence:
          'Blinded reading is on, so the answer is kept back until you have committed your own read of this film.',
      };
    const picture = pictures === null ? null : await drawPicture(station, file, finding, pictures);
    const refusals = finding.warnings.filter((warning) => warning.weight === 'refuse');
    return {
      ...nothing,
      state: finding.outcome,
      sentence: finding.outcome === 'refused' ? refusals.map((warning) => warning.sentence).join(' ') : null,
      finding,
      picture,
    };
  } catch (error) {
    const { kind, sentence } = toWireError(error);
    // Without a machine or a data folder every other file would fail the same way.
    const code = exitCodeOf(kind);
    if (code === exitCodes.machine || code === exitCodes.station) throw error;
    return { ...nothing, state: 'failed', sentence };
  }
}

export const unusable = (file: string, imageHash: string | null, sentence: string): ReadFile => ({
  file,
  imageHash,
  state: 'unusable',
  sentence,
  finding: null,
  picture: null,
});

async function drawPicture(
  station: OpenStation,
  file: string,
  finding: Finding,
  folder: string,
): Promise<string> {
  const film = await station.displayGreys(finding.imageHash);
  const saliency = await Promise.all(finding.hips.map((_, hip) => station.saliency(finding.imageHash, hip)));
  const { modelWarning } = await call(station, 'station.state', {});
  const png = drawOverlay({ film, finding, saliency, modelWarning: modelWarning ?? '' });
  const path = join(folder, `${basename(file, extname(file))}-${finding.imageHash.slice(0, 8)}.png`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, png);
  } catch (error) {
    throw new CalcarError(
      'unreadable-file',
      `The picture could not be written: ${path}. The read itself is stored. Name another folder with --out.`,
      error,
    );
  }
  return path;
}
