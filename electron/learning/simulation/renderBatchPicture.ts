/** One picture of a batch: a varied patient, projected, exposed and written with its truth beside it. */
import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrrPicture } from '../../contract/cli.ts';
import type { Box } from '../../contract/image.ts';
import { exposeFilm } from '../../drr/film.ts';
import { projectBox, projectPoint, type ConeBeamGeometry } from '../../drr/geometry.ts';
import { applyVariation, type FilmSize, type HeldFast, sampleVariation } from '../../drr/patientVariation.ts';
import type { PreparedVolume } from '../../drr/preparedVolume.ts';
import { type LineIntegrals, traceMaterials } from '../../drr/projector.ts';
import type { Style } from '../../drr/exposure.ts';
import { seeded } from '../../random/random.ts';
import { filmToDicom } from './filmDicom.ts';
import { pictureName, type ReadyHip, type ReadyVolume } from './renderBatchPlan.ts';

/** What all pictures of a batch share. */
export interface PictureSettings {
  readonly folder: string;
  readonly seed: number;
  readonly style: Style;
  readonly film: FilmSize;
  readonly held: HeldFast;
  readonly software: string;
}

/** The day that the simulation gives every examination. */
const studyDate = '20260101';

/**
 * Makes the picture of that view, from 0, of a hip. The film is written first and its truth last, each under a
 * passing name, so that a picture with its truth is whole. Seed, volume, side and view decide every byte.
 *
 * @throws what the file system says; CalcarError as `applyVariation` and `exposeFilm`
 */
export function writePicture(
  ready: ReadyVolume,
  hip: ReadyHip,
  settings: PictureSettings,
  number: number,
  view: number,
): void {
  const { folder, seed, style, film: size, held, software } = settings;
  const key = ready.source.kind === 'phantom' ? `phantom ${String(ready.source.seed)}` : ready.source.sha256;
  const random = seeded(seed).stream('drr batch').stream(key).stream(hip.side).stream(view);
  const variation = sampleVariation(random.stream('variation'), style, held);
  const { volume, geometry, exposure, look, moved, region } = applyVariation(
    ready.volume,
    hip,
    variation,
    size,
  );
  const integrals = projectPrepared(
    { ...ready.volume, spacing: volume.spacing, origin: volume.origin },
    geometry,
  );
  const film = exposeFilm(integrals, exposure, look, random.stream('noise'));
  const name = pictureName(number, hip.side, view);
  const bytes = filmToDicom(film, {
    geometry,
    patient: ready.patient,
    view: hip.side,
    source: {
      ...ready.source,
      parameters: {
        of: ready.source.parameters,
        hip: { side: hip.side, ...placeOf(hip) },
        variation,
        seed,
        view,
      },
    },
    software,
    studyDate,
    instanceNumber: view + 1,
  });
  const whole = projectBox(geometry, hip.boxCorners?.map(moved) ?? region);
  const truth: DrrPicture = {
    simulated: true,
    software,
    file: `${name}.dcm`,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    units:
      'mm in patient coordinates (LPS), pixels with 0,0 at the outer corner of the first, degrees, kV, mAs',
    rows: film.rows,
    columns: film.columns,
    pixelSpacing: size.spacing,
    side: hip.side,
    label: hip.label,
    outOfScope: hip.outOfScope,
    box: cutTo(whole, size),
    wholeBox: whole,
    boxFrom: hip.boxCorners === null ? 'head' : 'truth',
    headCentre: projectPoint(geometry, moved(hip.headCentre)),
    seed,
    view: view + 1,
    source: ready.source,
    hip: placeOf(hip),
    variation,
    geometry,
    exposure,
    look,
  };
  replace(join(folder, `${name}.dcm`), bytes);
  replace(join(folder, `${name}.json`), `${JSON.stringify(truth)}\n`);
}

const placeOf = ({ headCentre, headRadius }: ReadyHip) => ({ headCentre: [...headCentre], headRadius });

/** As `projectMaterials`, of a volume that was looked through once for all its pictures. */
function projectPrepared(volume: PreparedVolume, geometry: ConeBeamGeometry): LineIntegrals {
  const { rows, columns, columnSpacing } = geometry;
  const soft = new Float32Array(rows * columns);
  const bone = new Float32Array(rows * columns);
  traceMaterials(volume, geometry, {}, soft, bone);
  return { rows, columns, spacing: columnSpacing, soft, bone };
}

/** The part of a box that is on the film; null where none is. */
function cutTo(whole: Box, { rows, columns }: FilmSize): Box | null {
  const x = Math.max(0, whole.x);
  const y = Math.max(0, whole.y);
  const width = Math.min(columns, whole.x + whole.width) - x;
  const height = Math.min(rows, whole.y + whole.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

/** Writes under a passing name and renames, so that a file with the name is whole. */
export function replace(path: string, content: Uint8Array | string): void {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}
