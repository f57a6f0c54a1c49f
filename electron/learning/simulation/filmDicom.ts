import { createHash } from 'node:crypto';
import { degrees, imagePx, mm } from '../../contract/units.ts';
import { writeRadiograph, type RadiographBeam, type RadiographPositioning } from '../../dicom/write.ts';
import type { Film } from '../../drr/film.ts';
import {
  detectorNormal,
  sourceToDetectorPlane,
  type ConeBeamGeometry,
  type Direction,
} from '../../drr/geometry.ts';

/** What a film was simulated from; `parameters` is whatever else there is to know, as plain JSON. */
export type SimulationSource =
  | { readonly kind: 'phantom'; readonly seed: number; readonly parameters: unknown }
  | { readonly kind: 'volume'; readonly name: string; readonly sha256: string; readonly parameters: unknown };

export interface FilmAbout {
  readonly geometry: ConeBeamGeometry;
  readonly patient: {
    /** A pseudonym, 'SIM-0001'; 64 characters at most. */
    readonly id: string;
    readonly sex: 'F' | 'M' | null;
    readonly ageYears: number | null;
  };
  readonly view: 'pelvis' | 'left' | 'right';
  /** Series Description, 64 characters at most; 'Simulated AP hip' or 'Simulated AP pelvis' where absent. */
  readonly description?: string;
  readonly source: SimulationSource;
  /** Version of Calcar. */
  readonly software: string;
  /** YYYYMMDD; the day that the simulation gives the examination. */
  readonly studyDate: string;
  /** Counts the films of a series, from 1. */
  readonly instanceNumber?: number;
}

/**
 * A simulated film as a DICOM Digital X-Ray image whose tags tell how it was taken, and whose private element
 * (0019,1001) of the creator 'CALCAR' holds everything else as JSON: geometry, exposure, look and source. Films of one
 * patient, day and source are one study. The same film gives the same bytes.
 *
 * @throws CalcarError 'invalid-input' when pixels and size disagree.
 */
export function filmToDicom(film: Film, about: FilmAbout): Uint8Array {
  const { geometry, patient, view, source, software, studyDate } = about;
  const { exposure } = film.parameters;
  const pelvis = view === 'pelvis';
  const record = JSON.stringify({
    simulated: true,
    software,
    source,
    view,
    geometry,
    ...film.parameters,
  });
  const study = uidOf('study', JSON.stringify([patient.id, studyDate, source]));
  const content = createHash('sha256').update(record).update(film.pixels).digest('hex');
  return writeRadiograph({
    rows: film.rows,
    columns: film.columns,
    samples: film.pixels,
    bitsStored: 12,
    patient: { name: `Simulated^${patient.id}`, ...patient },
    bodyPart: pelvis ? 'PELVIS' : 'HIP',
    laterality: pelvis ? 'unknown' : view,
    viewPosition: 'AP',
    kilovoltPeak: exposure.tubeVoltage,
    exposure: exposure.charge,
    sourceToDetector: sourceToDetectorPlane(geometry),
    sourceToPatient: exposure.sourceToObjectDistance,
    imagerPixelSpacing: { rowMm: mm(geometry.rowSpacing), columnMm: mm(geometry.columnSpacing) },
    window: { center: 2048, width: 4096 },
    studyDate,
    seriesDescription: about.description ?? (pelvis ? 'Simulated AP pelvis' : 'Simulated AP hip'),
    derivation: `${describeSource(source)} Cone-beam projection with simulated exposure and processing; all parameters in (0019,1001).`,
    positioning: positioning(geometry),
    beam: beamOf(film),
    software,
    record,
    instanceNumber: about.instanceNumber ?? 1,
    uids: { study, series: uidOf('series', `${study} ${view}`), instance: uidOf('instance', content) },
  });
}

/** One sentence, which with the mark before it must fit the 1024 characters of Derivation Description. */
function describeSource(source: SimulationSource): string {
  return source.kind === 'phantom'
    ? `From a parametric phantom, seed ${String(source.seed)}.`
    : `From the CT volume ${source.name.slice(0, 200)}, SHA-256 ${source.sha256}.`;
}

/** Axes of the patient by letter: DICOM coordinates rise to the left, to the back and to the head. */
const letters = [
  ['R', 'L'],
  ['A', 'P'],
  ['F', 'H'],
] as const;

function letterOf(direction: Direction): string {
  const sizes = direction.map(Math.abs);
  const axis = sizes.indexOf(Math.max(...sizes));
  return letters[axis]![direction[axis]! > 0 ? 1 : 0];
}

function positioning(geometry: ConeBeamGeometry): RadiographPositioning {
  const [left, back, head] = detectorNormal(geometry);
  const toDegrees = (angle: number) => degrees((angle * 180) / Math.PI);
  return {
    primaryAngle: toDegrees(Math.atan2(left, -1 * back)),
    secondaryAngle: toDegrees(Math.asin(Math.min(1, Math.max(-1, head)))),
    patientOrientation: [letterOf(geometry.columnDirection), letterOf(geometry.rowDirection)],
  };
}

/** Defined terms of Detector Type (PS3.3 C.8.11.4). */
const detectorTypes = { 'flat-panel': 'SCINTILLATOR', 'storage-phosphor': 'STORAGE', film: 'FILM' } as const;

function beamOf({ rows, columns, parameters }: Film): RadiographBeam {
  const { exposure, pixelSpacing } = parameters;
  const { left, right, top, bottom } = exposure.collimation;
  const open = left <= 0 && right <= 0 && top <= 0 && bottom <= 0;
  const pixels = (width: number) => Math.round(Math.max(0, width) / pixelSpacing);
  return {
    filtration: exposure.filtration,
    grid: exposure.grid,
    detectorType: detectorTypes[exposure.detector],
    collimator: open
      ? null
      : {
          left: imagePx(pixels(left) + 1),
          right: imagePx(columns - pixels(right)),
          upper: imagePx(pixels(top) + 1),
          lower: imagePx(rows - pixels(bottom)),
        },
  };
}

/** A UID of PS3.5 B.2: 2.25 and a 128-bit number. */
function uidOf(role: string, content: string): string {
  const hash = createHash('sha256').update(`${role} ${content}`).digest('hex');
  return `2.25.${BigInt(`0x${hash.slice(0, 32)}`).toString()}`;
}
